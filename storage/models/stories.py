"""Stories: an article and its copies, and who wrote it first. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from storage.models.articles import Article
    from storage.models.copies import CopyVerdict


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason to hold an article for the original of its story."""

    article_id: int
    kind: str
    says: str  # a sentence for operators
    weight: float  # in favour when positive, against when negative


@dataclass(frozen=True, slots=True)
class Origin:
    """Who wrote a story first, as far as we can tell.

    That is the article, or `named_publisher`: one that copies name as the origin and that is not
    crawled. Then the article is the best copy that is known. The confidence, 0 to 1, is that of
    this answer.
    """

    article_id: int
    confidence: float
    evidence: tuple[Evidence, ...]
    named_publisher: str | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """An article and all its copies; what is said of its origin is what `Origin` says."""

    id: int
    root_article_id: int
    first_seen: datetime
    updated_at: datetime
    confidence: float
    evidence: tuple[Evidence, ...] = ()
    named_publisher: str | None = None


@dataclass(frozen=True, slots=True)
class StoryMember:
    """An article in its story, with the verdict that put it there (None for the first one)."""

    article: Article
    verdict: CopyVerdict | None


@dataclass(frozen=True, slots=True)
class StoryRuling:
    """What an operator said of a story: it is not that other one, or (None) it is one story."""

    apart_from: int | None
    at: datetime
