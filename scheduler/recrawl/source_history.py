"""A source's history: its rhythm, and what it is taken for before that says much; pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from scheduler.recrawl.rhythm import (
    DAYS,
    FLAT,
    HOURS,
    RatePrior,
    Rhythm,
    UsualShape,
    as_hours,
    from_stored,
    observe,
)
from storage.models.listings import Listing
from storage.models.sources import Source, SourceKind

_A_DAY = {
    SourceKind.FEED: 4.0,
    SourceKind.SITEMAP: 24.0,
    SourceKind.SECTION: 6.0,
    SourceKind.SEARCH: 4.0,
}
_THURSDAY = 3  # as days of the week are counted; hours are counted from one, as Unix time is
_SEEN_HOURS = 6.0  # a quarter of a day: any first listing with dates outweighs it
_LEAST_PERIOD, _LONGEST_PERIOD = 0.25, 7 * 24.0  # hours that are believed of a period


@dataclass(frozen=True, slots=True)
class SourceHistory:
    """What is known when a visit is planned: the source's rhythm, and what is usual."""

    rhythm: Rhythm
    prior: RatePrior
    usual: UsualShape = FLAT


def prior_of(kind: SourceKind, period_minutes: float | None) -> RatePrior:
    """Return what is usual for such a source, half-way to the period that it names.

    A period (sy:updatePeriod and sy:updateFrequency of the RSS 1.0 syndication module) is a hint and
    no more: WordPress writes "hourly" into the feed of every blog.
    """
    rate = _A_DAY[kind] / 24
    if period_minutes is not None and period_minutes > 0:
        hours = min(max(period_minutes / 60, _LEAST_PERIOD), _LONGEST_PERIOD)
        rate = math.sqrt(rate / hours)
    return RatePrior(rate, _SEEN_HOURS)


def history_of(source: Source, usual: UsualShape = FLAT) -> SourceHistory | None:
    """Return what was kept of a source; None before its first listing."""
    rhythm = from_stored(source.schedule.rhythm)
    return None if rhythm is None else SourceHistory(rhythm, prior_of(source.kind, None), usual)


def history_after(
    source: Source,
    listing: Listing | None,
    *,
    new: int,
    covered: bool,
    usual: UsualShape,
    now: datetime,
) -> SourceHistory:
    """Return a history with what a poll brought: `new` items of a listing; None when it had not changed.

    Of a first listing, and of one that does not reach back to the poll before (not `covered`), only
    the time that its dates tell of counts as watched.
    """
    at, kept = as_hours(now), from_stored(source.schedule.rhythm)
    prior = prior_of(source.kind, listing.period_minutes if listing else None)
    if listing is None:
        dates: Sequence[float] = ()
    else:  # all of a first listing tells of the rhythm, whether its pages are known or not
        new = len(listing.items) if kept is None else new
        dates = _newest(listing, new, at)
    timed = [date for date in dates if date % HOURS]  # of a date alone the hour is not known
    undated = (len(dates) if kept is None else new) - len(timed)
    since = None if covered and kept is not None else min(dates, default=at)
    history = history_with(kept, prior, usual, dated=timed, undated=undated, since=since, now=at)
    if listing is None:
        return history
    asked = float(listing.ttl_minutes or 0)
    rhythm = replace(
        history.rhythm, window=len(listing.items), asked=asked, closed=_closed(listing)
    )
    return replace(history, rhythm=rhythm)


def history_with(
    kept: Rhythm | None,
    prior: RatePrior,
    usual: UsualShape,
    *,
    dated: Sequence[float],
    undated: int,
    since: float | None,
    now: float,
) -> SourceHistory:
    """Return a history with what came since a rhythm was kept (None: for the first time).

    Moments are in hours since 1970.

    `since` is from when on the listing tells, where that is not since the poll before.
    """
    if kept is None:
        kept = Rhythm(at=now if since is None else since)
    elif since is not None:
        kept = replace(kept, at=max(kept.at, since))
    rhythm = observe(kept, prior, usual, dated=dated, undated=undated, now=now)
    return SourceHistory(rhythm, prior, usual)


def _closed(listing: Listing) -> tuple[int, ...]:
    """Return the hours of the week at which a listing wants no polls; none when it wants none at all."""
    days = {(day - _THURSDAY) % DAYS for day in listing.skip_days}
    closed = [
        hour
        for hour in range(DAYS * HOURS)
        if hour // HOURS in days or hour % HOURS in listing.skip_hours
    ]
    return tuple(closed) if len(closed) < DAYS * HOURS else ()


def _newest(listing: Listing, new: int, now: float) -> Sequence[float]:
    """Return the dates of the new items: the latest ones, without those that lie ahead."""
    dates = sorted(as_hours(item.published) for item in listing.items if item.published)
    return [date for date in dates[len(dates) - min(new, len(dates)) :] if date <= now]
