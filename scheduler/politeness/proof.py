"""Was every request polite? Judged from the request ledger and the robots.txt kept; pure.

Lines come in order of sending, each is looked at once, and what is kept grows with the hosts and
with one day's requests only, so that a year's ledger can be checked.
"""

from __future__ import annotations

import heapq
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from crawler.fetch.backoff import Backoffs
from crawler.fetch.refusal_scope import REFUSALS, BroughtBy, HostAnswer, RefusalScope
from crawler.fetch.robots import RobotsRules, authority_of, read_rules
from scheduler.politeness.records import BrokenPromise, HostFigures, PolitenessProof, PolitenessRule
from storage.models.fetches import Fetch, Purpose

RobotsKept = tuple[datetime, int | None, bytes]

_SLACK = 0.005  # seconds; a line's start and its length are read from two clocks
_SAME_MOMENT = timedelta(milliseconds=50)  # a refusal reaches requests that leave elsewhere by then
_DAY = timedelta(hours=24)
_MOST_RULES = 500
_MOST_BROKEN = 100
_ANSWERED_BELOW = 500  # a server's own failure is no answer to a question for robots.txt
_LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)

_OLD = "lines from before the gap in force was written down"
_BY_HAND = "requests of an operator's command, which runs beside the daemon"
_NO_ROBOTS = "pages of hosts whose robots.txt is not kept"
_NEWER_ROBOTS = "pages fetched before the robots.txt that is kept now"


@dataclass(frozen=True, slots=True)
class Promises:
    """What is in force: limits, budgets by source (0: none), and the contact that we name.

    `robots` gives what a host ("scheme://host:port") answered last, with the time of it.
    """

    robots: Callable[[str], RobotsKept | None]
    longest_crawl_delay: float
    budget: int
    budgets: Mapping[int, int] = field(default_factory=dict)
    contact: str = ""


@dataclass(slots=True)
class _Host:
    requests: int = 0
    not_modified: int = 0
    size: int = 0
    refusals: int = 0
    gaps: int = 0
    gaps_sum: float = 0.0
    least_gap: float | None = None
    cut_delay: float | None = None
    broken: int = 0
    ended: datetime = _LONG_AGO


class LedgerChecker:
    """Checks the ledger line by line; what was sent before `since` only counts as what came before.

    robots.txt by RFC 9309, Retry-After by RFC 9110.
    """

    def __init__(self, promises: Promises, since: datetime) -> None:
        self._promises = promises
        self._since = since
        self._until = since
        self._hosts: dict[str, _Host] = {}
        self._backoffs = Backoffs()
        self._under_way: list[tuple[datetime, int, Fetch]] = []
        self._order = count()
        self._rules: OrderedDict[str, tuple[datetime, RobotsRules] | None] = OrderedDict()
        self._robots_asked: dict[str, datetime] = {}
        self._spent: dict[int, deque[datetime]] = {}
        self._proved: Counter[PolitenessRule] = Counter()
        self._unproved: Counter[str] = Counter()
        self._broken: list[BrokenPromise] = []
        self._broken_total = 0

    def take(self, line: Fetch) -> None:
        """Take the next line, in order of sending."""
        self._answers_until(line.at)
        host = self._hosts.setdefault(line.host, _Host())
        self._gap(host, line)
        self._closings(line)
        self._robots(line)
        self._robots_daily(line)
        self._budget(line)
        self._count(host, line)
        host.ended = max(host.ended, line.ended)
        heapq.heappush(self._under_way, (line.ended, next(self._order), line))

    def proof(self) -> PolitenessProof:
        """Return what the lines so far show."""
        broken = list(self._broken)
        if not self._promises.contact.strip():
            broken.append(
                BrokenPromise(PolitenessRule.CONTACT, "the user agent names nobody", None)
            )
        return PolitenessProof(
            since=self._since,
            until=self._until,
            requests=sum(host.requests for host in self._hosts.values()),
            hosts=tuple(
                _figures(name, host) for name, host in sorted(self._hosts.items()) if host.requests
            ),
            proved=dict(self._proved),
            unproved=dict(self._unproved),
            broken=tuple(broken),
            broken_total=self._broken_total + len(broken) - len(self._broken),
        )

    # --- rules ----------------------------------------------------------------------------

    def _gap(self, host: _Host, line: Fetch) -> None:
        gap = (line.at - host.ended).total_seconds()
        if host.ended is _LONG_AGO:
            return
        if line.purpose is Purpose.LOOK:
            self._unsure(line, _BY_HAND)
            return
        if self._counts(line):
            host.gaps, host.gaps_sum = host.gaps + 1, host.gaps_sum + max(gap, 0.0)
            host.least_gap = gap if host.least_gap is None else min(gap, host.least_gap)
        if gap < -_SLACK:
            says = f"sent {-gap:.3f} s before the answer to the last request came"
            self._break(PolitenessRule.ONE_AT_A_TIME, says, line)
            return
        self._holds(PolitenessRule.ONE_AT_A_TIME, line)
        if not line.domain:
            self._unsure(line, _OLD)
            return
        least = max(line.gap, self._crawl_delay(line))
        if gap < least - _SLACK:
            says = f"sent {gap:.3f} s after the last answer, and {least:g} s were to pass"
            self._break(PolitenessRule.GAP, says, line)
        else:
            self._holds(PolitenessRule.GAP, line)

    def _crawl_delay(self, line: Fetch) -> float:
        rules = self._rules_of(line)
        # robots.txt itself is asked for before its new rules are known.
        if line.purpose is Purpose.ROBOTS or rules is None or rules[0] > line.at:
            return 0.0
        delay, longest = rules[1].crawl_delay, self._promises.longest_crawl_delay
        self._hosts[line.host].cut_delay = delay if delay > longest else None
        return min(delay, longest)

    def _closings(self, line: Fetch) -> None:
        if not line.domain:
            return
        closed = self._backoffs.closed(line.url, line.host, line.domain, _brought_by(line))
        early = (closed.until - line.at).total_seconds()
        elsewhere = closed.scope is RefusalScope.DOMAIN and line.at - closed.since < _SAME_MOMENT
        if early <= _SLACK or elsewhere:
            self._holds(PolitenessRule.CLOSED, line)
            return
        asked = "it asked for with Retry-After" if closed.asked else "a back-off lasts at least"
        says = f"sent {early:.3f} s before the end that {asked} (closed: its {closed.scope.value})"
        self._break(PolitenessRule.CLOSED, says, line)

    def _robots(self, line: Fetch) -> None:
        if line.purpose is Purpose.ROBOTS or line.url.endswith("/robots.txt"):
            return
        rules = self._rules_of(line)
        if rules is None:
            self._unsure(line, _NO_ROBOTS)
        elif rules[0] > line.at:
            self._unsure(line, _NEWER_ROBOTS)
        elif rules[1].allow(line.url):
            self._holds(PolitenessRule.ROBOTS, line)
        else:
            self._break(
                PolitenessRule.ROBOTS,
                f"its robots.txt, read {rules[0]:%F %T} UTC, forbids it",
                line,
            )

    def _robots_daily(self, line: Fetch) -> None:
        if line.purpose is not Purpose.ROBOTS or line.url != f"{authority_of(line.url)}/robots.txt":
            return
        last = self._robots_asked.get(line.url)
        if last is not None and line.at - last < _DAY:
            says = f"asked again {(line.at - last).total_seconds() / 3600:.1f} h after an answer"
            self._break(PolitenessRule.ROBOTS_DAILY, says, line)
        else:
            self._holds(PolitenessRule.ROBOTS_DAILY, line)
        if _answers_for_a_day(line):
            self._robots_asked[line.url] = line.at

    def _budget(self, line: Fetch) -> None:
        if line.source_id is None or line.purpose is Purpose.LOOK or not line.domain:
            return
        budget = self._promises.budgets.get(line.source_id, self._promises.budget)
        if not budget:
            return
        spent = self._spent.setdefault(line.source_id, deque())
        while spent and line.at - spent[0] >= _DAY:
            spent.popleft()
        spent.append(line.at)
        if len(spent) > budget:
            says = f"request {len(spent)} within 24 h for source {line.source_id}, of {budget}"
            self._break(PolitenessRule.BUDGET, says, line)
        else:
            self._holds(PolitenessRule.BUDGET, line)

    # --- what they need -------------------------------------------------------------------

    def _answers_until(self, moment: datetime) -> None:
        """Hear the answers that had come by then, in the order in which they came."""
        while self._under_way and self._under_way[0][0] <= moment:
            ended, _, line = heapq.heappop(self._under_way)
            domain = line.domain or line.host
            answer = HostAnswer(
                ended, line.url, line.host, domain, line.status, brought_by=_brought_by(line)
            )
            self._backoffs.answered(answer, retry_after=line.retry_after, stretch=1.0)

    def _rules_of(self, line: Fetch) -> tuple[datetime, RobotsRules] | None:
        authority = authority_of(line.url)
        if authority not in self._rules:
            kept = self._promises.robots(authority)
            self._rules[authority] = kept and (kept[0], read_rules(kept[1], kept[2], kept[0]))
            if len(self._rules) > _MOST_RULES:
                self._rules.popitem(last=False)
        return self._rules[authority]

    def _count(self, host: _Host, line: Fetch) -> None:
        if self._counts(line):
            host.requests += 1
            host.not_modified += line.outcome == "not_modified"
            host.size += line.size
            host.refusals += line.status in REFUSALS
            self._until = max(self._until, line.at)

    def _counts(self, line: Fetch) -> bool:
        return line.at >= self._since

    def _holds(self, rule: PolitenessRule, line: Fetch) -> None:
        self._proved[rule] += self._counts(line)

    def _unsure(self, line: Fetch, why: str) -> None:
        self._unproved[why] += self._counts(line)

    def _break(self, rule: PolitenessRule, says: str, line: Fetch) -> None:
        if not self._counts(line):
            return
        self._broken_total += 1
        self._hosts[line.host].broken += 1
        if len(self._broken) < _MOST_BROKEN:
            self._broken.append(BrokenPromise(rule, says, line))


def _brought_by(line: Fetch) -> BroughtBy:
    return BroughtBy(line.source_id, line.is_foreign)


def _answers_for_a_day(line: Fetch) -> bool:
    """Tell whether an answer for robots.txt is kept for a day; a redirect is not the answer yet."""
    if line.status is None or line.status >= _ANSWERED_BELOW or 300 <= line.status < 400:  # noqa: PLR2004 - HTTP's own numbers
        return False
    return line.status >= 400 or line.outcome in ("ok", "not_modified")  # noqa: PLR2004 - the same


def _figures(name: str, host: _Host) -> HostFigures:
    return HostFigures(
        host=name,
        requests=host.requests,
        not_modified=host.not_modified,
        size=host.size,
        refusals=host.refusals,
        mean_gap=host.gaps_sum / host.gaps if host.gaps else None,
        least_gap=host.least_gap,
        cut_delay=host.cut_delay,
        broken=host.broken,
    )
