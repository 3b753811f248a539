"""A way to an empty Redis, for the length of a test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from storage.hot.redis.connection import RedisConnection


@asynccontextmanager
async def opened(url: str, *, empty: bool = True) -> AsyncIterator[RedisConnection]:
    connection = RedisConnection.at(url)
    try:
        if empty:
            await connection.command("FLUSHALL")
        yield connection
    finally:
        await connection.close()
