"""The daily requests of a source: what is left for its listing and its pages; pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

_DAY = timedelta(hours=24)
_SPREAD = timedelta(hours=1)  # over which what waited is sent once the budget is free again
_LISTING_SHARE = 4  # a quarter of a budget is the listing's: what is new is seen even then
_MOST_FOR_LISTING = 300  # requests: a poll every five minutes and some redirects
_HOPS = 10  # redirects that one visit may need
_HOPS_SHARE = 10  # of a small budget, a tenth is enough room for them


class Budgets:
    """Counts the requests of each source within 24 hours, and says when there is room again."""

    def __init__(self, standard: int) -> None:
        self._standard = standard
        self._sent: dict[int, deque[datetime]] = {}
        self._told: set[int] = set()
        self._others: Mapping[int, int] = {}

    def restore(self, sent: Iterable[tuple[int, datetime]]) -> None:
        """Take up what the ledger knows: (source, when), oldest first."""
        for source_id, at in sent:
            self.sent(source_id, at)

    def count_all(self, totals: Mapping[int, int], now: datetime) -> None:
        """Take up how many requests all processes together sent for each source in 24 hours."""
        others: dict[int, int] = {}
        for source_id, total in totals.items():
            own = self._sent.get(source_id, deque())
            _drop_old(own, now)
            others[source_id] = max(total - len(own), 0)
        self._others = others

    def sent(self, source_id: int, at: datetime) -> None:
        """Count a request."""
        sent = self._sent.setdefault(source_id, deque())
        sent.append(at)
        _drop_old(sent, at)

    def room_at(
        self, source_id: int, budget: int | None, *, listing: bool, under_way: int, now: datetime
    ) -> datetime | None:
        """Say when a visit has room; None: now.

        `budget` None is the standard one, 0 none. `under_way` counts the source's visits that are
        being made and may not have been counted yet.
        """
        limit = _limit(self._standard if budget is None else budget, listing=listing)
        others = self._others.get(source_id, 0)
        sent = self._sent.get(source_id) or (deque() if others else None)
        if limit is None or sent is None:
            return None
        _drop_old(sent, now)
        over = len(sent) + others + under_way - limit
        if over < 0:
            self._told.discard(source_id)
            return None
        return sent[min(over, len(sent) - 1)] + _DAY if sent else now + _SPREAD

    def is_news(self, source_id: int) -> bool:
        """Tell whether it was not said yet that a source's budget is spent; it counts as said."""
        was_reported = source_id in self._told
        self._told.add(source_id)
        return not was_reported


def spread_over(at: datetime, chance: float) -> datetime:
    """Return the time at which one of many that wait for `at` goes; `chance` is from 0 to 1."""
    return at + _SPREAD * chance


def _limit(budget: int, *, listing: bool) -> int | None:
    if not budget:
        return None
    for_hops = min(_HOPS, budget // _HOPS_SHARE)
    reserved = 0 if listing else min(budget // _LISTING_SHARE, _MOST_FOR_LISTING)
    return max(budget - for_hops - reserved, 1)


def _drop_old(sent: deque[datetime], now: datetime) -> None:
    while sent and now - sent[0] >= _DAY:
        sent.popleft()
