"""Short words between processes: that something changed, so that nobody need wait for its next look.

They may be lost, as when Redis is away; whoever hears them looks into the truth from time to time
anyway. (Redis publish/subscribe keeps nothing.)
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import structlog
from redis.asyncio import Redis, RedisCluster

from storage.errors import HotStateError
from storage.hot.redis.connection import RedisConnection, hot_state_errors

DUE, WORK, OUTBOX, REFUSALS, RELOAD = "due", "work", "outbox", "refusals", "reload"
"""What is told of: something is due; a story waits to be matched; a delivery waits; a host refused
us; the settings are to be read again. What operators change in the database, such as topics, is
looked for there before each match, and every second."""

_AGAIN_AFTER = 1.0  # seconds
_HEARD_WITHIN = 1.0

Heard = Callable[[Any], None]


async def publish_once(connection: RedisConnection, word: str) -> int:
    """Publish a signal, as a command does; how many processes got it. Raises HotStateError."""
    return int(await connection.command("PUBLISH", _channel(connection, word), "null"))


def _channel(connection: RedisConnection, word: str) -> str:
    return f"{connection.prefix}:signal:{word}"


class SignalBus:
    """Publishes signals to all processes, and gets theirs; one that is published often is sent once."""

    def __init__(self, connection: RedisConnection) -> None:
        self._connection = connection
        self._heard: dict[str, list[Heard]] = {}
        self._telling: dict[str, Any] = {}
        self._task: asyncio.Task[None] | None = None
        self._listening: asyncio.Task[None] | None = None
        self._log = structlog.get_logger("bus")

    def subscribe(self, word: str, heard: Heard) -> None:
        """Call a function with what comes with a signal; to be called before `listen`."""
        self._heard.setdefault(word, []).append(heard)

    def publish(self, word: str, what: Any = None) -> None:  # noqa: ANN401 - what JSON can hold
        """Publish a signal without waiting; one without content is sent once, however often."""
        name = word if what is None else f"{word} {json.dumps(what, sort_keys=True)}"
        self._telling[name] = (word, what)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._tell_all())

    def listen(self) -> None:
        """Get signals from now on, until `close`; a connection that is lost is made anew."""
        if self._heard:
            self._listening = asyncio.get_running_loop().create_task(self._listen())

    async def close(self) -> None:
        """Send what is still to be sent, and get no more."""
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=_HEARD_WITHIN)
        for task in (self._task, self._listening):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def _tell_all(self) -> None:
        while self._telling:
            words, self._telling = self._telling, {}
            for word, what in words.values():
                try:
                    await self._connection.command(
                        "PUBLISH", _channel(self._connection, word), json.dumps(what)
                    )
                except HotStateError:  # who listens looks into the truth by and by
                    return

    async def _listen(self) -> None:
        while True:
            try:
                with hot_state_errors():
                    await self._hear()
            except HotStateError as error:
                self._log.debug("bus_lost", reason=str(error))
            await asyncio.sleep(_AGAIN_AFTER)

    async def _hear(self) -> None:
        by_channel = {
            _channel(self._connection, word): heard for word, heard in self._heard.items()
        }
        async with (
            _one(self._connection.client) as client,
            client.pubsub(ignore_subscribe_messages=True) as subscribed,
        ):
            await subscribed.subscribe(*by_channel)
            while True:
                message = await subscribed.get_message(timeout=_HEARD_WITHIN)
                if message is not None:
                    name = message["channel"]
                    channel = name.decode() if isinstance(name, bytes) else str(name)
                    for heard in by_channel.get(channel, ()):
                        heard(json.loads(message["data"]))


@asynccontextmanager
async def _one(client: Redis | RedisCluster) -> AsyncIterator[Redis]:
    """Yield a client of one server: any server of a cluster passes words on to all."""
    if isinstance(client, Redis):
        yield client
        return
    await client.initialize()
    own = _of_one(client)
    try:
        yield own
    finally:
        await own.aclose()


def _of_one(client: RedisCluster) -> Redis:
    node = client.get_random_node()
    return Redis(host=node.host, port=int(node.port), **_login(node.connection_kwargs))


def _login(options: dict[str, Any]) -> dict[str, Any]:
    wanted = ("username", "password", "ssl", "socket_timeout", "socket_connect_timeout")
    return {name: options[name] for name in wanted if name in options}
