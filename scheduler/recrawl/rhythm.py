"""How often a source publishes and at which hours: decayed counts, shrunk to what is usual; pure.

Three things are learned apart, each a count beside what was expected: the level, the shape of the
day and of the week, and what goes on just now. Counts decay exponentially, and a rate is shrunk to
what is usual (Gamma-Poisson, as in empirical Bayes), so that few articles change little. That
sources publish by the hour of their day, and not at a constant rate, is from Sia, Cho and Cho
(Efficient Monitoring Algorithm for Fast News Alerts, IEEE TKDE 19, 2007).
Moments are hours since 1970 in UTC, as floats: hours of the day and days of the week fall out of
them, and no time zone is asked for, since a zone only shifts the shape.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

HOURS, DAYS = 24, 7
BEAT = 15  # minutes: publishing systems release at the quarters of an hour

_LEVEL = math.log(2) / (10 * 24)  # decay an hour: what is ten days old counts half
_SHAPE = math.log(2) / (60 * 24)
_LATELY = math.log(2) / 1.0  # an hour: bursts are short
_NEIGHBOURS = ((-2, 1 / 9), (-1, 2 / 9), (0, 3 / 9), (1, 2 / 9), (2, 1 / 9))  # hours away, shares
_HOUR_PRIOR = 0.3  # articles for each hour of the day that the usual shape weighs as much as
_DAY_PRIOR = 12.0
_LATELY_PRIOR = 3.0
_FLAT, _BUSY = 10.0, 100.0  # articles: what speaks for a flat shape, and what is a busy source
_HOUR, _DAY_OF_WEEK, _MINUTE = "usual hour ", "usual day ", "usual minute "
_ROUNDED = 5  # digits that are kept
_LONGEST_PAST = 60 * 24.0  # hours: what is older hardly counts, and a lie often

_NO_HOURS, _NO_DAYS, _NO_MINUTES = (0.0,) * HOURS, (0.0,) * DAYS, (0.0,) * BEAT


@dataclass(frozen=True, slots=True)
class RatePrior:
    """What a source is taken for before it is known: articles an hour, seen for so many hours."""

    rate: float
    hours: float


@dataclass(frozen=True, slots=True)
class UsualShape:
    """The shape of the day and the week over all sources: factors whose mean is one.

    `minutes` are counts, as those of a source: at which minutes of the quarter-hour all publish.
    """

    hours: tuple[float, ...] = (1.0,) * HOURS
    days: tuple[float, ...] = (1.0,) * DAYS
    minutes: tuple[float, ...] = (0.0,) * BEAT


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What was seen of a source until `at`; all sums decay.

    `hours` are the hours watched, each weighted by how much of the day's and week's shape falls
    into it, so that a quiet night is no sign of a falling level.
    """

    at: float
    articles: float = 0.0
    hours: float = 0.0
    by_hour: tuple[float, ...] = _NO_HOURS
    by_hour_expected: tuple[float, ...] = _NO_HOURS
    by_day: tuple[float, ...] = _NO_DAYS
    by_day_expected: tuple[float, ...] = _NO_DAYS
    lately: float = 0.0
    lately_expected: float = 0.0
    minutes: tuple[float, ...] = _NO_MINUTES  # dated articles by minute of the quarter-hour
    window: int = 0  # items that the listing holds
    asked: float = 0.0  # minutes that the listing asks to wait between two polls
    closed: tuple[int, ...] = ()  # hours of the week, from Thursday on, at which it wants none
    last_new: float = 0.0  # the newest article; 0 when there was none
    last_articles: float = 0.0  # the two sums of the level as they were when it came
    last_hours: float = 0.0


FLAT = UsualShape()


class RateShape(NamedTuple):
    """How much of a source's articles falls on each hour and day: factors, mean one."""

    hours: tuple[float, ...]
    days: tuple[float, ...]


class RateSpan(NamedTuple):
    """A part of one hour: how long, and how many articles an hour are expected in it."""

    hours: float
    rate: float


def as_hours(moment: datetime) -> float:
    """Return a moment in hours since 1970."""
    return moment.timestamp() / 3600


def as_moment(hours: float) -> datetime:
    """Return the moment that so many hours since 1970 are."""
    return datetime.fromtimestamp(hours * 3600, UTC)


def as_stored(rhythm: Rhythm) -> dict[str, Any]:
    """Return a rhythm as it is kept."""
    return {name: _rounded(value) for name, value in asdict(rhythm).items()}


def from_stored(kept: Mapping[str, Any] | None) -> Rhythm | None:
    """Return a rhythm that was stored; None for none, or for one of a form that is not known."""
    if (
        kept is None
        or "at" not in kept
        or not set(kept) <= {field.name for field in fields(Rhythm)}
    ):
        return None
    values: dict[str, Any] = {
        n: tuple(v) if isinstance(v, list | tuple) else v for n, v in kept.items()
    }
    return Rhythm(**values)


def mean_rate(rhythm: Rhythm, prior: RatePrior) -> float:
    """Return the articles an hour, on the mean of a week."""
    return (rhythm.articles + prior.rate * prior.hours) / (rhythm.hours + prior.hours)


def rate_shape(rhythm: Rhythm, usual: UsualShape) -> RateShape:
    """Return a source's own shape of the day and the week, as far as it is known."""
    hours = [
        common * (count + _HOUR_PRIOR) / (common * expected + _HOUR_PRIOR)
        for common, count, expected in zip(
            usual.hours, rhythm.by_hour, rhythm.by_hour_expected, strict=True
        )
    ]
    days = [
        common * (count + _DAY_PRIOR) / (common * expected + _DAY_PRIOR)
        for common, count, expected in zip(
            usual.days, rhythm.by_day, rhythm.by_day_expected, strict=True
        )
    ]
    return RateShape(_mean_one(hours), _mean_one(days))


def burst_ratio(rhythm: Rhythm) -> float:
    """Return how many times as much as usual is published just now; one when it is as usual."""
    return (rhythm.lately + _LATELY_PRIOR) / (rhythm.lately_expected + _LATELY_PRIOR)


def expected_rates(
    rhythm: Rhythm, prior: RatePrior, usual: UsualShape, begin: float, hours: float
) -> Iterator[RateSpan]:
    """Yield the parts of the hours from `begin` on, with the articles an hour expected in each."""
    mean, (by_hour, by_day) = mean_rate(rhythm, prior), rate_shape(rhythm, usual)
    more = burst_ratio(rhythm) - 1
    for start, end in _parts(begin, begin + hours):
        hour = int(start)
        now = 1 + more * _kept(_LATELY, rhythm.at, (start + end) / 2)
        yield RateSpan(end - start, mean * by_hour[hour % HOURS] * by_day[_day(start)] * now)


def observe(
    rhythm: Rhythm,
    prior: RatePrior,
    usual: UsualShape,
    *,
    dated: Sequence[float],
    undated: int = 0,
    now: float,
) -> Rhythm:
    """Return a rhythm with the articles that came between its last moment and now.

    `dated` are when they were published, moved into that time where they lie outside; undated ones
    are spread evenly over it. Two observations in a row count dated articles as one over both.
    """
    if now <= rhythm.at:  # nothing has passed, or the clock was set back
        return replace(rhythm, at=now)
    began = max(rhythm.at, now - _LONGEST_PAST)
    parts = _watched(began, now, rate_shape(rhythm, usual))
    came = [(min(max(at, began), now), 1.0) for at in dated]
    if undated:
        even = undated / (now - began)
        came += [((part.start + part.end) / 2, even * (part.end - part.start)) for part in parts]
    level_kept, lately_kept = _kept(_LEVEL, rhythm.at, now), _kept(_LATELY, rhythm.at, now)
    articles = rhythm.articles * level_kept + _decayed(came, _LEVEL, now)
    hours = rhythm.hours * level_kept + _weighted(parts, _LEVEL, now)
    mean = (articles + prior.rate * prior.hours) / (hours + prior.hours)
    by_hour, by_hour_expected, by_day, by_day_expected = _by_shape(rhythm, came, parts, mean, now)
    return replace(
        rhythm,
        at=now,
        articles=articles,
        hours=hours,
        by_hour=by_hour,
        by_hour_expected=by_hour_expected,
        by_day=by_day,
        by_day_expected=by_day_expected,
        lately=rhythm.lately * lately_kept + _decayed(came, _LATELY, now),
        lately_expected=rhythm.lately_expected * lately_kept
        + mean * _weighted(parts, _LATELY, now),
        minutes=_minutes(rhythm, dated, now),
        last_new=max([rhythm.last_new, *(at for at, _ in came)]),
        last_articles=articles if came else rhythm.last_articles,
        last_hours=hours if came else rhythm.last_hours,
    )


def as_of_last(rhythm: Rhythm) -> Rhythm:
    """Return the rhythm with the level that it had when the last article came, and nothing else on."""
    return replace(
        rhythm,
        at=rhythm.last_new,
        articles=rhythm.last_articles,
        hours=rhythm.last_hours,
        lately=0.0,
        lately_expected=0.0,
    )


def as_numbers(usual: UsualShape) -> dict[str, float]:
    """Return the usual shape as named numbers, as they are kept."""
    hours = {f"{_HOUR}{hour}": factor for hour, factor in enumerate(usual.hours)}
    days = {f"{_DAY_OF_WEEK}{day}": factor for day, factor in enumerate(usual.days)}
    return hours | days | {f"{_MINUTE}{m}": count for m, count in enumerate(usual.minutes)}


def from_numbers(numbers: Mapping[str, float]) -> UsualShape:
    """Return the usual shape of named numbers; what is missing is flat."""
    return UsualShape(
        tuple([numbers.get(f"{_HOUR}{hour}", 1.0) for hour in range(HOURS)]),
        tuple([numbers.get(f"{_DAY_OF_WEEK}{day}", 1.0) for day in range(DAYS)]),
        tuple([numbers.get(f"{_MINUTE}{minute}", 0.0) for minute in range(BEAT)]),
    )


def usual_shape(rhythms: Iterable[Rhythm]) -> UsualShape:
    """Return the shape over many sources; the busiest count for a few of the others."""
    sums = [[_FLAT] * HOURS, [_FLAT] * HOURS, [_FLAT] * DAYS, [_FLAT] * DAYS, [0.0] * BEAT]
    for rhythm in rhythms:
        share = 1 / (1 + sum(rhythm.by_hour) / _BUSY)
        counts = (
            *(rhythm.by_hour, rhythm.by_hour_expected),
            *(rhythm.by_day, rhythm.by_day_expected),
            rhythm.minutes,
        )
        for total, each in zip(sums, counts, strict=True):
            for place, count in enumerate(each):
                total[place] += share * count
    hours, hours_expected, days, days_expected, minutes = sums
    return UsualShape(
        _mean_one([n / of for n, of in zip(hours, hours_expected, strict=True)]),
        _mean_one([n / of for n, of in zip(days, days_expected, strict=True)]),
        tuple(minutes),
    )


class _Part(NamedTuple):
    """A part of one hour that was watched, and the factors of the shape that hold in it."""

    start: float
    end: float
    hour: int
    day: int
    of_hour: float
    of_day: float


def _watched(began: float, now: float, own: RateShape) -> list[_Part]:
    found = []
    for start, end in _parts(began, now):
        hour, day = int(start) % HOURS, _day(start)
        found.append(_Part(start, end, hour, day, own.hours[hour], own.days[day]))
    return found


def _parts(start: float, end: float) -> Iterator[tuple[float, float]]:
    """Cut a time at the full hours."""
    while start < end:
        next_hour = min(math.floor(start) + 1.0, end)
        yield start, next_hour
        start = next_hour


def _day(at: float) -> int:
    """Return the day of the week, 0 to 6; the one on which 1970 began is 0."""
    return int(at // HOURS) % DAYS


def _kept(rate: float, since: float, now: float) -> float:
    return math.exp(-rate * max(now - since, 0.0))  # less than none: the clock was set back


def _decayed(came: Sequence[tuple[float, float]], rate: float, now: float) -> float:
    return sum(number * _kept(rate, at, now) for at, number in came)


def _weighted(parts: Sequence[_Part], rate: float, now: float) -> float:
    """Return the hours watched, decayed and weighted by the shape: an integral in closed form."""
    return sum(part.of_hour * part.of_day * _hours(part, rate, now) for part in parts)


def _hours(part: _Part, rate: float, now: float) -> float:
    return (math.exp(rate * (part.end - now)) - math.exp(rate * (part.start - now))) / rate


def _by_shape(
    rhythm: Rhythm,
    came: Sequence[tuple[float, float]],
    parts: Sequence[_Part],
    mean: float,
    now: float,
) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...], tuple[float, ...]]:
    """Count by hour of the day and day of the week, beside what the level alone would bring."""
    kept = _kept(_SHAPE, rhythm.at, now)
    hours = [count * kept for count in rhythm.by_hour]
    hours_expected = [count * kept for count in rhythm.by_hour_expected]
    days = [count * kept for count in rhythm.by_day]
    days_expected = [count * kept for count in rhythm.by_day_expected]
    for at, number in came:
        weight = number * _kept(_SHAPE, at, now)
        _spread(hours, int(at), weight)
        days[_day(at)] += weight
    for part in parts:
        watched = mean * _hours(part, _SHAPE, now)
        _spread(hours_expected, part.hour, watched * part.of_day)
        days_expected[part.day] += watched * part.of_hour
    return tuple(hours), tuple(hours_expected), tuple(days), tuple(days_expected)


def _spread(hours: list[float], hour: int, number: float) -> None:
    """Count for an hour and, the less the further away, for its neighbours: days have no steps."""
    for away, share in _NEIGHBOURS:
        hours[(hour + away) % HOURS] += number * share


def _minutes(rhythm: Rhythm, dated: Sequence[float], now: float) -> tuple[float, ...]:
    kept = _kept(_SHAPE, rhythm.at, now)
    minutes = [count * kept for count in rhythm.minutes]
    for at in dated:
        minutes[round(at * 3600) // 60 % BEAT] += math.exp(-_SHAPE * max(now - at, 0.0))
    return tuple(minutes)


def _mean_one(factors: Sequence[float]) -> tuple[float, ...]:
    mean = sum(factors) / len(factors)
    return tuple([factor / mean for factor in factors])


def _rounded(value: object) -> object:
    if isinstance(value, tuple):
        return [round(each, _ROUNDED) for each in value]
    return round(value, _ROUNDED) if isinstance(value, float) else value
