"""What all processes did in the last minutes, counted in Redis: for who looks, not for the record.

What is counted for the record is in the database; this is lost with Redis, and nobody misses it.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from storage.hot.redis.connection import RedisConnection, Script

REQUESTS, FAILED, BYTES = "requests", "failed", "bytes"
"""What is counted: requests, those of them that brought nothing, bytes of bodies."""

_MINUTE = timedelta(minutes=1)
_KEPT_SECONDS = 3600

_ADD = Script(
    """
for i = 2, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('EXPIRE', KEYS[1], ARGV[1])
return 1
"""
)


class LiveCounts:
    """Collects counts of this process; `flush` adds them to those of all."""

    def __init__(self, connection: RedisConnection) -> None:
        self._connection = connection
        self._counted: Counter[str] = Counter()

    def add(self, name: str, number: int = 1) -> None:
        """Count something."""
        self._counted[name] += number

    async def flush(self, now: datetime) -> None:
        """Add what was counted to the minute of `now`. Raises HotStateError; then it is kept."""
        counted, self._counted = self._counted, Counter()
        given = [part for pair in counted.items() for part in pair]
        if not given:
            return
        is_sent = False
        try:
            await self._connection.run(_ADD, [self._key(now)], [_KEPT_SECONDS, *given])
            is_sent = True
        finally:
            if not is_sent:
                self._counted += counted

    async def last_minute(self, now: datetime) -> dict[str, int]:
        """Return what all did in the last whole minute. Raises HotStateError."""
        answer = await self._connection.command("HGETALL", self._key(now - _MINUTE))
        pairs = (
            answer.items()
            if isinstance(answer, dict)
            else zip(answer[::2], answer[1::2], strict=True)
        )
        return {bytes(name).decode(): int(number) for name, number in pairs}

    def _key(self, moment: datetime) -> str:
        return self._connection.key("live", f"{moment.timestamp() // 60:.0f}")
