"""Stories: an article and its copies, the verdicts, the domains, and who wrote it first. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from storage.models.articles import Article


class Relation(StrEnum):
    """How a copy's text stands to the text that it was found in."""

    EXACT = "exact"
    NEAR = "near"
    CONTAINS = "contains"  # a reprint with a lead or a wrapper round it
    EXCERPT = "excerpt"
    PARTIAL = "partial"


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of words that two texts share; offsets are characters into each stored text."""

    start: int
    end: int
    other_start: int
    other_end: int

    def swapped(self) -> Passage:
        """Return the same run as the other text has it."""
        return Passage(self.other_start, self.other_end, self.start, self.end)


@dataclass(frozen=True, slots=True)
class CopyVerdict:
    """Why one article was folded into a story: the closest known text and how much they share.

    `share_of_article` is the share of this article's words found in the other text,
    `share_of_other` the share of the other's words found here (containment, both ways).
    """

    of_article_id: int
    relation: Relation
    share_of_article: float
    share_of_other: float
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class DomainFacts:
    """What a host's articles of a period were; a copy is of a story whose root is another host's.

    `originals` are its articles that others copied. Medians are over its copies, None without
    any that tell: `lag` in seconds from when we had the root to when we had the copy,
    `stated_lag` between the times that both state, `wrapper` the share of a copy that is not the
    text that it was found in. `dated` copies state a time, of which `invented` are later than the
    root's and that of our own visit. `credited` copies say where their text is from.
    """

    host: str
    articles: int
    copies: int = 0
    originals: int = 0
    lag: float | None = None
    stated_lag: float | None = None
    wrapper: float | None = None
    dated: int = 0
    invented: int = 0
    credited: int = 0


@dataclass(frozen=True, slots=True)
class DomainReputation:
    """What is known of some hosts from earlier stories.

    `farms` are those held for content farms; `led[(one, other)]` counts the articles of host
    `other` that are copies in a story whose root is host `one`'s. Over all other hosts, `copied`
    counts the copies that others made of a host's articles, `copying` its own copies.
    """

    farms: frozenset[str]
    led: Mapping[tuple[str, str], int]
    copied: Mapping[str, int] = field(default_factory=dict)
    copying: Mapping[str, int] = field(default_factory=dict)


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
    """An article and all its copies; what is said of its origin is what `Origin` says.

    Stories that were one story at some time, before a division or after a merge, have the same
    `lineage_id`.
    """

    id: int
    root_article_id: int
    first_seen: datetime
    updated_at: datetime
    confidence: float
    evidence: tuple[Evidence, ...] = ()
    named_publisher: str | None = None
    lineage_id: int = 0


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


@dataclass(frozen=True, slots=True)
class Doubts:
    """How many texts doubted an article's place in its story, and of how many that is settled."""

    article_id: int
    story_id: int
    raised: int
    settled: int
