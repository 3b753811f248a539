"""When a visit is worth a request: as soon as what waits unseen has waited long enough together; pure.

Sia, Cho and Cho, Efficient Monitoring Algorithm for Fast News Alerts (IEEE TKDE 19, 2007): with a constant rate l the
articles that came within t hours have waited l·t²/2 article-hours together, hence a gap of
sqrt(2·price/l). Busy sources are polled more often, but less than in proportion, which is what
makes the mean delay least under a budget of requests. One price for all is the whole plan.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from scheduler.recrawl.rhythm import RateSpan


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
