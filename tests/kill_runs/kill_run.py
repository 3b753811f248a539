"""Kills a daemon at named points and at random moments, and counts what came of it."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from storage.failpoints import ALONE, POINTS
from storage.models.deliveries import DeliveryState
from storage.models.recipients import Channel
from tests.kill_runs.newsroom import (
    WORLD,
    Newsroom,
    alerted,
    all_told,
    by_id,
    deliveries,
    expected,
    newsroom,
)
from tests.waiting import eventually

_ROUND = 12  # kills until a newsroom has nothing new to tell
_LATEST = 4.0  # seconds after the start: what was not reached by then is not
_OFTEN = ("write", "commit", "committed")  # points that are passed many times a second


@dataclass
class Tally:
    """What was seen over all kills."""

    kills: int = 0
    at: Counter[str] = field(default_factory=Counter)
    alerts: int = 0
    lost: int = 0
    duplicate_ids: int = 0
    redelivered: int = 0
    other_bytes: int = 0
    most_redelivered_by_one: int = 0
    ready_s: list[float] = field(default_factory=list)
    integrity_failures: int = 0


async def kill_often(folder: Path, kills: int, rng: random.Random) -> Tally:
    """Kill daemons so often, each newsroom a dozen times, and let each come to its end."""
    tally = Tally()
    while tally.kills < kills:
        room_folder = folder / f"round-{tally.kills}"
        async with newsroom(room_folder) as room:
            await _round(room, min(_ROUND, kills - tally.kills), rng, tally)
    return tally


async def _round(room: Newsroom, kills: int, rng: random.Random, tally: Tally) -> None:
    repeated = 0
    for number in range(kills):
        point = _point(tally.kills, rng)
        tally.at[await _kill(room, point, number, rng, tally)] += 1
        tally.kills += 1
        tally.integrity_failures += not is_whole(room.installation.data / "wirewatch.db")
        now = _repeated(room)
        tally.most_redelivered_by_one = max(tally.most_redelivered_by_one, now - repeated)
        repeated = now
    room.proxy.release(WORLD.steps)
    async with room.installation.daemon() as process:
        tally.ready_s.append(await _ready(room, process))
        await eventually(lambda: process.returncode is not None or all_told(room.db))
        assert process.returncode is None, room.installation.last_words()
    _count(room, tally)


def _point(number: int, rng: random.Random) -> str | None:
    """Return the next point of all in their turn, each third time none: a random moment."""
    if number % 3 == 2:
        return None
    names = [name for name in POINTS if name not in ALONE]
    name = names[(number - number // 3) % len(names)]
    return f"{name}:{rng.randint(1, 8 if name in _OFTEN else 2)}"


async def _kill(
    room: Newsroom, point: str | None, number: int, rng: random.Random, tally: Tally
) -> str:
    """Start a daemon, let news appear, and see it killed; the name of where."""
    options = () if point is None else ("--failpoint", point)
    process = await room.installation.start_daemon(*options)
    room.proxy.release(min(number + 1, WORLD.steps))
    began = time.monotonic()
    if point is None:
        tally.ready_s.append(await _ready(room, process))
    latest = _LATEST if point is not None else rng.uniform(0.5, _LATEST)
    try:
        async with asyncio.timeout(max(0.0, began + latest - time.monotonic())):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
        return "random"
    assert process.returncode == -9, room.installation.last_words()
    return (point or "random").partition(":")[0]


async def _ready(room: Newsroom, process: asyncio.subprocess.Process) -> float:
    """Wait until the daemon says that it is ready; seconds since it was started."""
    began = time.monotonic()
    url = f"http://127.0.0.1:{room.web_port}/readyz"
    async with aiohttp.ClientSession(trust_env=False) as session:

        async def is_ready() -> bool:
            if process.returncode is not None:
                return True
            try:
                async with session.get(url) as response:
                    return response.status == 200
            except aiohttp.ClientError:
                return False

        await eventually(is_ready)
    return time.monotonic() - began


def is_whole(path: Path) -> bool:
    """Tell whether a database is whole, and refers to nothing that is not there."""
    with closing(sqlite3.connect(path)) as conn:
        whole = conn.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return whole and not conn.execute("PRAGMA foreign_key_check").fetchall()


def _repeated(room: Newsroom) -> int:
    hooks = [hook.uid for hook in room.receiver.webhooks]
    letters = [letter.message_id for letter in room.mailbox.emails]
    return len(hooks) - len(set(hooks)) + len(letters) - len(set(letters))


def _count(room: Newsroom, tally: Tally) -> None:
    """Hold what was stored and received against what the texts call for."""
    wanted, made = expected(), alerted(room.db)
    letters = by_id((x.message_id, x.message.as_bytes()) for x in room.mailbox.emails)
    hooks = by_id((hook.uid, hook.body) for hook in room.receiver.webhooks)
    stored = deliveries(room.db)
    sent_hooks = {d.uid for d in stored if d.channel is Channel.WEBHOOK}
    tally.alerts += len(wanted)
    tally.lost += len(wanted - set(made))
    tally.lost += len(sent_hooks - set(hooks)) + max(0, len(wanted) - len(letters))
    tally.lost += sum(d.state is not DeliveryState.DELIVERED for d in stored)
    tally.duplicate_ids += len(made) - len(set(made))
    tally.redelivered += _repeated(room)
    tally.other_bytes += sum(len(bodies) > 1 for bodies in (*letters.values(), *hooks.values()))
