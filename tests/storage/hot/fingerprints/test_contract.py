"""What every form of the fingerprints promises."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.hot.fingerprints import Fingerprints, Sketch
from storage.hot.fingerprints.memory import MemoryFingerprints
from storage.hot.fingerprints.postings import NEWEST_HOLDERS
from storage.hot.fingerprints.shared import SharedFingerprints
from storage.hot.redis.connection import RedisConnection
from tests.storage.hot.redis.opened import opened

NOON = datetime(2026, 6, 2, 12, 0, tzinfo=UTC)
GREATEST = (1 << 64) - 1

Opener = Callable[[], AbstractAsyncContextManager[Fingerprints]]


@asynccontextmanager
async def memory() -> AsyncIterator[Fingerprints]:
    yield MemoryFingerprints()


@asynccontextmanager
async def in_redis(url: str) -> AsyncIterator[Fingerprints]:
    async with opened(url) as connection:
        index = an_index(connection)
        await (await index.begin()).finish()
        yield index


def an_index(connection: RedisConnection, **options: float) -> SharedFingerprints:
    window, bucket = timedelta(days=8), timedelta(hours=5)
    return SharedFingerprints(connection, form="test/1", window=window, bucket=bucket, **options)


@pytest.fixture(params=["memory", "redis"])
def opener(request: pytest.FixtureRequest) -> Opener:
    """Open an empty index of one form; a new form is added to the params."""
    if request.param == "memory":
        return memory
    return functools.partial(in_redis, request.getfixturevalue("redis_url"))


@pytest.fixture
async def index(opener: Opener) -> AsyncIterator[Fingerprints]:
    async with opener() as opened:
        yield opened


def sketch(*shingles: int) -> Sketch:
    return np.array(sorted(shingles), dtype=np.uint64)


async def test_an_empty_index_has_no_candidates(index: Fingerprints) -> None:
    assert await index.size() == 0
    assert await index.candidates(sketch(1, 2), 10) == []


async def test_candidates_come_with_how_much_they_share_most_first(index: Fingerprints) -> None:
    await index.add(1, sketch(1, 2, 3), NOON)
    await index.add(2, sketch(2, 3, 4), NOON)
    await index.add(3, sketch(9), NOON)
    assert await index.candidates(sketch(1, 2, 3), 10) == [(1, 3), (2, 2)]


async def test_ties_are_ordered_by_id_and_cut_at_the_limit(index: Fingerprints) -> None:
    for article_id in (5, 3, 4):
        await index.add(article_id, sketch(7), NOON)
    assert await index.candidates(sketch(7), 2) == [(3, 1), (4, 1)]


async def test_the_whole_range_of_64_bits_is_kept_apart(index: Fingerprints) -> None:
    await index.add(1, sketch(0), NOON)
    await index.add(2, sketch(GREATEST), NOON)
    assert await index.candidates(sketch(GREATEST), 10) == [(2, 1)]
    assert await index.candidates(sketch(0), 10) == [(1, 1)]


async def test_an_article_added_again_is_replaced(index: Fingerprints) -> None:
    await index.add(1, sketch(1, 2), NOON)
    await index.add(1, sketch(3), NOON)
    assert await index.size() == 1
    assert await index.candidates(sketch(1, 2), 10) == []
    assert await index.candidates(sketch(3), 10) == [(1, 1)]


async def test_a_removed_article_is_gone_and_may_be_removed_again(index: Fingerprints) -> None:
    await index.add(1, sketch(1), NOON)
    await index.add(2, sketch(1), NOON)
    await index.remove(1)
    await index.remove(1)
    assert await index.candidates(sketch(1), 10) == [(2, 1)]
    assert await index.size() == 1


async def test_articles_seen_before_a_time_are_expired_and_counted(index: Fingerprints) -> None:
    for hours in range(4):
        await index.add(hours, sketch(1, 10 + hours), NOON + timedelta(hours=hours))
    assert await index.expire(NOON + timedelta(hours=2)) == 2
    assert await index.expire(NOON + timedelta(hours=2)) == 0
    assert await index.candidates(sketch(1, 10), 10) == [(2, 1), (3, 1)]


async def test_an_article_seen_again_lives_from_then_on(index: Fingerprints) -> None:
    await index.add(1, sketch(1), NOON)
    await index.add(1, sketch(1), NOON + timedelta(days=2))
    assert await index.expire(NOON + timedelta(days=1)) == 0


async def test_an_empty_sketch_is_counted_and_never_found(index: Fingerprints) -> None:
    await index.add(1, sketch(), NOON)
    assert await index.size() == 1
    assert await index.candidates(sketch(), 10) == []
    await index.remove(1)
    assert await index.size() == 0


async def test_a_sketch_changed_by_its_owner_later_does_no_harm(index: Fingerprints) -> None:
    mine = sketch(1, 2)
    await index.add(1, mine, NOON)
    mine[:] = 0
    await index.remove(1)
    assert await index.candidates(sketch(0, 1, 2), 10) == []


async def test_what_very_many_hold_leads_to_the_newest_of_them(index: Fingerprints) -> None:
    many = NEWEST_HOLDERS + 10
    for article_id in range(many):
        await index.add(article_id, sketch(1), NOON)
    found = dict(await index.candidates(sketch(1), many))
    assert len(found) <= many
    assert many - 1 in found


async def test_a_text_that_was_judged_is_indexed_as_its_article(index: Fingerprints) -> None:
    turn = await index.enter(sketch(1, 2, 3), NOON, 9)
    assert turn.before == frozenset()
    assert await index.candidates(sketch(1, 2), 10) == []
    assert await index.size() == 0
    await index.settle(turn, 7, NOON)
    assert await index.candidates(sketch(1, 2), 10) == [(7, 2)]
    assert await index.size() == 1
    again = await index.enter(sketch(8, 9), NOON, 9)
    await index.settle(again, 7, NOON)
    assert await index.candidates(sketch(1, 2), 10) == []
    assert await index.candidates(sketch(8), 10) == [(7, 1)]
    assert await index.size() == 1


async def test_a_text_that_came_to_nothing_leaves_nothing(index: Fingerprints) -> None:
    turn = await index.enter(sketch(1, 2, 3), NOON, 9)
    await index.settle(turn, None, NOON)
    assert await index.candidates(sketch(1, 2), 10) == []
    assert await index.size() == 0


ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["add", "remove", "expire"]),
        st.integers(0, 5),
        st.sets(st.integers(0, 6), max_size=4),
        st.integers(0, 9),
    ),
    max_size=25,
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
@given(actions=ACTIONS, asked=st.sets(st.integers(0, 6)))
async def test_it_behaves_like_a_plain_list_of_articles(
    opener: Opener, actions: list[tuple[str, int, set[int], int]], asked: set[int]
) -> None:
    plain: dict[int, tuple[set[int], datetime]] = {}
    async with opener() as index:
        for action, article_id, shingles, hours in actions:
            moment = NOON + timedelta(hours=hours)
            if action == "add":
                plain[article_id] = (shingles, moment)
                await index.add(article_id, sketch(*shingles), moment)
            elif action == "remove":
                plain.pop(article_id, None)
                await index.remove(article_id)
            else:
                kept = {key: entry for key, entry in plain.items() if entry[1] >= moment}
                assert await index.expire(moment) == len(plain) - len(kept)
                plain = kept
        shared = {key: len(asked & entry[0]) for key, entry in plain.items()}
        expected = sorted((pair for pair in shared.items() if pair[1]), key=lambda p: (-p[1], p[0]))
        assert await index.candidates(sketch(*asked), 10) == expected
        assert await index.size() == len(plain)
