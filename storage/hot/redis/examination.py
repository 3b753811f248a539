"""What a Redis is: its version, its memory, and what it does when that is full."""

from __future__ import annotations

from dataclasses import dataclass

from storage.hot.redis.connection import RedisConnection

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
