"""Slows down who guesses passwords: by address and by name; decided from failures and the time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

_FREE = 5  # failures before anybody has to wait
_LONGEST = timedelta(minutes=15)
_FORGOTTEN = timedelta(hours=1)
_MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class _Failures:
    number: int
    last: datetime


class Throttle:
    """Knows the failed log-ins of the last hour; it forgets them when the daemon restarts.

    After five failures each further one doubles the wait, from 2 seconds to 15 minutes (NIST SP
    800-63B, section 5.2.2, asks for a limit). A name is
    slowed down for all who try it, for guesses come from many addresses; so somebody can keep an
    account's owner waiting for a quarter of an hour, but not out.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._failures: OrderedDict[str, _Failures] = OrderedDict()

    def wait(self, *keys: str) -> timedelta:
        """Say how long to wait before another try; zero for not at all."""
        now = self._clock()
        return max((self._wait(key, now) for key in keys), default=timedelta(0))

    def failed(self, *keys: str) -> None:
        """Count a failure."""
        now = self._clock()
        for key in keys:
            failures = self._failures.pop(key, None)
            fresh = failures is not None and now - failures.last < _FORGOTTEN
            self._failures[key] = _Failures((failures.number if failures and fresh else 0) + 1, now)
        while len(self._failures) > _MOST_KEPT:
            self._failures.popitem(last=False)

    def passed(self, *keys: str) -> None:
        """Forget the failures: it was the right one."""
        for key in keys:
            self._failures.pop(key, None)

    def _wait(self, key: str, now: datetime) -> timedelta:
        failures = self._failures.get(key)
        if failures is None or failures.number < _FREE or now - failures.last >= _FORGOTTEN:
            return timedelta(0)
        wait = min(timedelta(seconds=2 ** min(failures.number - _FREE + 1, 12)), _LONGEST)
        return max(failures.last + wait - now, timedelta(0))
