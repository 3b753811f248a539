"""What happens, as server-sent events: read by id a second apart, while somebody follows."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable

from scheduler.lists.cursors import read_cursor, write_cursor
from storage.errors import InputError, StorageError
from storage.reports import event_feed
from storage.reports.event_feed import EventCursor, StoreEvent
from storage.sql.database import Database

_EVERY = 1.0  # seconds
_QUIET = 15  # rounds without news, until a comment keeps the connection open
_RETRY = "retry: 3000\n\n"  # milliseconds


async def follow(
    db: Database,
    last: str,
    *,
    once: bool,
    ending: asyncio.Event,
    is_gone: Callable[[], Awaitable[bool]],
) -> AsyncIterator[str]:
    """Yield the events after `last`, the id of an event; from now on where that is none of ours."""
    known = _marks(last)
    marks = await db.read(event_feed.newest) if known is None else known
    yield _RETRY
    rounds = 0
    while not ending.is_set() and not await is_gone():
        try:
            found, marks = await db.read(event_feed.since, marks)
        except StorageError:
            return  # the reader comes back, and asks from its last event on
        for each in found:
            yield _event(each)
        rounds = 0 if found else rounds + 1
        if once:
            return
        if rounds >= _QUIET:
            rounds = 0
            yield ": nothing new\n\n"
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_EVERY):
                await ending.wait()


def _event(found: StoreEvent) -> str:
    data = json.dumps(found.facts, ensure_ascii=False, default=str)
    return f"event: {found.kind}\nid: {write_cursor(*found.after)}\ndata: {data}\n\n"


def _marks(last: str) -> EventCursor | None:
    try:
        stories, alerts, attempts = read_cursor(last, int, int, int)
    except InputError:
        return None
    return EventCursor(int(stories), int(alerts), int(attempts))
