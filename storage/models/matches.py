"""Matches: what a query says of an article. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Highlight:
    """Where a query's word or phrase stands: `part` is title or text, offsets are characters.

    `disguised` is the word that was asked for, when what stands there only looks like it: letters
    of another script, or invisible characters.
    """

    part: str
    start: int
    end: int
    disguised: str = ""


@dataclass(frozen=True, slots=True)
class QueryMatch:
    """A query's answer on one article: which clauses hold, where, and how much it is about them.

    The score is between 0 and 1; it orders hits, and has no other meaning.
    """

    clauses: tuple[str, ...]
    highlights: tuple[Highlight, ...]
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class StoredMatch:
    """A topic and an article that answers it: what matched, and why it was not told, if it was not."""

    topic_id: int
    article_id: int
    matched: QueryMatch
    held_by: str | None


@dataclass(frozen=True, slots=True)
class MatchWork:
    """A story that still has to be matched against the topics."""

    id: int
    story_id: int
    article_id: int
    added_at: datetime
