"""Whether a silent source is quiet or dead: by its own rhythm, not by a fixed number of days; pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scheduler.recrawl.rhythm import as_of_last, expected_rates
from scheduler.recrawl.source_history import SourceHistory, history_of
from storage.models.sources import Source, SourceState

_UNLIKELY = 0.001
_LONGEST = 90 * 24.0
_TWO_DAYS = 48.0


@dataclass(frozen=True, slots=True)
class Silence:
    """How long nothing new came, how many articles were expected, and how likely that is."""

    hours: float
    articles: float
    likely: float

    @property
    def is_odd(self) -> bool:
        """Tell whether someone should look: by its own rhythm it should have published long ago."""
        return self.likely < _UNLIKELY

    @property
    def says(self) -> str:
        """Say it in a sentence for operators."""
        hours = self.hours
        length = f"{hours / 24:.0f} days" if hours >= _TWO_DAYS else f"{hours:.0f} hours"
        return f"quiet for {length}; {self.articles:.0f} articles were expected"


def silence(history: SourceHistory, last_new: float, now: float) -> Silence:
    """Return how odd the time since the last new article is (hours since 1970; 0 for none ever).

    Poisson, with the source's own level and shape as they were when the last article came. A level
    that rests on few articles is itself unsure: under a Gamma-distributed one (the negative binomial)
    the chance of none is (1 + expected/articles)^-articles. Time in which the source could not be read does not count.
    """
    hours = min(max(min(now, history.rhythm.at) - last_new, 0.0), _LONGEST)
    if hours == 0 or last_new == 0:
        return Silence(0.0, 0.0, 1.0)
    before = as_of_last(history.rhythm)
    spans = expected_rates(before, history.prior, history.usual, last_new, hours)
    number = sum(span.hours * span.rate for span in spans)
    sure = before.articles + history.prior.rate * history.prior.hours
    return Silence(hours, number, math.exp(-sure * math.log1p(number / sure)))


def silence_of(source: Source) -> Silence | None:
    """Return a source's silence by what is stored; None when it brought no article yet, or is paused."""
    history = history_of(source)
    if history is None or not history.rhythm.last_new or source.state is not SourceState.ACTIVE:
        return None
    return silence(history, history.rhythm.last_new, history.rhythm.at)
