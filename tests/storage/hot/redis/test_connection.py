"""The ways to a Redis, and what is said when there is none."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis, RedisCluster

from storage.errors import HotStateError
from storage.hot.redis.connection import (
    LEAST_SERVER,
    RedisConnection,
    Script,
    examine,
    hot_state_errors,
)
from tests.storage.hot.redis.opened import opened

TWICE = Script("return ARGV[1] * 2")


async def test_a_script_runs_also_where_the_server_has_never_seen_it(redis_url: str) -> None:
    async with opened(redis_url) as connection:
        await connection.command("SCRIPT", "FLUSH")
        assert await connection.run(TWICE, [], [21]) == 42
        assert await connection.run(TWICE, [], [22]) == 44


async def test_keys_of_one_tag_are_in_one_slot() -> None:
    connection = RedisConnection.at("redis://127.0.0.1:1", prefix="news")
    assert connection.key("frontier", "host", "a.example") == "news:{frontier}:host:a.example"
    await connection.close()


async def test_sentinels_and_clusters_are_addressed_by_all_their_places() -> None:
    behind = RedisConnection.at("redis+sentinel://ann:pw@127.0.0.1:1,[::1]:2/3?service=news")
    assert isinstance(behind.client, Redis)
    with pytest.raises(HotStateError):
        await behind.command("PING")
    cluster = RedisConnection.at("redis+cluster://127.0.0.1:1")
    assert isinstance(cluster.client, RedisCluster)
    with pytest.raises(HotStateError):
        await cluster.command("PING")
    await behind.close()
    await cluster.close()


def test_an_address_of_sentinels_without_the_service_says_so() -> None:
    with pytest.raises(ValueError, match=r"\?service=NAME"):
        RedisConnection.at("redis+sentinel://127.0.0.1:1")


async def test_a_real_server_is_new_enough_and_is_described(redis_url: str) -> None:
    async with opened(redis_url) as connection:
        found = await examine(connection)
        assert found.version >= LEAST_SERVER
        assert found.used > 0
        assert not found.evicts
        await connection.command("CONFIG", "SET", "maxmemory", "100mb")
        await connection.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
        try:
            assert (await examine(connection)).evicts
        finally:
            await connection.command("CONFIG", "SET", "maxmemory-policy", "noeviction")
            await connection.command("CONFIG", "SET", "maxmemory", "0")


@pytest.mark.parametrize("error", [OSError("no route"), TimeoutError()])
def test_whatever_fails_has_one_name(error: OSError) -> None:
    with pytest.raises(HotStateError, match="Redis said"), hot_state_errors():
        raise error
