"""At which minutes of the quarter-hour a source publishes, when it does so more than by chance; pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

_WIDTH = 2  # minutes: the one in which releases happen and the one in which they appear
_SURE = 2.0  # standard deviations over what chance brings
_LEAST_EXCESS = 0.05  # share of the articles
_ENOUGH = 300.0  # articles that would have shown a beat of their own
_SWAY = 0.5  # of a gap that it may be moved by


def beat_of(minutes: Sequence[float]) -> int | None:
    """Return the minute of the quarter-hour after which most has appeared; None without a beat."""
    period, total = len(minutes), sum(minutes)
    counts = [minutes[m] + minutes[(m + 1) % period] for m in range(period)]
    best = max(range(period), key=counts.__getitem__)
    by_chance = total * _WIDTH / period
    excess = counts[best] - by_chance - _SURE * math.sqrt(by_chance)
    return (best + _WIDTH) % period if excess > _LEAST_EXCESS * total else None


def beat_among(minutes: Sequence[float], of_all: Sequence[float]) -> int | None:
    """Return a source's own beat, or that of all sources while too little is known of its own."""
    own = beat_of(minutes)
    return beat_of(of_all) if own is None and sum(minutes) < _ENOUGH else own


def on_the_beat(at: float, gap: float, beat: int, period: int = 15) -> float:
    """Move a moment (hours) to the nearest one after a beat, if that changes the gap little."""
    beats, phase = period / 60, beat / 60
    nearest = round((at - phase) / beats) * beats + phase
    return nearest if abs(nearest - at) <= _SWAY * gap else at
