"""When a source's failing is worth telling, once, and when it is our own network that fails; pure."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from enum import StrEnum

from storage.models.problems import Problem
from storage.models.sources import Source

_IN_A_ROW = 3  # failures before a source is anything but unlucky
_LONG = timedelta(hours=24)
_LONG_FOR_BUSY = timedelta(hours=12)
_BUSY = 1.0  # articles an hour
_LATELY = timedelta(minutes=10)
_FEWEST = 5  # sources whose failing together says something
_MOST = 200
_NEARLY_ALL = 0.8
_OF_THE_NETWORK = frozenset(
    {
        Problem.DNS_NOT_FOUND,
        Problem.DNS_FAILURE,
        Problem.CONNECTION_REFUSED,
        Problem.CONNECTION_LOST,
        Problem.TIMEOUT,
    }
)


class NetworkChange(StrEnum):
    """What the last visit to any source changed; the names are the log's events."""

    NETWORK_DOWN = "network_down"
    NETWORK_BACK = "network_back"


def last_well(source: Source) -> datetime:
    """Return when a source answered last; one that never did is taken for well when it was added."""
    return source.health.last_success_at or source.added_at


def fails_for_long(source: Source, now: datetime) -> bool:
    """Tell whether a source, which failed just now once more, has failed for long by its rhythm."""
    patience = _LONG_FOR_BUSY if source.schedule.article_rate >= _BUSY else _LONG
    return source.health.failures + 1 >= _IN_A_ROW and now - last_well(source) >= patience


class NetworkSense:
    """Tells our own network's failing from that of sites: nearly all of them are out of reach."""

    def __init__(self) -> None:
        self._last: OrderedDict[int, tuple[datetime, bool]] = OrderedDict()
        self._down = False

    @property
    def down(self) -> bool:
        """Tell whether it is our own network that fails."""
        return self._down

    def visited(
        self, source_id: int, problem: Problem | None, now: datetime
    ) -> NetworkChange | None:
        """Take how a visit to a source ended; the news, if this changes how the network is."""
        self._last[source_id] = now, problem in _OF_THE_NETWORK
        self._last.move_to_end(source_id)
        while len(self._last) > _MOST or now - next(iter(self._last.values()))[0] > _LATELY:
            self._last.popitem(last=False)
        unreachable = sum(failed for _, failed in self._last.values())
        was, few = self._down, len(self._last) < _FEWEST
        self._down = unreachable >= _NEARLY_ALL * len(self._last) and (was or not few)
        if self._down == was:
            return None
        return NetworkChange.NETWORK_DOWN if self._down else NetworkChange.NETWORK_BACK
