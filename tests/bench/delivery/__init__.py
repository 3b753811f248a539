"""How many webhooks a second the outbox sends, how soon, and whether one that hangs delays others.

The worker as the daemon runs it, over a real database and real sockets, to receivers in a process
of their own. The peer posts the same bodies to the same receivers as fast as the same client can,
with no outbox: nothing of it would survive a crash.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import random
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import func, select

from crawler.fetch.egress import Egress
from scheduler.alerts.webhook import WebhookSender, new_secret
from scheduler.alerts.worker import DeliveryWorker
from scheduler.config.settings import WebhookSettings
from scheduler.demo.installation import free_port
from scheduler.demo.orphan_guard import guarded
from storage.delivery import outbox
from storage.models.deliveries import DeliveryState, Draft
from storage.models.recipients import Channel, NewRecipient, Recipient
from storage.sql import schema
from storage.sql.database import Database
from storage.topics import topics
from tests.bench.delivery.receivers import HANGING, address_of
from tests.bench.report import progress

_BODY = json.dumps({"type": "story.matched", "data": {"text": "x" * 3000}}).encode()
_SINGLE = 200  # deliveries of the idle phase
_PATIENCE = 300.0


def add_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--endpoints", type=int, default=50)
    parser.add_argument("--deliveries", type=int, default=10_000)


def run(args: argparse.Namespace) -> dict[str, Any]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    return asyncio.run(_run(args.endpoints, args.deliveries))


async def _run(endpoints: int, deliveries: int) -> dict[str, Any]:
    port = free_port()
    async with _receiving(endpoints, port) as received:
        with tempfile.TemporaryDirectory(prefix="wirewatch-delivery-") as folder:
            bench = _Bench(Path(folder), port, endpoints)
            try:
                idle = await bench.one_by_one(received)
                well = await bench.flood(received, deliveries, hanging=False)
                hurt = await bench.flood(received, deliveries, hanging=True)
            finally:
                bench.close()
        bare = await _bare(port, endpoints, deliveries)
        progress(f"bare posts: {bare:.0f}/s")
    return {
        "endpoints": endpoints,
        "deliveries": deliveries,
        "deliveries_per_s": round(hurt.per_second, 1),
        "deliveries_per_s_all_well": round(well.per_second, 1),
        "p99_ms": round(1000 * _quantile(idle, 0.99), 1),
        "p50_ms": round(1000 * statistics.median(idle), 1),
        "bystander_delay_s": round(max(0.0, hurt.last - well.last), 3),
        "peer_bare_posts_per_s": round(bare, 1),
        "over_bare_posts": round(hurt.per_second / bare, 3),
    }


class _Flood:
    """What a full outbox gave: how many a second, and how long the last one to any took."""

    def __init__(self, times: Sequence[float], began: float) -> None:
        self.last = max(times) - began
        self.per_second = len(times) / self.last


class _Receivers:
    """The receivers' process, and what it was sent."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def take(self) -> list[tuple[str, float]]:
        """Return what was received since the last time."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(b"\n")
        await stdin.drain()
        return [(uid, at) for uid, at in json.loads(await stdout.readline())]


@contextlib.asynccontextmanager
async def _receiving(count: int, port: int) -> AsyncIterator[_Receivers]:
    process = await asyncio.create_subprocess_exec(
        *guarded(sys.executable, "-m", "tests.bench.delivery.receivers", str(count), str(port)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 26,
    )
    try:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
        yield _Receivers(process)
    finally:
        process.kill()
        await process.wait()


class _Bench:
    """A database with a topic whose recipients are the receivers."""

    def __init__(self, folder: Path, port: int, endpoints: int) -> None:
        self.db = Database.open(folder / "wirewatch.db")
        self._serial = 0
        told = [
            NewRecipient(Channel.WEBHOOK, f"http://{address_of(n)}:{port}/hook", new_secret())
            for n in range(endpoints)
        ]
        with self.db.begin() as conn:
            topic = topics.add(conn, name="t", query="word", recipients=told, now=datetime.now(UTC))
        self.recipients = topic.recipients
        self._port = port

    def close(self) -> None:
        self.db.close()

    async def one_by_one(self, received: _Receivers) -> list[float]:
        """Put deliveries one at a time; seconds from the commit to the receiver, of each."""
        sent: dict[str, float] = {}
        async with self._working() as worker:
            for n in range(_SINGLE):
                recipient = self.recipients[1 + n % (len(self.recipients) - 1)]
                [uid] = await self.db.write(self._put, [recipient])
                sent[uid] = time.time()
                worker.wake()
                await asyncio.sleep(0.02)
            await self._until_done()
        times = dict(await received.take())
        waits = [times[uid] - at for uid, at in sent.items()]
        progress(f"idle: median {1000 * statistics.median(waits):.1f} ms")
        return waits

    async def flood(self, received: _Receivers, number: int, *, hanging: bool) -> _Flood:
        """Fill the outbox for all receivers, then send; the one that hangs is not counted."""
        others = [each for n, each in enumerate(self.recipients) if n != HANGING]
        told = [others[n % len(others)] for n in range(number)]
        await self.db.write(self._put, told)
        hung = self.recipients[HANGING]
        if hanging:
            await self.db.write(self._put, [hung] * (number // len(others)))
        began = time.time()
        async with self._working():
            await self._until_done(but=hung.address)
        times = [at for uid, at in await received.take() if not uid.startswith(f"{hung.id}_")]
        if len(times) != number:
            raise RuntimeError(f"{len(times)} of {number} deliveries came")
        flood = _Flood(times, began)
        progress(f"{'one hangs' if hanging else 'all well'}: {flood.per_second:.0f}/s")
        return flood

    def _put(self, conn: Any, told: Sequence[Recipient]) -> list[str]:
        now, uids = datetime.now(UTC), []
        for recipient in told:
            self._serial += 1
            uids.append(f"{recipient.id}_{self._serial}")
            draft = Draft(recipient.id, recipient.channel, recipient.address, uids[-1], _BODY)
            outbox.put(conn, alert_id=None, draft=draft, now=now)
        return uids

    async def _until_done(self, but: str = "") -> None:
        async with asyncio.timeout(_PATIENCE):
            while await self.db.read(_left, but):  # noqa: ASYNC110 - another process takes it
                await asyncio.sleep(0.1)

    @contextlib.asynccontextmanager
    async def _working(self) -> AsyncIterator[DeliveryWorker]:
        async with _egress(self._port).session() as session:
            sender = WebhookSender(session, WebhookSettings(), _now)
            worker = DeliveryWorker(
                db=self.db,
                senders={Channel.WEBHOOK: sender},
                clock=_now,
                rng=random.Random(1),
                drain_seconds=0.1,
            )
            task = asyncio.create_task(worker.run())
            try:
                yield worker
            finally:
                await worker.stop()
                await task


async def _bare(port: int, endpoints: int, number: int) -> float:
    """Post as many bodies with the same client and nothing else; posts a second."""
    async with _egress(port).session() as session:
        others = [n for n in range(endpoints) if n != HANGING]
        began = time.perf_counter()

        async def post(receiver: int, count: int) -> None:
            for n in range(count):
                async with session.post(
                    f"http://{address_of(receiver)}:{port}/hook",
                    data=_BODY,
                    headers={"webhook-id": f"bare-{receiver}-{n}"},
                ) as response:
                    assert response.status == 200

        await asyncio.gather(*(post(n, number // len(others)) for n in others))
        return number // len(others) * len(others) / (time.perf_counter() - began)


def _egress(port: int) -> Egress:
    return Egress((ip_network("127.0.0.0/8"),), (port,))


def _left(conn: Any, but: str) -> int:
    table = schema.outbox
    left = select(func.count()).where(
        table.c.state == DeliveryState.PENDING, table.c.address != but
    )
    number: int = conn.execute(left).scalar_one()
    return number


def _quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def _now() -> datetime:
    return datetime.now(UTC)
