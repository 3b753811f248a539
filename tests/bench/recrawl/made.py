"""Made sources: when each of them publishes, by an intensity of which the truth is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

WARM_UP_DAYS, MEASURED_DAYS, TAIL_DAYS = 14, 7, 2
FIRST_HOUR = 24 * 19_000  # since 1970: a moment from which the week and the day are counted
_MEDIAN_A_DAY, _SIGMA = 3.6, 1.7
_MOST_A_DAY = 3000.0
_ZONES = (-8, -5, -3, 0, 1, 1, 2, 5, 8, 9)  # where publishers sit
_BURSTS_A_DAY, _BURST_HOURS, _BURST_TIMES = 1 / 8, 3.0, 6.0
_DRIFT_A_DAY = 0.1
_IN_CLUSTERS = 0.35  # mean share of the articles that come near a quarter-hour
_CLUSTER_MINUTES = 1.0  # mean distance after the quarter-hour
_OFFICES = 0.25  # share of the sources
_DATED = 0.9  # share of the feeds that date their items
_EARLIER_DAYS = 3  # of which the first listing tells


@dataclass(frozen=True, slots=True)
class World:
    """Sources that publish from `begin` on, in hours since 1970; polls begin `EARLIER` later."""

    begin: float
    intensity: Floats  # articles an hour, by source and hour: what the oracle knows
    times: tuple[Floats, ...]  # of each source's articles, in order
    windows: NDArray[np.int64]  # items that a listing holds
    dated: NDArray[np.bool_]

    @property
    def polled_from(self) -> float:
        """Return the hour of the first polls."""
        return self.begin + _EARLIER_DAYS * 24

    @property
    def measured_from(self) -> float:
        """Return the end of the warm-up."""
        return self.polled_from + WARM_UP_DAYS * 24

    @property
    def measured_to(self) -> float:
        """Return the end of the time whose articles count."""
        return self.measured_from + MEASURED_DAYS * 24

    @property
    def end(self) -> float:
        """Return when polls stop: the last articles that count were all met before."""
        return self.measured_to + TAIL_DAYS * 24


def make(count: int, *, seed: int, bursts: bool = True) -> World:
    """Make so many sources, always the same ones for a seed."""
    rng = np.random.default_rng(seed)
    days = _EARLIER_DAYS + WARM_UP_DAYS + MEASURED_DAYS + TAIL_DAYS
    a_day = np.minimum(_MEDIAN_A_DAY * np.exp(_SIGMA * rng.standard_normal(count)), _MOST_A_DAY)
    course = _cycles(rng, count, days) * _drifts(rng, count, days)
    if bursts:
        course *= _bursts(rng, count, days * 24)
    intensity = (a_day / 24)[:, None] * course / course.mean(axis=1, keepdims=True)
    share = rng.beta(4 * _IN_CLUSTERS, 4 * (1 - _IN_CLUSTERS), count)
    times = tuple(_times(rng, FIRST_HOUR, intensity[i], share[i]) for i in range(count))
    return World(
        begin=FIRST_HOUR,
        intensity=intensity,
        times=times,
        windows=rng.integers(20, 51, count),
        dated=rng.random(count) < _DATED,
    )


def _cycles(rng: np.random.Generator, count: int, days: int) -> Floats:
    """Return each source a day of its own (where it sits, how it sleeps) and a week."""
    hours = np.arange(days * 24) + FIRST_HOUR
    local = (hours[None, :] + rng.choice(_ZONES, count)[:, None]) + 0.0
    peak = rng.normal(13.0, 2.5, count)[:, None]
    depth = rng.gamma(2.0, 0.6, count)[:, None]
    shape = np.exp(depth * np.cos((local % 24 + 0.5 - peak) * np.pi / 12))
    second = rng.random(count)[:, None] * np.exp(
        depth * np.cos((local % 24 + 0.5 - peak - 7) * np.pi / 12)
    )
    # Some are written in an office, and know no gentle evening.
    office = np.where((local % 24 >= 8) & (local % 24 < 18), 1.0, 0.08)
    day = np.where((rng.random(count) < _OFFICES)[:, None], office, shape + second)
    weekend = (local // 24 + 3) % 7 >= 5
    rest = np.where(rng.random(count) < 0.2, 1.0, rng.uniform(0.3, 0.9, count))[:, None]
    week = np.where(weekend, rest, 1.0)
    return np.asarray(day * week)


def _drifts(rng: np.random.Generator, count: int, days: int) -> Floats:
    steps = _DRIFT_A_DAY * rng.standard_normal((count, days))
    return np.repeat(np.exp(np.cumsum(steps, axis=1)), 24, axis=1)


def _bursts(rng: np.random.Generator, count: int, hours: int) -> Floats:
    """Let each source have hours of far more articles now and then."""
    factors = np.ones((count, hours))
    for source in range(count):
        for start in np.flatnonzero(rng.random(hours) < _BURSTS_A_DAY / 24):
            length = 1 + int(rng.exponential(_BURST_HOURS))
            times = 1 + rng.exponential(_BURST_TIMES - 1)
            factors[source, start : start + length] *= times
    return factors


def _times(rng: np.random.Generator, begin: float, intensity: Floats, share: float) -> Floats:
    """Draw when the articles come: some share of each hour's near one of its quarters."""
    counts = rng.poisson(intensity)
    hour = np.repeat(np.arange(len(intensity)), counts)
    anywhere = rng.random(len(hour))
    quarters = rng.integers(0, 4, len(hour)) / 4
    near = quarters + np.minimum(rng.exponential(_CLUSTER_MINUTES, len(hour)), 14) / 60
    within = np.where(rng.random(len(hour)) < share, near, anywhere)
    return np.sort(begin + hour + within)
