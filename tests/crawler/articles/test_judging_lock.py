"""Of two copies that are judged at one time the later one waits until the earlier one is stored."""

from __future__ import annotations

import asyncio

import pytest

from crawler.articles.judging_lock import judging_lock
from storage.hot.fingerprints.memory import MemoryFingerprints
from tests.storage.hot.fingerprints.test_contract import NOON, an_index, sketch
from tests.storage.hot.redis.opened import opened

COPY, OTHER = sketch(*range(1, 20)), sketch(*range(100, 120))


async def test_a_copy_waits_and_then_finds_what_was_stored(redis_url: str) -> None:
    async with opened(redis_url) as connection:
        index = an_index(connection)
        await (await index.begin()).finish()
        entered, stored = asyncio.Event(), asyncio.Event()
        order: list[str] = []

        async def first() -> None:
            async with judging_lock(index, COPY, NOON) as judged:
                entered.set()
                await stored.wait()
                order.append("first")
                judged.article_id = 7

        async def second() -> None:
            await entered.wait()
            async with judging_lock(index, COPY, NOON) as judged:
                order.append("second")
                assert judged.candidates is None  # to be asked for now
                assert await index.candidates(COPY, 9) == [(7, COPY.size)]

        async def other() -> None:
            await entered.wait()
            async with judging_lock(index, OTHER, NOON):
                order.append("other")
            stored.set()

        await asyncio.gather(first(), second(), other())
        assert order == ["other", "first", "second"]


async def test_one_that_fails_holds_up_nobody(redis_url: str) -> None:
    async with opened(redis_url) as connection:
        index = an_index(connection)
        await (await index.begin()).finish()
        with pytest.raises(OSError, match="full"):
            async with judging_lock(index, COPY, NOON):
                raise OSError("disk full")
        async with judging_lock(index, COPY, NOON) as judged:
            assert judged.candidates == ()
        assert await index.size() == 0


async def test_in_one_process_nothing_is_asked_twice() -> None:
    index = MemoryFingerprints()
    async with judging_lock(index, COPY, NOON) as judged:
        judged.article_id, judged.seen = 3, NOON
    assert await index.candidates(COPY, 9) == [(3, COPY.size)]
