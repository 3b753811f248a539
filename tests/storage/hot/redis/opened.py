"""A way to an empty Redis, for the length of a test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from storage.hot.redis.connection import Heat


@asynccontextmanager
async def opened(url: str, *, empty: bool = True) -> AsyncIterator[Heat]:
    heat = Heat.at(url)
    try:
        if empty:
            await heat.tell("FLUSHALL")
        yield heat
    finally:
        await heat.close()
