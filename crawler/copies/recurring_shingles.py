"""Shingles that recur where the stories differ: a site's wrapper, disclaimers, templates; pure.

They are learned from the stream itself, from the texts that a new one shares words with. A run of
words that stands on several other pages of the same site, or in several stories that have nothing
else to do with one another, says nothing about who copied whom.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crawler.copies.text.overlap import NOTHING, held_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from crawler.copies.text.shingles import ShingledText

OTHER_PAGES = 3
"""Other pages of a site, or other stories, that must hold a shingle for it to recur."""


def recurring_shingles(
    text: ShingledText,
    of_its_site: Sequence[ShingledText],
    of_unrelated_stories: Sequence[ShingledText],
    of_other_sites: Sequence[Sequence[ShingledText]] = (),
) -> NDArray[np.uint64]:
    """Return a text's shingles that recur, sorted and without repeats.

    `of_its_site` are other pages of the text's own site that are not the same text again;
    `of_unrelated_stories` one text of each story that the text is no copy of. `of_other_sites` are,
    for each other site, one page of each of its stories: the text may be a copy of one of them, so
    that it takes one page more.
    """
    groups = [
        (of_its_site, OTHER_PAGES),
        (of_unrelated_stories, OTHER_PAGES),
        *((pages, OTHER_PAGES + 1) for pages in of_other_sites),
    ]
    found = np.zeros(text.shingles.size, dtype=np.bool_)
    for others, least in groups:
        if len(others) >= least:
            found |= _held_by(text, others) >= least
    return np.unique(text.shingles[found]) if found.any() else NOTHING


def _held_by(text: ShingledText, others: Iterable[ShingledText]) -> NDArray[np.int64]:
    held = np.zeros(text.shingles.size, dtype=np.int64)
    for other in others:
        held += held_by(text, other)
    return held
