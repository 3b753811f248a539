"""What each page shows, worked out of storage's records; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from crawler.copies.origin.stale_repost import stale_reposts
from scheduler.lists.comparison import compare_story
from scheduler.web.render.charts import StoryBranch, story_branches
from scheduler.web.render.funnel import FunnelStep, funnel_steps
from scheduler.web.render.text_layout import ComparisonLayout, lay_out
from storage.models.articles import Article, StaleRepost
from storage.models.stories import Evidence, StoryMember
from storage.reports.latency import ArticleTimes
from storage.reports.statistics import Overview, StoryRow

_COPIES_IN_SIGHT = 4
_COPIES_TO_READ = 20  # copies whose texts are on a story's page; there may be hundreds


@dataclass(frozen=True, slots=True)
class StoryView:
    """A story as the pages tell it; `folded` copies are out of sight until asked for."""

    row: StoryRow
    why: str  # the best evidence in a sentence
    shown: tuple[StoryMember, ...]
    folded: tuple[StoryMember, ...]

    @property
    def article(self) -> Article:
        """The article held for the original."""
        return self.row.root.article


@dataclass(frozen=True, slots=True)
class OverviewView:
    """The first page: the way of the news through the machine."""

    seen: Overview
    steps: tuple[FunnelStep, ...]
    stories: tuple[StoryView, ...]


@dataclass(frozen=True, slots=True)
class StoryPage:
    """A story's own page; `sites` and `stale` are by the ids of its articles."""

    at: datetime
    story: StoryView
    evidence: tuple[Evidence, ...]
    sites: Mapping[int, str]
    stale: Mapping[int, StaleRepost]
    comparisons: tuple[ComparisonLayout, ...] = ()  # copies with their parts
    times: Mapping[int, ArticleTimes] = field(
        default_factory=dict
    )  # by the ids of its articles too
    branches: tuple[StoryBranch, ...] = ()


def overview_view(seen: Overview) -> OverviewView:
    """Arrange an overview for its page."""
    return OverviewView(
        seen=seen,
        steps=funnel_steps(seen.funnel),
        stories=tuple(story_view(row) for row in seen.stories),
    )


def story_view(row: StoryRow) -> StoryView:
    """Arrange a story: the original, why, and the copies in order of appearance."""
    copies = tuple(sorted(row.copies, key=lambda copy: (copy.article.first_seen, copy.article.id)))
    return StoryView(row, _why(row), copies[:_COPIES_IN_SIGHT], copies[_COPIES_IN_SIGHT:])


def story_page(
    row: StoryRow, now: datetime, stale_days: int, times: Mapping[int, ArticleTimes]
) -> StoryPage:
    """Arrange a story for its own page, with all evidence, the weightiest first."""
    return StoryPage(
        at=now,
        story=story_view(row),
        evidence=tuple(sorted(row.story.evidence, key=lambda said: -abs(said.weight))),
        sites={article.id: article.site for article in row.articles},
        stale=stale_reposts(
            row.articles, row.root.article, stale_days=stale_days, evidence=row.story.evidence
        ),
        comparisons=tuple(
            lay_out(compared, texts=place < _COPIES_TO_READ)
            for place, compared in enumerate(compare_story(row).values())
        ),
        times=times,
        branches=story_branches(row),
    )


def _why(row: StoryRow) -> str:
    if not row.copies:
        return ""
    speaks = [said for said in row.story.evidence if said.article_id == row.root.article.id]
    best = max(speaks, key=lambda said: said.weight, default=None)
    return "" if best is None or best.weight <= 0 else best.says
