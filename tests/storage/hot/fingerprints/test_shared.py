"""The index in Redis: emptied and filled anew, and copies that are judged at one time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import numpy as np
import pytest

from storage.errors import HotStateError, HotStateLostError
from storage.hot.fingerprints.shared import SharedFingerprints
from storage.hot.redis.connection import RedisConnection
from tests.storage.hot.fingerprints.test_contract import NOON, an_index, sketch
from tests.storage.hot.redis.opened import opened
from tests.waiting import eventually


@pytest.fixture
async def connection(redis_url: str) -> AsyncIterator[RedisConnection]:
    async with opened(redis_url) as connection:
        yield connection


@pytest.fixture
async def index(connection: RedisConnection) -> SharedFingerprints:
    index = an_index(connection)
    await (await index.begin()).finish()
    return index


async def test_one_that_was_never_filled_is_refused(connection: RedisConnection) -> None:
    index = an_index(connection)
    assert not await index.whole()
    for call in (
        index.add(1, sketch(1), NOON),
        index.candidates(sketch(1), 1),
        index.enter(sketch(1), NOON, 9),
        index.size(),
    ):
        with pytest.raises(HotStateLostError):
            await call


async def test_after_it_was_emptied_it_is_filled_anew(
    connection: RedisConnection, index: SharedFingerprints
) -> None:
    await index.add(1, sketch(1, 2), NOON)
    await connection.command("FLUSHALL")
    with pytest.raises(HotStateLostError):
        await index.candidates(sketch(1, 2), 9)
    filler = await index.begin(expected=1_000)
    await filler.add_all([(n, sketch(1, n), NOON) for n in range(2, 130)])
    with pytest.raises(HotStateLostError):
        await index.candidates(sketch(1, 2), 9)
    await filler.finish()
    assert await index.candidates(sketch(1, 77), 1) == [(77, 2)]
    assert await index.size() == 128


async def test_texts_in_another_form_do_not_count(
    connection: RedisConnection, index: SharedFingerprints
) -> None:
    await index.add(1, sketch(1), NOON)
    day = timedelta(days=1)
    newer = SharedFingerprints(connection, form="test/2", window=8 * day, bucket=day)
    assert not await newer.whole()
    await (await newer.begin()).finish()
    assert await newer.candidates(sketch(1), 9) == []
    with pytest.raises(HotStateLostError):  # the process of the older version can't do harm
        await index.add(2, sketch(1), NOON)


async def test_of_two_that_fill_the_later_one_wins(connection: RedisConnection) -> None:
    index = an_index(connection)
    first = await index.begin()
    second = await index.begin()
    with pytest.raises(HotStateLostError):
        await first.add_all([(1, sketch(1), NOON)])
    with pytest.raises(HotStateLostError, match="another process"):
        await first.finish()
    await second.finish()
    assert await index.size() == 0


async def test_of_copies_that_are_judged_at_once_each_sees_those_before_it(
    index: SharedFingerprints,
) -> None:
    turns = await asyncio.gather(*(index.enter(sketch(1, 2, 3), NOON, 9) for _ in range(8)))
    numbers = {turn.name.split(" ")[2] for turn in turns}
    assert sorted(len(turn.before) for turn in turns) == list(range(8))
    assert all(turn.before <= numbers for turn in turns)
    other = await index.enter(sketch(7, 8), NOON, 9)
    assert other.before == frozenset()
    assert other.candidates == ()
    await index.add(3, sketch(20, 21), NOON)
    assert (await index.enter(sketch(20, 21), NOON, 9)).candidates == ((3, 2),)


async def test_who_entered_before_is_waited_for_until_it_is_settled(
    index: SharedFingerprints,
) -> None:
    first = await index.enter(sketch(1, 2, 3), NOON, 9)
    second = await index.enter(sketch(2, 3, 4), NOON, 9, least=2)
    assert await index.in_flight(second.before) == second.before
    await index.settle(first, 5, NOON)
    assert await index.in_flight(second.before) == frozenset()
    assert await index.candidates(sketch(2, 3, 4), 9) == [(5, 2)]


async def test_a_process_that_died_is_waited_for_no_longer_than_patience(
    connection: RedisConnection,
) -> None:
    index = an_index(connection, patience_seconds=0.2)
    await (await index.begin()).finish()
    await index.enter(sketch(1, 2), NOON, 9)
    second = await index.enter(sketch(1, 2), NOON, 9)
    assert len(await index.in_flight(second.before)) == 1

    async def is_given_up() -> bool:
        return await index.in_flight(frozenset({"1", "2"})) == frozenset()

    await eventually(is_given_up)
    third = await index.enter(sketch(1, 2), NOON, 9)
    assert third.before == frozenset()


async def test_it_says_which_articles_are_not_in_it(index: SharedFingerprints) -> None:
    await index.add(1, sketch(1), NOON)
    await index.add(300, sketch(2), NOON + timedelta(days=3))
    await index.remove(300)
    assert await index.missing([1, 2, 300]) == [2, 300]


async def test_parts_that_are_full_get_others_beside_them(index: SharedFingerprints) -> None:
    rng = np.random.default_rng(1)
    texts = [np.unique(rng.integers(0, 2**63, 60, dtype=np.uint64)) for _ in range(1_000)]
    for n, text in enumerate(texts):
        await index.add(n, text, NOON)
    for n in (0, 400, 999):
        assert await index.candidates(texts[n], 1, least=2) == [(n, texts[n].size)]


async def test_a_redis_that_is_full_says_so(
    connection: RedisConnection, index: SharedFingerprints
) -> None:
    await connection.command("CONFIG", "SET", "maxmemory", "1")
    try:
        with pytest.raises(HotStateError, match="Redis is full"):
            await index.add(1, sketch(1), NOON)
    finally:
        await connection.command("CONFIG", "SET", "maxmemory", "0")


async def test_every_key_of_the_texts_runs_out_by_itself(
    connection: RedisConnection, index: SharedFingerprints
) -> None:
    now = await connection.command("TIME")
    seen = NOON.fromtimestamp(int(now[0]), NOON.tzinfo)
    for n in range(40):
        await index.add(n, sketch(1, 2, n), seen)
    await index.settle(await index.enter(sketch(1), seen, 9), 50, seen)
    kept_for_ever = {"state", "numbers", "parts", "rows", "postings", "living", "least"}
    for key in await connection.command("KEYS", "*"):
        name = bytes(key).rsplit(b":", 1)[-1].decode("latin-1")
        days = int(await connection.command("PTTL", key)) / 86_400_000
        assert name in kept_for_ever if days < 0 else 8 <= days <= 8.3, key
