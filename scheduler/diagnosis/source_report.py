"""All of one source in sentences: how it is, its rhythm, its next visit, its last fetches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crawler.fetch.trust import trust_in_words
from scheduler.diagnosis.topic_answers import local_time
from scheduler.recrawl.plan import rate_in_words
from scheduler.recrawl.rhythm import rate_shape
from scheduler.recrawl.silence import silence_of
from scheduler.recrawl.source_history import SourceHistory, history_of
from storage.crawl.subscriptions import Subscription
from storage.models.fetches import Fetch
from storage.models.sources import Source, SourceMove

_BARS = "▁▂▃▄▅▆▇█"
_DAYS = ("Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed")  # as the rhythm counts them
_USUAL = (0.99, 1.01)


def source_lines(
    source: Source,
    visits: Sequence[Fetch],
    push: Subscription | None = None,
    ignored: int = 0,
    moves: Sequence[SourceMove] = (),
) -> Iterator[str]:
    """Yield what is known of a source, in the order in which operators ask; `ignored` pushes were not signed as agreed."""
    yield f"source {source.id}: {source.title}, {source.url}"
    yield f"{source.state}, a {source.kind}, added {local_time(source.added_at)}"
    for move in moves:
        yield f"moved from {move.from_url} to {move.to_url} at {local_time(move.at)}: {move.how}"
    yield f"last read {local_time(source.health.last_success_at)}"
    if source.health.problem is not None:
        times = f"{source.health.failures} in a row"
        yield f"fails: {source.health.problem.value} {source.health.problem_detail}, {times}".replace(
            " ,", ","
        )
    if source.health.degraded:
        yield f"read in part: {source.health.degraded}"
    yield f"next visit {local_time(source.schedule.next_fetch_at)}: {source.schedule.next_reason}"
    yield from _rhythm_lines(source)
    yield from _coverage_lines(source)
    if push is not None:
        yield _push_line(push, ignored)
    for visit in visits:
        status = f"HTTP {visit.status}, " if visit.status else ""
        yield f"fetched {local_time(visit.at)}: {status}{visit.outcome}, {visit.size} bytes, {visit.url}"


def bars(values: Sequence[float]) -> str:
    """Draw numbers as a line of bars, the highest one full."""
    most = max(values, default=0.0)
    if most <= 0:
        return _BARS[0] * len(values)
    return "".join(_BARS[round(value / most * (len(_BARS) - 1))] for value in values)


def _rhythm_lines(source: Source) -> Iterator[str]:
    known = history_of(source)
    if known is None:
        yield "rhythm: not known before the first listing"
        return
    hours = rate_shape(known.rhythm, known.usual).hours
    yield f"rhythm: {rate_in_words(known)}"
    yield f"by hour: {bars(hours)} (0 to 23 UTC)"
    yield f"by day: {_days(known)}"
    quiet = silence_of(source)
    if quiet is not None and quiet.is_odd:
        yield quiet.says
    if not _USUAL[0] < source.schedule.weight < _USUAL[1]:
        yield f"weight: {source.schedule.weight:.2g}, by the share of its articles that topics matched"


def _days(known: SourceHistory) -> str:
    days = rate_shape(known.rhythm, known.usual).days
    week = [*range(4, 7), *range(4)]  # Monday first
    return " ".join(f"{_DAYS[day]} {days[day]:.1f}" for day in week)


def _coverage_lines(source: Source) -> Iterator[str]:
    if source.listing.overlap is not None:
        yield f"overlap: {source.listing.overlap:.0%} of its last listing was known"
    if source.listing.missed:
        yield f"may have missed {source.listing.missed} articles"
    if said := trust_in_words(source):
        yield said


def _push_line(push: Subscription, ignored: int) -> str:
    """Return how the subscription at its hub stands; who did not set a callback has none."""
    lease = f" until {local_time(push.lease_until)}" if push.lease_until else ""
    parts = [f"push: {push.state}{lease} by {push.hub_url}", f"{push.pushes} pushes"]
    if push.last_push_at is not None:
        parts.append(f"the last {local_time(push.last_push_at)}")
    if ignored:
        parts.append(f"{ignored} ignored (too large, or not signed as agreed)")
    if push.error:
        parts.append(push.error)
    return ", ".join(parts)
