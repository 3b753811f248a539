"""Holds in Redis: a small key for each host, which goes by itself once the host is open and free."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from storage.hot.holds import Hold
from storage.hot.redis.connection import RedisConnection, Script

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_ASK_AGAIN = timedelta(milliseconds=200)  # a hold is mostly released long before it runs out

# KEYS[1] is the host's: the fields are the token of who holds it, until when, and when it opens.
_KEEP = """
local function keep(now)
  local said = redis.call('HMGET', KEYS[1], 'until', 'open')
  local last = math.max(tonumber(said[1] or 0), tonumber(said[2] or 0))
  redis.call('PEXPIRE', KEYS[1], math.max(1000, math.ceil((last - now) / 1000) + 60000))
end
"""

_TAKE = Script(
    _KEEP
    + """
local now, expires = tonumber(ARGV[1]), ARGV[2]
local said = redis.call('HMGET', KEYS[1], 'until', 'open', 'token')
if said[1] and tonumber(said[1]) > now then return {0, said[1], 1} end
if said[2] and tonumber(said[2]) > now then return {0, said[2], 0} end
local token = tonumber(said[3] or 0) + 1
redis.call('HSET', KEYS[1], 'until', expires, 'token', token)
keep(now)
return {token, '', 0}
"""
)

_RELEASE = Script(
    _KEEP
    + """
local now = tonumber(ARGV[1])
local said = redis.call('HMGET', KEYS[1], 'until', 'open', 'token')
if said[3] ~= ARGV[2] or not said[1] or tonumber(said[1]) <= now then return 0 end
redis.call('HDEL', KEYS[1], 'until')
if not said[2] or tonumber(said[2]) < tonumber(ARGV[3]) then
  redis.call('HSET', KEYS[1], 'open', ARGV[3])
end
keep(now)
return 1
"""
)

_CLOSE = Script(
    _KEEP
    + """
local open = redis.call('HGET', KEYS[1], 'open')
if not open or tonumber(open) < tonumber(ARGV[2]) then
  redis.call('HSET', KEYS[1], 'open', ARGV[2])
end
keep(tonumber(ARGV[1]))
return 1
"""
)


class SharedHolds:
    """Each call is one round trip, and raises HotStateError when Redis can't be used.

    The times are the callers', who agree on one clock. A Redis that was emptied knows of no host;
    whoever meets that takes all hosts for asked just now (`HostSlots.begin_blind`).
    """

    def __init__(self, connection: RedisConnection) -> None:
        self._connection = connection

    async def take(self, host: str, now: datetime, seconds: float) -> Hold | datetime:
        """Hold a host that is open and that nobody holds; else when it is worth asking again."""
        expires = now + timedelta(seconds=seconds)
        args = [_number(now), _number(expires)]
        token, at, is_held = await self._connection.run(_TAKE, [self._key(host)], args)
        if token:
            return Hold(host, int(token))
        opens = _EPOCH + timedelta(microseconds=int(at))
        return min(opens, now + _ASK_AGAIN) if is_held else opens

    async def release(self, hold: Hold, now: datetime, open_at: datetime) -> bool:
        """Let a host go; it opens at `open_at`. False when the hold had run out."""
        args = [_number(now), hold.token, _number(open_at)]
        return bool(await self._connection.run(_RELEASE, [self._key(hold.host)], args))

    async def close(self, host: str, now: datetime, until: datetime) -> None:
        """Let nobody ask a host until then; what closes it for longer stays."""
        await self._connection.run(_CLOSE, [self._key(host)], [_number(now), _number(until)])

    def _key(self, host: str) -> str:
        return self._connection.key(f"hold:{host}")


def _number(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND
