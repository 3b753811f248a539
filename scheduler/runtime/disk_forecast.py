"""When the disk is full, by how the database has grown; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from statistics import median

_LOOKED_BACK = timedelta(days=30)
_LEAST = timedelta(days=2)  # of history, for a forecast
_DAY = 86_400.0
_FAR = 3650.0  # days; nobody plans for later


@dataclass(frozen=True, slots=True)
class DiskForecast:
    """How the database grows: bytes a day, and days until what is free is used up.

    None where it is not known yet, or where it does not grow.
    """

    a_day: float | None
    days_left: float | None

    @property
    def says(self) -> str:
        """Say it in a sentence for operators."""
        if self.a_day is None:
            return "how it grows is known after two days"
        if self.days_left is None:
            return "it does not grow"
        if self.days_left > _FAR:
            return "the disk lasts for more than ten years"
        return f"the disk is full in {self.days_left:,.0f} days at this rate"


def forecast(history: Sequence[tuple[datetime, float]], free: int) -> DiskForecast:
    """Forecast from sizes (when, bytes), by the median of all slopes between two of them.

    That (Theil 1950, Sen 1968) is moved neither by a vacuum nor by a day's flood.
    """
    if not history:
        return DiskForecast(None, None)
    newest = history[-1][0]
    recent = [(at, size) for at, size in history if newest - at <= _LOOKED_BACK]
    if recent[-1][0] - recent[0][0] < _LEAST:
        return DiskForecast(None, None)
    slopes = [
        (later - earlier) / ((then - at).total_seconds() / _DAY)
        for (at, earlier), (then, later) in combinations(recent, 2)
        if then > at
    ]
    a_day = median(slopes)
    return DiskForecast(a_day, free / a_day if a_day > 0 else None)
