"""Words between processes: heard by all, told once, and no harm when they are lost."""

from __future__ import annotations

from typing import Any

from storage.hot.redis import bus
from storage.hot.redis.bus import SignalBus
from storage.hot.redis.connection import RedisConnection
from tests.storage.hot.redis.opened import opened
from tests.waiting import eventually, settled


async def until_heard(tell: SignalBus, heard: list[Any], number: int) -> None:
    def is_heard() -> bool:
        tell.publish(bus.DUE)
        return len(heard) >= number

    await eventually(is_heard)


async def test_a_word_is_heard_by_all_who_listen(redis_url: str) -> None:
    async with opened(redis_url) as one, opened(redis_url, empty=False) as two:
        teller, listener = SignalBus(one), SignalBus(two)
        heard: list[Any] = []
        refused: list[Any] = []
        listener.subscribe(bus.DUE, heard.append)
        listener.subscribe(bus.REFUSALS, refused.append)
        listener.listen()
        await until_heard(teller, heard, 1)
        teller.publish(bus.REFUSALS, {"host": "a.example"})
        await eventually(lambda: refused)
        assert refused == [{"host": "a.example"}]
        assert set(map(repr, heard)) == {"None"}
        await teller.close()
        await listener.close()


async def test_it_listens_again_after_its_connection_was_lost(redis_url: str) -> None:
    async with opened(redis_url) as one, opened(redis_url, empty=False) as two:
        teller, listener = SignalBus(one), SignalBus(two)
        heard: list[Any] = []
        listener.subscribe(bus.DUE, heard.append)
        listener.listen()
        await until_heard(teller, heard, 1)
        await one.command("CLIENT", "KILL", "TYPE", "pubsub")
        await until_heard(teller, heard, len(heard) + 1)
        await teller.close()
        await listener.close()


async def test_a_redis_that_is_away_is_told_nothing_and_stops_nobody() -> None:
    connection = RedisConnection.at("redis://127.0.0.1:1")
    lonely = SignalBus(connection)
    lonely.subscribe(bus.DUE, print)
    lonely.listen()
    lonely.publish(bus.DUE)
    await settled(200)
    await lonely.close()
    await connection.close()
