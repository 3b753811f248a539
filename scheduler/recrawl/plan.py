"""When to come back to a source that answered, and why then; pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from crawler.visits.records import NextVisit
from scheduler.recrawl.rhythm import (
    DAYS,
    HOURS,
    as_hours,
    as_moment,
    burst_ratio,
    expected_rates,
    mean_rate,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.config.settings import RecrawlSettings
    from scheduler.recrawl.rhythm import RateSpan
    from scheduler.recrawl.source_history import SourceHistory


class VisitWorth(NamedTuple):
    """After how many hours a visit is worth its price, and what is expected by then."""

    hours: float
    articles: float
    waited: float  # article-hours


def visit_worth(
    spans: Iterable[RateSpan], price: float, most_articles: float = math.inf
) -> VisitWorth:
    """Return when the expected articles will have waited `price` article-hours together.

    Sooner when `most_articles` are expected: more would push others out of the listing. The end of
    the spans when neither comes to pass.
    """
    passed = articles = waited = 0.0
    for hours, rate in spans:
        more = rate * hours
        then = waited + (articles + more / 2) * hours
        if then >= price or articles + more >= most_articles:
            last = min(_until_waited(articles, rate, price - waited), hours)
            if articles + more >= most_articles:
                last = min(last, (most_articles - articles) / rate)
            return VisitWorth(
                passed + last, articles + rate * last, waited + (articles + rate * last / 2) * last
            )
        passed, articles, waited = passed + hours, articles + more, then
    return VisitWorth(passed, articles, waited)


def _until_waited(articles: float, rate: float, missing: float) -> float:
    """Solve rate·x²/2 + articles·x = missing, in the form that does not cancel."""
    if missing <= 0:
        return 0.0
    root = articles + math.sqrt(articles * articles + 2 * rate * missing)
    return 2 * missing / root if root > 0 else math.inf


_LONG_WAITS = 0.16  # power of the level by which the price of slow sources is lower
_SHARE_OF_LISTING = 0.5  # of a listing that may be new at a poll: the rest is for what surprises
_QUIETER, _BUSIER = 0.6, 1.6
_BURST = 1.5
_PUSHED_HOURS = 24.0
_FEW, _MANY = 1.0, 10.0  # articles a day, from which on they are written otherwise
_NEARLY = 1 - 1e-9
_TWO_HOURS = 120  # minutes
_LONGEST_WISH = 24.0  # hours: a host that asks for more is not believed
_WIDTH = 2  # minutes: the one in which releases happen and the one in which they appear
_SURE = 2.0  # standard deviations over what chance brings
_LEAST_EXCESS = 0.05  # share of the articles
_ENOUGH = 300.0  # articles that would have shown a peak of their own
_SWAY = 0.5  # of a gap that it may be moved by


@dataclass(frozen=True, slots=True)
class VisitTerms:
    """What a visit costs and what the host asks for.

    `price` is in article-minutes. `asked_minutes` is the least gap that the publisher asks for.
    `uncovered` is how long ago the poll before was, when nothing in the listing was known from it.
    `pushed`: the source tells us itself when there is something new.
    """

    price: float
    asked_minutes: float = 0.0
    uncovered: timedelta | None = None
    pushed: bool = False


def plan_source(
    history: SourceHistory, terms: VisitTerms, *, now: datetime, settings: RecrawlSettings
) -> NextVisit:
    """Return the next visit: when what is expected unseen by then is worth the price of a request.

    Sooner when the listing would run over, or has; later when the publisher asks for it. Moved to
    just after the minutes at which the source publishes. Never outside the least and longest gap.
    """
    begin, rhythm = as_hours(now), history.rhythm
    worth = worth_of_source(history, begin, terms.price, settings.max_hours)
    hours, why = worth.hours, _in_words(history, worth)
    if rhythm.window and worth.articles >= rhythm.window * _SHARE_OF_LISTING * _NEARLY:
        why = f"{why}, and before its listing runs over"
    if terms.uncovered is not None:
        halved = terms.uncovered.total_seconds() / 7200
        if halved < hours:
            hours, why = (
                halved,
                f"{rate_in_words(history)}; sooner, for nothing in its listing was known",
            )
    peak = source_peak_minute(rhythm.minutes, history.usual.minutes)
    if peak is not None:
        moved = moved_after_peak(begin + hours, hours, peak) - begin
        if moved != hours:
            hours, why = moved, f"{why}; just after the minutes at which it publishes"
    if terms.pushed:
        hours, why = (
            _PUSHED_HOURS,
            f"{rate_in_words(history)}; it is pushed to us, so this is for safety",
        )
    return _open(_within(hours, why, terms, now, settings), rhythm.closed)


def worth_of_source(
    history: SourceHistory, begin: float, price: float, longest: float
) -> VisitWorth:
    """Return after how many hours, `longest` at most, a visit is worth a price in article-minutes.

    The price falls a little for slow sources: one article that waits ten hours is worse than ten
    that wait one. It is the plan for waiting^1.4, in closed form: in simulation it makes the 95th
    percentile of all delays 3 % shorter, the 99th 10 %, and their mean 1 to 2 % longer. It falls
    too where few articles are history, as if there were a standard deviation more of them, so that
    what is busier than it seemed is noticed: another 1 %, at no cost to the mean (sampling the
    rate does no better).
    """
    rhythm = history.rhythm
    unsure = 1 + 1 / math.sqrt(rhythm.articles + 1)
    own = price / 60 * mean_rate(rhythm, history.prior) ** _LONG_WAITS / unsure
    most = rhythm.window * _SHARE_OF_LISTING if rhythm.window else float("inf")
    spans = expected_rates(rhythm, history.prior, history.usual, begin, longest)
    return visit_worth(spans, own, most)


def _within(
    hours: float, why: str, terms: VisitTerms, now: datetime, settings: RecrawlSettings
) -> NextVisit:
    asked = min(terms.asked_minutes / 60, _LONGEST_WISH)
    if asked > hours:
        hours, why = asked, f"{why}; its publisher asks for {_span(asked)} between two polls"
    least, most = settings.min_minutes / 60, settings.max_hours
    if hours < least:
        hours, why = least, f"{why}; the least gap allowed"
    if hours >= most:
        hours, why = most, f"{why}; the longest gap allowed"
    return NextVisit(now + timedelta(hours=hours), why)


def _open(plan: NextVisit, closed: Sequence[int]) -> NextVisit:
    """Move a visit that falls into an hour of the week which is closed to the end of such hours."""
    at = hour = int(as_hours(plan.at))
    while hour % (DAYS * HOURS) in closed:
        hour += 1
    if hour == at:
        return plan
    return NextVisit(as_moment(hour), f"{plan.reason}; its publisher wants no polls before")


def _in_words(history: SourceHistory, worth: VisitWorth) -> str:
    """Say for operators: the rate, how it is just now, and what a request is worth."""
    usually = mean_rate(history.rhythm, history.prior) * worth.hours
    parts = [rate_in_words(history)]
    if worth.hours > 0 and usually > 0:
        share = worth.articles / usually
        if burst_ratio(history.rhythm) > _BURST and share > 1:
            parts.append("more than usual just now")
        elif share < _QUIETER:
            parts.append("fewer at this time")
        elif share > _BUSIER:
            parts.append("most at this time")
    waits = f"worth a request when {max(worth.waited * 60, 0.1):.3g} article-minutes wait"
    return f"{', '.join(parts)}; {waits}"


def rate_in_words(history: SourceHistory) -> str:
    """Say how much a source publishes, by the day or by the week."""
    a_day = mean_rate(history.rhythm, history.prior) * 24
    if a_day < _FEW:
        return f"about {a_day * 7:.2g} articles a week"
    number = f"{a_day:.0f}" if a_day >= _MANY else f"{a_day:.2g}"
    return f"about {number} articles a day"


def _span(hours: float) -> str:
    minutes = hours * 60
    return f"{minutes:.0f} minutes" if minutes < _TWO_HOURS else f"{hours:.3g} hours"


def peak_minute(minutes: Sequence[float]) -> int | None:
    """Return the minute of the quarter-hour after which most has appeared; None without a peak."""
    period, total = len(minutes), sum(minutes)
    counts = [minutes[m] + minutes[(m + 1) % period] for m in range(period)]
    best = max(range(period), key=counts.__getitem__)
    by_chance = total * _WIDTH / period
    excess = counts[best] - by_chance - _SURE * math.sqrt(by_chance)
    return (best + _WIDTH) % period if excess > _LEAST_EXCESS * total else None


def source_peak_minute(minutes: Sequence[float], of_all: Sequence[float]) -> int | None:
    """Return a source's own peak minute, or that of all while too little is known of its own."""
    own = peak_minute(minutes)
    return peak_minute(of_all) if own is None and sum(minutes) < _ENOUGH else own


def moved_after_peak(at: float, gap: float, peak: int, period: int = 15) -> float:
    """Return a moment, in hours, moved to the nearest one after a peak minute.

    Where that would change the gap much, it is the moment itself. `period` is in minutes.
    """
    hours, phase = period / 60, peak / 60
    nearest = round((at - phase) / hours) * hours + phase
    return nearest if abs(nearest - at) <= _SWAY * gap else at
