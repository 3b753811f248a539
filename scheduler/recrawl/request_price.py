"""The price of a request, steered so that all visits together use the budget: a PI controller; pure.

One number stands for the whole plan (as in Busa-Fekete and others, arXiv 2502.02430): when more
requests are made than the budget allows the price of each rises, and all sources are visited a
little less. Nothing is solved over all sources, and a fetch costs one addition.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

_INTEGRAL = 1 / 16  # change of the price's logarithm for an hour's budget spent over
_PROPORTION = 0.5
_SMOOTHED = 3.0  # hours
_MOST_STEP = 0.5
_MOST_OVER = 4.0  # times the budget: what is over that is the integral's business
_DEAREST = math.log(24 * 60 * 1000)  # article-minutes: a thousand articles wait a day
_PRIOR_ARTICLES = 30.0
_LEAST_WEIGHT, _MOST_WEIGHT = 0.25, 4.0


@dataclass(frozen=True, slots=True)
class PriceState:
    """The controller's state; `over` is the share by which the budget is overspent lately."""

    base: float  # the integral part: a price's logarithm
    over: float = 0.0

    @property
    def value(self) -> float:
        """Return the price of a request in article-minutes."""
        return math.exp(self.base + _PROPORTION * self.over)


def first_price(least: float) -> PriceState:
    """Return the state that begins with the least price: as if requests were not short."""
    return PriceState(math.log(least))


def next_price(
    state: PriceState, *, spent: float, hours: float, budget: float, least: float
) -> PriceState:
    """Return the state after so many requests in so many hours; `budget` is that of one hour.

    The price never falls below `least`, and what was left over while it was there is not saved up
    for later.
    """
    if hours <= 0:
        return state
    error = spent / budget - hours
    kept = math.exp(-hours / _SMOOTHED)
    over = state.over * kept + (spent / (budget * hours) - 1) * (1 - kept)
    step = min(max(_INTEGRAL * error, -_MOST_STEP), _MOST_STEP)
    floor = math.log(least)
    base = min(max(state.base + step, floor), _DEAREST)
    return PriceState(base, min(max(over, (floor - base) / _PROPORTION), _MOST_OVER))


def topic_weights(counts: Mapping[int, tuple[int, int]]) -> dict[int, float]:
    """Return each source's weight by the share of its late articles that matched topics.

    `counts` are (articles, matched) by source.

    The weight is that share over the share of all sources, drawn towards one where few articles
    are known. A price is divided by it, so gaps change by its square root: half to twice.
    """
    articles = sum(number for number, _ in counts.values())
    matched = sum(hits for _, hits in counts.values())
    if matched == 0:
        return dict.fromkeys(counts, 1.0)
    usual = matched / articles
    return {
        source: min(
            max((hits / usual + _PRIOR_ARTICLES) / (number + _PRIOR_ARTICLES), _LEAST_WEIGHT),
            _MOST_WEIGHT,
        )
        for source, (number, hits) in counts.items()
    }
