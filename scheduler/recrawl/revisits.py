"""When to look at an article again: its text changes most while it is young; pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.visits.records import NextVisit
from scheduler.config.settings import RecrawlSettings
from storage.models.pages import Page

_PRIOR_CHANGES, _PRIOR_ARTICLES = 0.3 * 20, 20.0  # three articles in ten change on their first day
_WORTH = 6.0  # a change of what may have been told already, in new articles
_YOUNG = 0.5  # hours: until then changes come evenly, later ever more rarely
_DAY = 24.0
_TWO_HOURS = 120  # minutes


@dataclass(frozen=True, slots=True)
class RevisionCounts:
    """How many of a source's articles were fetched again, and how many revisions that showed."""

    articles: int = 0
    revisions: int = 0

    @property
    def per_article(self) -> float:
        """Return the revisions of an article on its first day, shrunk to what is usual."""
        return (self.revisions + _PRIOR_CHANGES) / (self.articles + _PRIOR_ARTICLES)


def revisit_page(
    page: Page, counts: RevisionCounts, *, price: float, now: datetime, settings: RecrawlSettings
) -> NextVisit | None:
    """Return the next visit to an article that was read; None when it is old enough.

    The rule of sources with an intensity of changes that falls with age: the ages that are set are
    gone through until what may have changed by then has waited `price` article-minutes together.
    The last of them is always looked at: by then many a page was removed.
    """
    last = max((now - page.found_at).total_seconds() / 3600, 0.0)
    ages = [minutes / 60 for minutes in settings.revisit_minutes if minutes / 60 > last]
    for age in ages:
        if age == ages[-1] or _waited(counts.per_article, last, age) * 60 * _WORTH >= price:
            reason = f"looked at again {_at(age)} after it was found: {_often(counts)}"
            return NextVisit(page.found_at + timedelta(hours=age), reason)
    return None


def _waited(daily: float, since: float, age: float) -> float:
    """Return how long the changes between two ages (hours) will have waited together, in hours.

    The intensity is daily/(s + young), scaled so that a day brings `daily` changes; integrated
    against the time that is left of the gap.
    """
    scale = daily / math.log(1 + _DAY / _YOUNG)
    begin, end = since + _YOUNG, age + _YOUNG
    return scale * (end * math.log(end / begin) - (end - begin))


def _often(counts: RevisionCounts) -> str:
    """Say how often the articles of its source change."""
    return f"about {counts.per_article:.2g} revisions an article in its source"


def _at(hours: float) -> str:
    minutes = hours * 60
    return f"{minutes:.3g} minutes" if minutes < _TWO_HOURS else f"{hours:.3g} hours"
