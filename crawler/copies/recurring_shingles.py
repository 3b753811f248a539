"""Shingles that recur where the stories differ: a publisher's wrapper, disclaimers, templates; pure.

They are learned from the stream itself, from the texts that a new one shares words with. A run of
words that stands on several other pages of one publisher says nothing about who copied whom there;
one that stands in several stories that have nothing else to do with one another, at several
publishers, says nothing anywhere. Nobody decides for another by that: what a publisher repeats
weighs against matches with its own pages, and not even there where it repeats another one's text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crawler.copies.text.kernel_choice import kernels
from crawler.copies.text.overlap import NOTHING, WHOLE, covered_by, held_by
from crawler.copies.verdict import Circumstances, is_day, time_between, titles_shared

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from crawler.copies.text.shingles import ShingledText

OTHER_PAGES = 3
"""Other pages of a publisher, or publishers of other stories, that must hold a shingle for it to recur."""

REPEATED = 0.95
"""A text of which a publisher repeats this share on its pages is what it repeats: no wrapper."""


@dataclass(frozen=True, slots=True)
class PublishedText:
    """A text with what is known of it: `article_id` says which came first, `story` what it is of.

    Stories that came out of one of `divisions` are known to be different ones.
    """

    article_id: int
    publisher: str
    story: int
    text: ShingledText
    divisions: frozenset[int] = frozenset()
    title: str = ""
    at: datetime | None = None

    def beside(self, other: PublishedText) -> Circumstances:
        """Return what is known of this text and another one beside their words."""
        return Circumstances(
            apart=time_between(self.at, other.at),
            days=is_day(self.at) and is_day(other.at),
            titles=titles_shared(self.title, other.title),
            one_publisher=self.publisher == other.publisher != "",
        )


@dataclass(frozen=True, slots=True)
class PublisherForm:
    """What recurs of a text on the pages of one publisher: shingles, sorted and without repeats."""

    shingles: NDArray[np.uint64]
    pages: Sequence[PublishedText]

    def is_made_of(self, other: ShingledText, article_id: int) -> bool:
        """Whether it is another publisher's text, as good as whole, that these pages repeat.

        What they said before that text came is their own: then it is the text that repeats.
        """
        if not self.shingles.size or _covered(other, self.shingles) < REPEATED:
            return False
        before = [page.text for page in self.pages if page.article_id < article_id]
        return sum(_share_held(other, page) >= REPEATED for page in before) < OTHER_PAGES


def form_of(text: ShingledText, pages: Sequence[PublishedText], least: int) -> PublisherForm:
    """Return what recurs of a text on a publisher's pages: what so many of them hold at least.

    Where fewer are known, what all of them hold recurs when their stories were divided: a text is not
    joined by what they were divided for.
    """
    held = [held_by(text, page.text) for page in pages]
    if len(pages) >= least:
        recurs = _sum(held) >= least
    elif are_apart(pages):
        recurs = _sum(held) == len(pages)
    else:
        return PublisherForm(NOTHING, ())
    return PublisherForm(_of_all(text, recurs), pages)


def are_apart(pages: Sequence[PublishedText]) -> bool:
    """Whether the stories of these texts, of two at least, came out of one division."""
    stories = {page.story for page in pages}
    together = [page.divisions for page in pages]
    return 1 < len(stories) == len(pages) and bool(frozenset.intersection(*together))


def recurring_anywhere(text: ShingledText, others: Iterable[PublishedText]) -> NDArray[np.uint64]:
    """Return a text's shingles that stand in several stories of several publishers, sorted.

    `others` are texts that it is no copy of, and neither is anything else of their stories. Those
    of one publisher count once, since it may say the same as often as it likes, and so do those of
    one story.
    """
    publishers: dict[str, NDArray[np.bool_]] = {}
    stories: dict[int, NDArray[np.bool_]] = {}
    for other in others:
        held = held_by(text, other.text)
        publishers[other.publisher] = held | publishers.get(other.publisher, held)
        stories[other.story] = held | stories.get(other.story, held)
    if min(len(publishers), len(stories)) < OTHER_PAGES:
        return NOTHING
    count = np.minimum(_sum(publishers.values()), _sum(stories.values()))
    return _of_all(text, count >= OTHER_PAGES)


def covers_whole(shingles: NDArray[np.uint64], *texts: ShingledText) -> bool:
    """Whether shingles cover one of these texts as good as whole: then they are no wrapper of it."""
    return any(_covered(text, shingles) >= WHOLE for text in texts)


def _sum(held: Iterable[NDArray[np.bool_]]) -> NDArray[np.int64]:
    counts: NDArray[np.int64] = np.sum(list(held), axis=0, dtype=np.int64)
    return counts


def _of_all(text: ShingledText, chosen: NDArray[np.bool_]) -> NDArray[np.uint64]:
    return np.unique(text.shingles[chosen]) if chosen.any() else NOTHING


def _covered(text: ShingledText, shingles: NDArray[np.uint64]) -> float:
    return _share(text, kernels().held(text.shingles, shingles))


def _share_held(text: ShingledText, other: ShingledText) -> float:
    return _share(text, held_by(text, other))


def _share(text: ShingledText, chosen: NDArray[np.bool_]) -> float:
    size = text.tokens.size
    return float(np.count_nonzero(covered_by(text, chosen))) / size if size else 0.0
