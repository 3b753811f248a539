"""The frontier in Redis: one for all processes that crawl.

A host waits in `closed` by the moment when it could next give a URL. A claim moves it on to the end
of the lease, and notes in `held` who has it and which URL: a process that dies needs nobody to clean
up after it, the host comes back by itself with the same URL first. Each lease has a greater number
than the one before, so that one that ran out and was given again can't be settled.

All keys have one hash tag, and so are in one slot of a cluster: what one Redis can do bounds it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from storage.errors import HeatLostError
from storage.frontier import Due, Lease, Settlement
from storage.heat.connection import Heat, Script

_TAG = "frontier"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_AT_ONCE = 500  # URLs in one script: a few milliseconds in which Redis does nothing else
_LOST = "LOST"

# KEYS: whole, closed, idle, held, urls, token. ARGV[1] begins the names of the hosts' own keys,
# ARGV[2] is the filler's token or nothing, ARGV[3] what is given, as JSON. What is done for many is
# one command wherever it can be: most of the time goes into calls, not into what they do.
# `held` says of a host "TOKEN KEY" while it is leased, then "- MICROSECONDS" when it opens.
_PRELUDE = """
local whole, closed, idle, held, urls = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local host_key, filler, given = ARGV[1], ARGV[2], cjson.decode(ARGV[3])
local call, find, sub = redis.call, string.find, string.sub
local state = call('GET', whole)
if not state or (filler == '' and sub(state, 1, 5) ~= 'whole')
   or (filler ~= '' and state ~= 'filling ' .. filler) then
  return 'LOST'
end
local function all(command, key, words)
  for i = 1, #words, 4000 do
    call(command, key, unpack(words, i, math.min(i + 3999, #words)))
  end
end
local function parted(text)
  local cut = find(text, ' ', 1, true)
  return sub(text, 1, cut - 1), sub(text, cut + 1)
end
local function held_by(host)
  local said = call('HGET', held, host)
  if not said then return '-', nil end
  return parted(said)
end
local function schedule(host, opens_at)
  local first = call('ZRANGE', host_key .. host, 0, 0, 'WITHSCORES')
  if not first[1] then
    call('ZREM', closed, host)
    return
  end
  call('ZADD', closed, math.max(tonumber(first[2]), tonumber(opens_at or 0)), host)
end
local function forget(key, but)
  local known = call('HGET', urls, key)
  if not known then return end
  local host = parted(known)
  local token, rest = held_by(host)
  if token ~= '-' and rest == key then call('HSET', held, host, token .. ' ') end
  if host ~= but then
    call('ZREM', host_key .. host, key)
    if token == '-' then schedule(host, rest) end
  end
end
local function put(key, host, url, due)
  forget(key, host)
  call('HSET', urls, key, host .. ' ' .. url)
  call('ZADD', host_key .. host, due, key)
  local token, rest = held_by(host)
  if token == '-' then schedule(host, rest) end
end
"""

_PUT = Script(
    _PRELUDE
    + """
for _, each in ipairs(given) do put(each[1], each[2], each[3], each[4]) end
return 'OK'
"""
)

_REMOVE = Script(
    _PRELUDE
    + """
forget(given[1], '')
call('HDEL', urls, given[1])
return 'OK'
"""
)

_CLAIM = Script(
    _PRELUDE
    + """
local now, limit, expires = given[1], given[2], given[3]
for _, host in ipairs(call('ZRANGEBYSCORE', idle, '-inf', now, 'LIMIT', 0, 100)) do
  if held_by(host) == '-' then call('HDEL', held, host) end
  call('ZREM', idle, host)
end
local token, n = tonumber(call('GET', KEYS[6]) or 0), 0
local keys, dues, leases = {}, {}, {}
for _ = 1, 10 do  -- again when some of them turn out to have nothing any more
  local ready = call('ZRANGEBYSCORE', closed, '-inf', now, 'LIMIT', 0, limit - n)
  local closes, empty, again = {}, {}, false
  for _, host in ipairs(ready) do
    local first = call('ZRANGE', host_key .. host, 0, 0, 'WITHSCORES')
    if first[1] and tonumber(first[2]) > now then  -- a lease ran out, and it was put for later since
      call('ZADD', closed, first[2], host)
      call('HDEL', held, host)
      again = true
    elseif first[1] then
      n = n + 1
      keys[n], dues[n] = first[1], first[2]
      leases[2 * n - 1], leases[2 * n] = host, (token + n) .. ' ' .. first[1]
      closes[#closes + 1] = expires
      closes[#closes + 1] = host
    else
      empty[#empty + 1] = host
    end
  end
  if #closes > 0 then all('ZADD', closed, closes) end
  if #empty > 0 then
    all('ZREM', closed, empty)
    all('HDEL', held, empty)
  end
  if n == limit or (#empty == 0 and not again) then break end
end
if n == 0 then return 'OK' end
call('INCRBY', KEYS[6], n)
all('HSET', held, leases)
local told = {'OK', tostring(token)}
for i = 1, n, 4000 do
  for j, url in ipairs(call('HMGET', urls, unpack(keys, i, math.min(i + 3999, n)))) do
    local m = #told
    told[m + 1], told[m + 2], told[m + 3] = keys[i + j - 1], url, dues[i + j - 1]
  end
end
return table.concat(told, '\\n')
"""
)

_EXTEND = Script(
    _PRELUDE
    + """
for i = 2, #given do
  local host, token = given[i][1], given[i][2]
  if held_by(host) == token then call('ZADD', closed, given[1], host) end
end
return 'OK'
"""
)

_SETTLE = Script(
    _PRELUDE
    + """
local hosts, keys = {}, {}
for i, each in ipairs(given) do hosts[i], keys[i] = each[1], each[3] end
local leases, known = call('HMGET', held, unpack(hosts)), call('HMGET', urls, unpack(keys))
local done, opening, closing, emptied, moved = {}, {}, {}, {}, {}
for i, each in ipairs(given) do
  local host, key, open_at, again = each[1], each[3], each[4], each[5]
  local token, leased = '', ''
  if leases[i] then token, leased = parted(leases[i]) end
  done[i] = '0'
  if token == each[2] then
    done[i] = '1'
    opening[#opening + 1] = host
    opening[#opening + 1] = string.format('- %.0f', open_at)
    if again and again[1] == host then
      call('ZADD', host_key .. host, again[3], key)
      local url = host .. ' ' .. again[2]
      if known[i] ~= url then call('HSET', urls, key, url) end
    elseif leased == key then
      call('ZREM', host_key .. host, key)
      emptied[#emptied + 1] = key
    end
    if again and again[1] ~= host then moved[#moved + 1] = each end
    local first = call('ZRANGE', host_key .. host, 0, 0, 'WITHSCORES')
    if first[1] then
      closing[#closing + 1] = math.max(tonumber(first[2]), open_at)
      closing[#closing + 1] = host
    else
      call('ZREM', closed, host)
      call('ZADD', idle, open_at, host)
    end
  end
end
if #opening > 0 then all('HSET', held, opening) end
if #closing > 0 then all('ZADD', closed, closing) end
if #emptied > 0 then all('HDEL', urls, emptied) end
for _, each in ipairs(moved) do put(each[3], each[5][1], each[5][2], each[5][3]) end
return 'OK\\n' .. table.concat(done, '\\n')
"""
)

_NEXT = Script(
    _PRELUDE
    + """
return 'OK\\n' .. (call('ZRANGE', closed, 0, 0, 'WITHSCORES')[2] or '')
"""
)

_SIZE = Script(
    _PRELUDE
    + """
return 'OK\\n' .. call('HLEN', urls)
"""
)

_EMPTY = Script(
    """
local some = redis.call('ZPOPMIN', KEYS[2], ARGV[2])
for i = 1, #some, 2 do redis.call('DEL', ARGV[1] .. some[i]) end
if #some == 0 then redis.call('UNLINK', KEYS[3], KEYS[4], KEYS[5]) end
return #some
"""
)

_FINISH = Script(
    """
if redis.call('GET', KEYS[1]) ~= 'filling ' .. ARGV[1] then return 0 end
redis.call('SET', KEYS[1], 'whole ' .. ARGV[1])
return 1
"""
)


class SharedFrontier:
    """Due URLs by host, in Redis; each call is one round trip, a batch of any size a few.

    The times are the callers', who agree on one clock. Every call raises HeatError when Redis can't
    be used, and HeatLostError while what it held is gone: `begin`, `Filler.put_all` and
    `Filler.finish` build it anew.
    """

    def __init__(self, heat: Heat, lease_seconds: float) -> None:
        self._heat = heat
        self._lease_time = timedelta(seconds=lease_seconds)
        names = ("whole", "closed", "idle", "held", "urls", "token")
        self._keys = [heat.key(_TAG, name) for name in names]
        self._host_key = heat.key(_TAG, "host", "")

    async def put(self, due: Due) -> None:
        """Add a URL, or move one of the same key to another time.

        A URL put while it is leased waits beside its lease, and is not due again by its expiry.
        """
        await self.put_all([due])

    async def put_all(self, dues: Sequence[Due]) -> None:
        """Add or move many."""
        await self._put_all(dues, "")

    async def remove(self, key: str) -> None:
        """Forget a URL; a lease on it stays valid until settled, and settles to nothing."""
        await self._run(_REMOVE, "", [key])

    async def claim(self, now: datetime, limit: int) -> list[Lease]:
        """Hand out up to `limit` due URLs, each of a host that is open at `now`, ready longest first."""
        expires = now + self._lease_time
        found = await self._run(_CLAIM, "", [_number(now), limit, _number(expires)])
        if not found:
            return []
        token = int(found[0])
        return [
            _lease(found[i], found[i + 1], found[i + 2], token + n, expires)
            for n, i in enumerate(range(1, len(found), 3), start=1)
        ]

    async def extend(self, leases: Sequence[Lease], now: datetime) -> None:
        """Let leases that still hold run out later: their visits are being made."""
        held = [(lease.due.host, str(lease.token)) for lease in leases]
        if held:
            await self._run(_EXTEND, "", [_number(now + self._lease_time), *held])

    async def settle(self, lease: Lease, *, host_open_at: datetime) -> bool:
        """Give a lease back; the host opens again at `host_open_at`.

        False when it had run out; while its host was given to nobody since, it may still be settled.
        """
        return (await self.settle_all([Settlement(lease, host_open_at)]))[0]

    async def settle_all(self, settled: Sequence[Settlement]) -> list[bool]:
        """Give many leases back, each as `settle` does; what is due `again` is put in the same step."""
        done: list[bool] = []
        for start in range(0, len(settled), _AT_ONCE):
            given = [_settling(each) for each in settled[start : start + _AT_ONCE]]
            done += [each == "1" for each in await self._run(_SETTLE, "", given)]
        return done

    async def next_at(self, now: datetime) -> datetime | None:  # noqa: ARG002 - of the Protocol
        """Tell when the next claim could give something; None when nothing waits or is leased."""
        [found] = await self._run(_NEXT, "", [])
        return _moment(float(found)) if found else None

    async def size(self) -> int:
        """Count the URLs that wait or are leased; one that is both counts once."""
        return int((await self._run(_SIZE, "", []))[0])

    async def whole(self) -> bool:
        """Tell whether it was filled, and not lost since. Raises HeatError."""
        state = await self._heat.tell("GET", self._keys[0])
        return state is not None and bytes(state).startswith(b"whole")

    async def begin(self) -> Filler:
        """Empty it, to be filled by the caller; whoever filled it until now can't any more."""
        token = secrets.token_hex(8)
        await self._heat.tell("SET", self._keys[0], f"filling {token}")
        while await self._heat.run(_EMPTY, self._keys, [self._host_key, 1_000]):
            pass
        return Filler(self, token)

    async def _put_all(self, dues: Sequence[Due], filler: str) -> None:
        for start in range(0, len(dues), _AT_ONCE):
            some = dues[start : start + _AT_ONCE]
            given = [(due.key, due.host, due.url, _number(due.due_at)) for due in some]
            await self._run(_PUT, filler, given)

    async def _finish(self, token: str) -> None:
        if not await self._heat.run(_FINISH, self._keys, [token]):
            raise HeatLostError("another process has begun to fill the frontier in Redis")

    async def _run(self, script: Script, filler: str, given: Sequence[Any]) -> list[str]:
        args = [self._host_key, filler, json.dumps(given)]
        told: bytes = await self._heat.run(script, self._keys, args)
        state, *found = told.decode().split("\n")
        if state == _LOST:
            raise HeatLostError(
                "the frontier in Redis is gone; it is filled anew from the database"
            )
        return found


class Filler:
    """Fills a frontier that was emptied. Raises HeatLostError when another one has begun since."""

    def __init__(self, frontier: SharedFrontier, token: str) -> None:
        self._frontier = frontier
        self._token = token

    async def put_all(self, dues: Sequence[Due]) -> None:
        """Add URLs."""
        await self._frontier._put_all(dues, self._token)

    async def finish(self) -> None:
        """Let others use it: it is whole."""
        await self._frontier._finish(self._token)


def _settling(settled: Settlement) -> tuple[Any, ...]:
    lease, again = settled.lease, settled.again
    first = (lease.due.host, str(lease.token), lease.due.key, _number(settled.host_open_at))
    return first if again is None else (*first, (again.host, again.url, _number(again.due_at)))


def _lease(key: str, known: str, due: str, token: int, expires: datetime) -> Lease:
    host, _, url = known.partition(" ")
    return Lease(Due(key, url, host, _moment(float(due))), token, expires)


def _number(moment: datetime) -> int:
    """Give microseconds: whole numbers that a double holds exactly until the year 2255."""
    return (moment - _EPOCH) // _MICROSECOND


def _moment(number: float) -> datetime:
    return _EPOCH + timedelta(microseconds=int(number))
