"""When an overlap of two texts makes one a copy of the other, and what kind of copy; pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crawler.copies.text.figures import figures_in_place
from crawler.copies.text.overlap import NOTHING, measure
from storage.models.stories import Relation

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from crawler.copies.text.overlap import Overlap
    from crawler.copies.text.shingles import ShingledText
    from crawler.settings import CopySettings

WHOLE = 0.8
"""A text is held whole by another when this share of it stands there: the rest is edits."""

LESSER_SHARE = 0.2
"""Of the longer text, at least, must be the copy: a quotation or an item of a round-up is less."""

LESSER_SHARE_OF_PARTIAL = 0.25
"""The same, when neither text holds the other whole."""

LEAST_REST = 8
WHOLE_REST = 0.9
"""Of texts that hardly say anything of their own: words, and the share of them that must be shared."""

FIGURES_TO_JUDGE = 4
FIGURES_MAKE_IT = 0.05
"""Figures for each shared word, at least, of a template: a story with a few dates is none."""

FIGURES_SHARED = 0.5
"""Copies keep a story's figures; a template's instances share its words and change the figures."""


def compare(
    article: ShingledText, other: ShingledText, recurring: NDArray[np.uint64] = NOTHING
) -> Overlap:
    """Measure two texts; where their figures differ, those count that stand for each other."""
    overlap = measure(article, other, recurring)
    greater = max(overlap.share_of_article, overlap.share_of_other)
    if greater < LESSER_SHARE or not is_template(overlap):
        return overlap  # nothing that is said of the figures could make it a copy
    figures, shared = figures_in_place(article, other)
    return replace(overlap, figures=figures, figures_shared=shared)


def relation_of(overlap: Overlap, settings: CopySettings) -> Relation | None:
    """Say how the article stands to the other text, or None when it is no copy.

    Nothing that is small in both texts counts: quotations, round-ups and common turns of phrase.
    """
    if overlap.shared_words < settings.min_words:
        return None
    if overlap.equal:
        return Relation.EXACT
    greater = max(overlap.share_of_article, overlap.share_of_other)
    lesser = min(overlap.share_of_article, overlap.share_of_other)
    least = LESSER_SHARE if greater >= WHOLE else LESSER_SHARE_OF_PARTIAL
    if greater < settings.threshold or lesser < least or is_template(overlap):
        return None
    return _kind(overlap)


def is_copy_by_the_rest(overlap: Overlap, settings: CopySettings) -> bool:
    """Whether two texts that share enough are copies by what is left of them without what recurs.

    Of a report that is all form but for its names, so little is left that nearly all of it must be
    shared.
    """
    greater = max(overlap.share_of_article, overlap.share_of_other)
    if overlap.shared_words < settings.min_words:
        return overlap.shared_words >= LEAST_REST and greater >= WHOLE_REST
    return greater >= settings.threshold and not is_template(overlap)


def is_template(overlap: Overlap) -> bool:
    """Whether the words are shared and the figures are not, as in two market reports."""
    least = max(FIGURES_TO_JUDGE, FIGURES_MAKE_IT * overlap.shared_words)
    return overlap.figures >= least and overlap.figures_shared < FIGURES_SHARED


def _kind(overlap: Overlap) -> Relation:
    holds_other = overlap.share_of_other >= WHOLE
    held_by_other = overlap.share_of_article >= WHOLE
    if holds_other and held_by_other:
        return Relation.NEAR
    if holds_other:
        return Relation.CONTAINS
    return Relation.EXCERPT if held_by_other else Relation.PARTIAL
