"""Copies: what two texts share. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
