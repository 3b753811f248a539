"""What is closed and until when: Retry-After and back-off, each at its scope; pure.

The crawl asks it before each request. The proof and a restart tell it the ledger's lines again, and
so come to the same.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from crawler.fetch.outcome import LONGEST_WAIT
from crawler.fetch.refusal_scope import (
    ITSELF,
    BroughtBy,
    HostAnswer,
    RecentAnswers,
    RefusalScope,
    have_limits_of_their_own,
    scope_of,
)

LONGEST_MEMORY = timedelta(hours=48)  # a closing lasts a day, and is remembered for another
LONGEST_STRETCH = 1.5  # by which jitter lengthens a back-off at most
_FIRST = timedelta(seconds=30)
_MOST_DOUBLINGS = 12  # 34 hours, cut to the longest wait
_SLOWEST = timedelta(minutes=5)  # the gap of a host that recovers
_MOST_CLOSINGS = 20_000
_WITNESSES = 2  # foreign sources whose addresses a host refuses: then it refuses all such
_LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)


@dataclass(slots=True)
class _Closing:
    """A place that refused: closed until then; `level` counts refusals less good answers.

    `sources` are those that brought what was refused.
    """

    until: datetime
    level: int = 0
    since: datetime = _LONG_AGO
    asked: bool = False  # whether the host itself named the time
    sources: set[int | None] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Backoff:
    """Since and until when a place is closed, at which scope, and whether the host named the time."""

    since: datetime
    until: datetime
    scope: RefusalScope
    asked: bool


Place = tuple[RefusalScope, str, bool]


class Backoffs:
    """Keeps closings by URL, host and registrable domain; the last of them only.

    A host or domain that refuses what strangers brought is closed for them apart from its own: for
    the source that brought it, and for all strangers when another one's is refused too.
    """

    def __init__(self) -> None:
        self._answers = RecentAnswers()
        self._closings: OrderedDict[Place, _Closing] = OrderedDict()

    def answered(
        self, answer: HostAnswer, *, retry_after: datetime | None, stretch: float
    ) -> RefusalScope | None:
        """Take an answer; the scope that a refusal closes.

        A back-off doubles with each refusal in a row and is made longer by `stretch`, 1.0 to
        LONGEST_STRETCH. A good answer takes one doubling back, not all of them.
        """
        scope = None
        if answer.refused:
            scope = self._refused(answer, retry_after, stretch)
            if scope is not RefusalScope.DOMAIN:
                # Without the jitter, so that the ledger told again gives the same scopes.
                answer = replace(answer, until=retry_after or answer.at + _FIRST)
        elif answer.status is not None:
            self._recovered(answer)
        self._answers.add(answer)
        return scope

    def closed(self, url: str, host: str, domain: str, brought_by: BroughtBy = ITSELF) -> Backoff:
        """Say until when a URL can't be asked for, for who brought it; a time that is over when it can."""
        latest = Backoff(_LONG_AGO, _LONG_AGO, RefusalScope.URL, asked=False)
        for scope, closing in self._in_force(_places(url, host, domain), brought_by):
            if closing.until > latest.until:
                latest = Backoff(closing.since, closing.until, scope, closing.asked)
        return latest

    def slowness(self, host: str, domain: str, brought_by: BroughtBy = ITSELF) -> timedelta:
        """Return the gap of a host that is recovering: half of the last with each good answer."""
        places = _places("", host, domain)[1:]
        closings = self._in_force(places, brought_by)
        level = max((closing.level for _, closing in closings), default=0)
        return min(_doubled(level - 1), _SLOWEST) if level > 1 else timedelta(0)

    def is_shared(self, domain: str, now: datetime) -> bool:
        """Tell whether a domain's hosts count as one: it refused as one within a day."""
        closing = self._closings.get((RefusalScope.DOMAIN, domain, False))
        return closing is not None and now - closing.until < LONGEST_WAIT

    def _in_force(
        self, places: Iterable[tuple[RefusalScope, str]], brought_by: BroughtBy
    ) -> Iterator[tuple[RefusalScope, _Closing]]:
        """Yield the closings that count for who brought an address."""
        for scope, name in places:
            if (closing := self._closings.get((scope, name, False))) is not None:
                yield scope, closing
            closing = self._closings.get((scope, name, True)) if brought_by.foreign else None
            if closing is not None and (
                brought_by.source_id in closing.sources or len(closing.sources) >= _WITNESSES
            ):
                yield scope, closing

    def _refused(
        self, answer: HostAnswer, retry_after: datetime | None, stretch: float
    ) -> RefusalScope:
        before = self._answers.of(answer.domain)
        scope = scope_of(answer, before)
        if have_limits_of_their_own(before):
            self._closings.pop((RefusalScope.DOMAIN, answer.domain, False), None)
            self._closings.pop((RefusalScope.DOMAIN, answer.domain, True), None)
        closing = self._closing(scope, answer)
        closing.level = min(closing.level + 1, _MOST_DOUBLINGS + 1)
        closing.since = answer.at
        closing.sources.add(answer.brought_by.source_id)
        closing.asked = retry_after is not None
        closing.until = max(
            closing.until, retry_after or answer.at + _doubled(closing.level, stretch)
        )
        return scope

    def _closing(self, scope: RefusalScope, answer: HostAnswer) -> _Closing:
        name = dict(_places(answer.url, answer.host, answer.domain))[scope]
        apart = answer.brought_by.foreign and scope is not RefusalScope.URL
        place = (scope, name, apart)
        closing = self._closings.get(place)
        if closing is None or answer.at - closing.until > LONGEST_WAIT:
            closing = self._closings[place] = _Closing(_LONG_AGO)
        self._closings.move_to_end(place)
        if len(self._closings) > _MOST_CLOSINGS:
            self._closings.popitem(last=False)
        return closing

    def _recovered(self, answer: HostAnswer) -> None:
        for scope, name in _places(answer.url, answer.host, answer.domain):
            for apart in (False, True):
                if (closing := self._closings.get((scope, name, apart))) is not None:
                    closing.level = max(closing.level - 1, 0)


def _doubled(level: int, stretch: float = 1.0) -> timedelta:
    """Return the wait after so many refusals in a row, which is 1 for the first."""
    doublings = min(level - 1, _MOST_DOUBLINGS)
    return min(_FIRST * (1 << doublings) * stretch, LONGEST_WAIT)


def _places(url: str, host: str, domain: str) -> tuple[tuple[RefusalScope, str], ...]:
    return (RefusalScope.URL, url), (RefusalScope.HOST, host), (RefusalScope.DOMAIN, domain)
