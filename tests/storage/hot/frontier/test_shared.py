"""The frontier in Redis: emptied and filled anew, shared by many, and servers that refuse."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from storage.errors import HotStateError, HotStateLostError
from storage.hot.frontier import Due, FrontierKey, Settlement
from storage.hot.frontier.shared import SharedFrontier
from storage.hot.redis.connection import RedisConnection
from tests.storage.hot.frontier.test_frontier import at, keys, page
from tests.storage.hot.redis.opened import opened

LEASE = 60.0


@pytest.fixture
async def connection(redis_url: str) -> AsyncIterator[RedisConnection]:
    async with opened(redis_url) as connection:
        yield connection


async def filled(connection: RedisConnection, *dues: Due) -> SharedFrontier:
    frontier = SharedFrontier(connection, LEASE)
    filler = await frontier.begin()
    await filler.put_all(dues)
    await filler.finish()
    return frontier


async def test_one_that_was_never_filled_is_refused_not_taken_for_empty(
    connection: RedisConnection,
) -> None:
    frontier = SharedFrontier(connection, LEASE)
    assert not await frontier.whole()
    for call in (
        frontier.claim(at(0), 1),
        frontier.put(page("1")),
        frontier.remove(page("1").key),
        frontier.size(),
        frontier.next_at(at(0)),
    ):
        with pytest.raises(HotStateLostError):
            await call


async def test_after_it_was_emptied_nothing_works_until_it_is_filled(
    connection: RedisConnection,
) -> None:
    frontier = await filled(connection, page("1"))
    [lease] = await frontier.claim(at(0), 1)
    await connection.command("FLUSHALL")
    with pytest.raises(HotStateLostError):
        await frontier.settle(lease, host_open_at=at(1))
    filler = await frontier.begin()
    await filler.put_all([page("1"), page("2", "b.example")])
    with pytest.raises(HotStateLostError):
        await frontier.claim(at(0), 1)
    await filler.finish()
    assert keys(await frontier.claim(at(0), 9)) == ["page:1", "page:2"]


async def test_what_is_filled_anew_holds_nothing_of_before(connection: RedisConnection) -> None:
    old = [page(str(n), f"h{n}.example") for n in range(2_500)]
    frontier = await filled(connection, *old)
    await frontier.claim(at(0), 100)
    await filled(connection, page("9001"))
    assert await frontier.size() == 1
    assert keys(await frontier.claim(at(0), 9)) == ["page:9001"]


async def test_of_two_that_fill_the_later_one_wins(connection: RedisConnection) -> None:
    frontier = SharedFrontier(connection, LEASE)
    first = await frontier.begin()
    await first.put_all([page("9002")])
    second = await frontier.begin()
    with pytest.raises(HotStateLostError):
        await first.put_all([page("9003", "b.example")])
    with pytest.raises(HotStateLostError, match="another process"):
        await first.finish()
    await second.put_all([page("9001")])
    await second.finish()
    assert keys(await frontier.claim(at(0), 9)) == ["page:9001"]


async def test_many_that_claim_at_once_never_share_a_host(redis_url: str) -> None:
    async with opened(redis_url) as connection:
        pages = [page(str(n), f"h{n % 40}.example", due=n) for n in range(400)]
        await filled(connection, *pages)
        busy: set[str] = set()
        seen: list[str] = []

        async def work() -> None:
            async with opened(redis_url, empty=False) as own:
                frontier = SharedFrontier(own, LEASE)
                while leases := await frontier.claim(at(500), 7):
                    hosts = {lease.due.host for lease in leases}
                    assert not hosts & busy
                    busy.update(hosts)
                    await asyncio.sleep(0)
                    busy.difference_update(hosts)
                    settled = [Settlement(lease, at(0)) for lease in leases]
                    assert all(await frontier.settle_all(settled))
                    seen.extend(keys(leases))

        await asyncio.gather(*(work() for _ in range(4)))
        assert sorted(seen) == sorted(str(due.key) for due in pages)


async def test_what_a_killed_process_held_is_given_again_when_its_lease_ends(
    connection: RedisConnection,
) -> None:
    frontier = await filled(connection, page("1"), page("2", due=1))
    [lost] = await frontier.claim(at(2), 9)
    assert await frontier.claim(at(LEASE), 9) == []  # its host is not asked meanwhile
    [again] = await frontier.claim(at(2 + LEASE), 9)
    assert again.due == lost.due
    assert not await frontier.settle(lost, host_open_at=at(999))
    assert await frontier.settle(again, host_open_at=at(3 + LEASE))


async def test_times_are_kept_to_the_microsecond(connection: RedisConnection) -> None:
    due_at = datetime(2031, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    frontier = await filled(
        connection, Due(FrontierKey.parse("page:1"), "https://a.example/ü?a b", "a.example", due_at)
    )
    assert await frontier.next_at(at(0)) == due_at
    assert await frontier.claim(due_at - timedelta(microseconds=1), 1) == []
    [lease] = await frontier.claim(due_at, 1)
    assert lease.due == Due(
        FrontierKey.parse("page:1"), "https://a.example/ü?a b", "a.example", due_at
    )


async def test_a_redis_that_is_full_says_so_and_goes_on_afterwards(
    connection: RedisConnection,
) -> None:
    frontier = await filled(connection, page("1"))
    await connection.command("CONFIG", "SET", "maxmemory", "1")
    try:
        with pytest.raises(HotStateError, match="Redis is full"):
            await frontier.put(page("2"))
    finally:
        await connection.command("CONFIG", "SET", "maxmemory", "0")
    await frontier.put(page("2"))
    assert await frontier.size() == 2


async def test_a_replica_says_that_it_takes_no_writes(connection: RedisConnection) -> None:
    frontier = await filled(connection, page("1"))
    await connection.command("REPLICAOF", "127.0.0.1", "1")
    try:
        with pytest.raises(HotStateError, match="replica"):
            await frontier.put(page("2"))
    finally:
        await connection.command("REPLICAOF", "NO", "ONE")


async def test_a_redis_that_is_not_there_is_named() -> None:
    connection = RedisConnection.at("redis://127.0.0.1:1")
    with pytest.raises(HotStateError, match="Redis said"):
        await SharedFrontier(connection, LEASE).claim(at(0), 1)
    await connection.close()


async def test_a_host_without_urls_leaves_nothing_behind(connection: RedisConnection) -> None:
    frontier = await filled(connection, page("1"), page("2", "b.example"))
    leases = await frontier.claim(at(0), 9)
    await frontier.settle_all([Settlement(lease, at(5)) for lease in leases])
    assert await frontier.claim(at(6), 9) == []
    left = {bytes(key).decode() for key in await connection.command("KEYS", "*")}
    assert left == {"wirewatch:{frontier}:whole", "wirewatch:{frontier}:token"}
