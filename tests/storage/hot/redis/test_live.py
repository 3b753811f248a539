"""What all processes did in the last minute, together."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.errors import HotStateError
from storage.hot.redis.connection import RedisConnection
from storage.hot.redis.live import BYTES, REQUESTS, LiveCounts
from tests.storage.hot.redis.opened import opened
from tests.storage.world import NOON

NEXT = NOON + timedelta(minutes=1)


async def test_the_counts_of_all_processes_are_one(redis_url: str) -> None:
    async with opened(redis_url) as connection:
        one, two = LiveCounts(connection), LiveCounts(connection)
        for each in (one, one, two):
            each.add(REQUESTS)
            each.add(BYTES, 1_000)
        for each in (one, two, one):
            await each.flush(NOON)
        assert await two.last_minute(NEXT) == {REQUESTS: 3, BYTES: 3_000}
        assert await two.last_minute(NEXT + timedelta(minutes=1)) == {}


async def test_what_could_not_be_told_is_told_later(redis_url: str) -> None:
    away = RedisConnection.at("redis://127.0.0.1:1")
    counted = LiveCounts(away)
    counted.add(REQUESTS)
    with pytest.raises(HotStateError):
        await counted.flush(NOON)
    async with opened(redis_url) as connection:
        counted._connection = connection
        counted.add(REQUESTS)
        await counted.flush(NOON)
        assert await counted.last_minute(NEXT) == {REQUESTS: 2}
    await away.close()
