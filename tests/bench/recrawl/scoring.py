"""What a plan of polls was worth: how long articles waited, and how many were never seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tests.bench.recrawl.made import Floats, World


@dataclass(frozen=True, slots=True)
class Score:
    """Delays in minutes, over the articles of the measured days."""

    requests: int  # polls in the measured days
    mean: float
    median: float
    p95: float
    p99: float
    by_source: float  # the median source's mean delay
    lost: int  # pushed out of the listing before a poll

    def as_json(self) -> dict[str, float]:
        """Return it as the report has it."""
        return {
            "requests": self.requests,
            "mean_min": round(self.mean, 2),
            "median_min": round(self.median, 2),
            "p95_min": round(self.p95, 1),
            "p99_min": round(self.p99, 1),
            "by_source_min": round(self.by_source, 1),
            "lost": self.lost,
        }


def score(world: World, polls: Sequence[Floats]) -> Score:
    """Score the polls of each source, in order."""
    delays, means, requests, lost = [], [], 0, 0
    for times, visits, window in zip(world.times, polls, world.windows, strict=True):
        requests += int(np.sum((visits >= world.measured_from) & (visits < world.measured_to)))
        counted = np.flatnonzero((times >= world.measured_from) & (times < world.measured_to))
        if not len(counted):
            continue
        met = np.searchsorted(visits, times[counted])
        after = np.searchsorted(times, visits[met], side="right")  # articles by then
        seen = counted >= after - window
        waited = (visits[met] - times[counted])[seen] * 60
        lost += int(np.sum(~seen))
        if len(waited):
            delays.append(waited)
            means.append(float(waited.mean()))
    waits = np.concatenate(delays)
    median, p95, p99 = np.percentile(waits, [50, 95, 99])
    by_source = float(np.median(means))
    return Score(
        requests, float(waits.mean()), float(median), float(p95), float(p99), by_source, lost
    )
