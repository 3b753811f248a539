"""One way to a Redis: by itself, behind sentinels, or a cluster; scripts, and errors with a name."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Self, cast
from urllib.parse import parse_qs, urlsplit, urlunsplit

from redis import exceptions
from redis.asyncio import BlockingConnectionPool, Redis, RedisCluster
from redis.asyncio.sentinel import Sentinel, SentinelConnectionPool

from storage.errors import HotStateError

LEAST_SERVER = (6, 2)
"""The oldest version that will do; Valkey began with 7.2."""


@dataclass(frozen=True, slots=True)
class RedisExamination:
    """A server; `most` bytes of memory it may use, 0 for as many as there are."""

    version: tuple[int, int]
    shown: str
    used: int
    most: int
    policy: str

    @property
    def evicts(self) -> bool:
        """Whether it throws keys away when it is full, rather than refuse new ones."""
        return self.most > 0 and self.policy != "noeviction"


async def examine(connection: RedisConnection) -> RedisExamination:
    """Ask a server what it is. Raises HotStateError."""
    info = (await _info(connection, "server")) | (await _info(connection, "memory"))
    name = "valkey_version" if "valkey_version" in info else "redis_version"
    major, minor, *_ = (int(part) for part in info.get(name, "0.0").split("."))
    return RedisExamination(
        version=(major, minor),
        shown=f"{'Valkey' if name.startswith('valkey') else 'Redis'} {info.get(name, '?')}",
        used=int(info.get("used_memory", 0)),
        most=int(info.get("maxmemory", 0)),
        policy=info.get("maxmemory_policy", ""),
    )


async def _info(connection: RedisConnection, section: str) -> dict[str, str]:
    answer = await connection.command("INFO", section)
    if isinstance(answer, dict):  # as redis-py reads it for us
        return {str(name): str(value) for name, value in answer.items()}
    lines = bytes(answer).decode().splitlines()
    return dict(line.split(":", 1) for line in lines if ":" in line)


_CONNECT_SECONDS = 2.0
_ANSWER_SECONDS = 5.0
_CONNECTIONS = 16
_SENTINEL_PORT = 26379
_SCHEMES = {  # ours, which say how there is more than one server, and the plain ones
    "redis+sentinel": "redis",
    "rediss+sentinel": "rediss",
    "redis+cluster": "redis",
    "rediss+cluster": "rediss",
}


class Script:
    """A Lua script and the name by which a server that has seen it knows it."""

    __slots__ = ("sha", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.sha = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


@cache
def scripts_of(package: str) -> Mapping[str, Script]:
    """Return the scripts of a package's `scripts.lua` by their names.

    A line `-- script NAME after PART ...` begins each of them, and names the parts (`-- part PART`)
    that stand before it.
    """
    parts: dict[str, str] = {}
    scripts: dict[str, Script] = {}
    text = files(package).joinpath("scripts.lua").read_text(encoding="utf-8")
    for section in re.split(r"^-- (?=part|script)", text, flags=re.MULTILINE)[1:]:
        head, _, body = section.partition("\n")
        kind, name, *rest = head.split()
        if kind == "part":
            parts[name] = body
        else:
            scripts[name] = Script("".join(parts[part] for part in rest[1:]) + body)
    return scripts


class RedisConnection:
    """A Redis that several processes share. `prefix` begins every key, outside of its hash tag.

    Addresses: `redis://`, `rediss://` (TLS) and `unix://` as redis-py reads them;
    `redis+sentinel://one:26379,two:26379/0?service=NAME`; `redis+cluster://one:6379,two:6379`.
    """

    def __init__(self, client: Redis | RedisCluster, *, prefix: str = "wirewatch") -> None:
        self._client = client
        self.prefix = prefix

    @classmethod
    def at(cls, url: str, *, prefix: str = "wirewatch") -> Self:
        """Return the way to a Redis; it is not connected to before it is used.

        Raises ValueError when the address can't be read.
        """
        return cls(_client(url), prefix=prefix)

    def key(self, tag: str, *parts: str) -> str:
        """Name a key: all keys of one tag are in one slot of a cluster."""
        return ":".join((f"{self.prefix}:{{{tag}}}", *parts))

    async def run(self, script: Script, keys: Sequence[str], args: Sequence[Any] = ()) -> Any:  # noqa: ANN401 - what Lua gives
        """Run a script in one round trip; two when the server sees it for the first time.

        Raises HotStateError.
        """
        with hot_state_errors():
            try:
                answer = self._client.evalsha(script.sha, len(keys), *keys, *args)
                return await answer
            except exceptions.NoScriptError:
                answer = self._client.eval(script.text, len(keys), *keys, *args)
                return await answer

    async def command(self, *command: Any) -> Any:  # noqa: ANN401 - what the server gives
        """Run one command. Raises HotStateError."""
        with hot_state_errors():
            return await self._client.execute_command(*command)

    @property
    def client(self) -> Redis | RedisCluster:
        """The client itself, for pipelines and for listening; guard it with `named_errors`."""
        return self._client

    async def close(self) -> None:
        """Close the connections, those to sentinels too."""
        await self._client.aclose()
        pool = getattr(self._client, "connection_pool", None)
        if isinstance(pool, SentinelConnectionPool):
            for sentinel in pool.sentinel_manager.sentinels:
                await sentinel.aclose()


@contextmanager
def hot_state_errors() -> Iterator[None]:
    """Raise HotStateError, in an operator's words, for what a Redis or the way to it did."""
    try:
        yield
    except (exceptions.RedisError, exceptions.RedisClusterException, OSError) as error:
        raise HotStateError(_explained(str(error) or type(error).__name__)) from error


def _explained(message: str) -> str:
    """Say what a Redis means; in a script's error its own word stands in the middle."""
    if "OOM command" in message or "'maxmemory'" in message:
        return f"Redis is full: raise its maxmemory, or lower copies.window_days ({message})"
    if "READONLY" in message or "read only replica" in message:
        return f"Redis takes no writes, it is a replica: name its primary ({message})"
    return f"Redis said: {message}"


def _client(url: str) -> Redis | RedisCluster:
    parts = urlsplit(url)
    scheme = _SCHEMES.get(parts.scheme)
    patience: dict[str, Any] = {
        "socket_connect_timeout": _CONNECT_SECONDS,
        "socket_timeout": _ANSWER_SECONDS,
        "protocol": 2,  # what every server from 6.2 on speaks, Valkey too
    }
    if scheme is None:
        # Who finds all connections in use waits for one, however many ask at once.
        pool = BlockingConnectionPool.from_url(
            url, max_connections=_CONNECTIONS, timeout=_ANSWER_SECONDS, **patience
        )
        return Redis.from_pool(pool)
    login, _, places = parts.netloc.rpartition("@")
    hosts = [_place(place) for place in places.split(",")]
    if parts.scheme.endswith("+cluster"):
        host, port = hosts[0]
        first = urlunsplit((scheme, _netloc(login, host, port), parts.path, parts.query, ""))
        return RedisCluster.from_url(first, **patience)
    options = parse_qs(parts.query)
    service = options.get("service", [""])[0]
    if not service:
        raise ValueError("an address of sentinels names the service: ?service=NAME")
    user, _, password = login.partition(":")
    sentinel = Sentinel(hosts, sentinel_kwargs=patience)  # type: ignore[no-untyped-call]
    client = sentinel.master_for(
        service,
        db=int(parts.path.strip("/") or 0),
        username=user or None,
        password=password or None,
        ssl=scheme == "rediss",
        **patience,
    )
    return cast("Redis", client)


def _place(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdigit():
        return text.strip("[]"), _SENTINEL_PORT
    return host.strip("[]"), int(port)


def _netloc(login: str, host: str, port: int) -> str:
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return f"{login}@{address}" if login else address
