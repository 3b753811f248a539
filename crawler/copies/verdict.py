"""When an overlap of two texts makes one a copy of the other, and what kind of copy; pure.

Most is decided by how much of each text stands in the other. What is left is told from how they
differ, and from what is known beside the texts: that two reports are of one form, that what is
shared is background below new facts, a gallery, or a quotation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from crawler.copies.text.differences import differences
from crawler.copies.text.overlap import ALIKE, WHOLE, measure
from storage.models.stories import Relation

if TYPE_CHECKING:
    from crawler.copies.text.overlap import Differences, Overlap
    from crawler.copies.text.shingles import ShingledText
    from crawler.settings import CopySettings

LESSER_SHARE = 0.2
"""Of the longer text, at least, must be the copy: a quotation or an item of a round-up is less."""

LESSER_SHARE_OF_PARTIAL = 0.25
"""The same, when neither text holds the other whole."""

EXCERPT = 0.85
"""Of a short text, at least, that opens a long one: it is an excerpt, however long that is."""

OPENED = 0.1
OPENS_AFTER = 22
"""Of a long text, at least, that one lifts which begins as it does, and words of its own before that."""

LEAST_REST = 8
WHOLE_REST = 0.9
"""Of texts that hardly say anything of their own: words, and the share of them that must be shared."""

SOON = timedelta(hours=12)
"""An update follows within hours; what is of another day is another number of its form."""

CHANGED_SOON = 0.33
CHANGED_LATER = 0.075
"""Of what a copy keeps, the share that is changed in another number of a form: a correction or new
results may follow soon, later a few figures that differ are enough."""

TABLE = 0.4
CHANGED_IN_TABLE = 0.015
"""Share of particulars in a table, and of those that change between two under different titles."""

OWN_FIRST_SOON = 90
OWN_FIRST_LATER = 55
"""Words of its own that each text has before the shared ones, where these are background, a gallery
or a note: a copy, or an update that replaces its predecessor, repeats how one of them begins."""

QUOTED = 0.4
HELD_UNQUOTED = 0.7
"""Share of the shared words that are quoted, and of the others that a copy has all the same."""

SHORT_WORDS = 8
SHORT_WHOLE = 0.85
"""Of texts too short for `min_words`: shared words, and the share of both; their titles agree too."""

AGAIN_WORDS = 20
AGAIN = 0.4
"""Of a text that its publisher sends again soon under the same title: shared words, and their share."""

TITLES_AGREE = 0.6
SAME_TITLE = 0.9
"""Of the words of the shorter title, the share that the other one has."""

_DAY = timedelta(days=1)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known of two texts beside their words; None where it is not known.

    `apart` is the time between them, see `time_between`; they are `days` apart when that is counted
    in whole days. `titles` is the share of the shorter title that the other has.
    """

    apart: timedelta | None = None
    days: bool = False
    titles: float | None = None
    one_publisher: bool = False

    @property
    def is_later(self) -> bool:
        """Whether more lies between the texts than between a text and its update."""
        return self.apart is not None and self.apart > SOON

    @property
    def is_surely_later(self) -> bool:
        """The same, though one were written late on its day, and the other early."""
        apart = self.apart
        return apart is not None and apart - (_DAY if self.days else timedelta(0)) > SOON

    @property
    def is_sent_again(self) -> bool:
        """Whether one publisher has both under one title, within hours."""
        is_soon = self.apart is not None and not self.is_later
        return self.one_publisher and is_soon and (self.titles or 0.0) >= SAME_TITLE


UNKNOWN = Circumstances()


def time_between(one: datetime | None, other: datetime | None) -> timedelta | None:
    """Return how far apart two texts are; a day without a time lasts from its midnight to the next.

    None where the time of one is not known.
    """
    if one is None or other is None:
        return None
    earlier, later = sorted((one, other))
    lasts = _DAY if is_day(earlier) and not is_day(later) else timedelta(0)
    return max(later - earlier - lasts, timedelta(0))


def is_day(at: datetime | None) -> bool:
    """Whether this is a day without a time."""
    return at is not None and at.time() == time(0)


def titles_shared(one: str, other: str) -> float | None:
    """Return the share of the shorter title's words that the other one has; None without a title."""
    words, others = (set(_WORD.findall(title.casefold())) for title in (one, other))
    if not words or not others:
        return None
    return len(words & others) / min(len(words), len(others))


def compare(article: ShingledText, other: ShingledText) -> Overlap:
    """Measure two texts; those that share enough for copies are looked at more closely."""
    overlap = measure(article, other)
    greater = max(overlap.share_of_article, overlap.share_of_other)
    if overlap.equal or greater < LESSER_SHARE:
        return overlap  # nothing that is said of the rest could change what it is
    return replace(overlap, differences=differences(article, other))


def relation_of(
    overlap: Overlap, settings: CopySettings, known: Circumstances = UNKNOWN
) -> Relation | None:
    """Say how the article stands to the other text, or None when it is no copy.

    Nothing that is small in both texts counts: quotations, round-ups and common turns of phrase.
    """
    differ = overlap.differences or ALIKE
    if overlap.shared_words < settings.min_words and not (
        known.is_sent_again and overlap.shared_words >= AGAIN_WORDS
    ):
        return _kind(overlap) if _is_short_copy(overlap, differ, known) else None
    if overlap.equal:
        return Relation.EXACT
    threshold = min(AGAIN, settings.threshold) if known.is_sent_again else settings.threshold
    if not _share_enough(overlap, differ, threshold):
        return None
    if is_another_number(differ, known) or _is_background(overlap, differ, known):
        return None
    return None if _is_quotation(differ) else _kind(overlap)


def is_copy_by_the_rest(
    overlap: Overlap, settings: CopySettings, known: Circumstances = UNKNOWN
) -> bool:
    """Whether two texts that share enough are copies by what is left of them without what recurs.

    Of a report that is all form but for its names, so little is left that nearly all of it must be
    shared.
    """
    greater = max(overlap.share_of_article, overlap.share_of_other)
    if overlap.shared_words < settings.min_words:
        return overlap.shared_words >= LEAST_REST and greater >= WHOLE_REST
    is_form = is_another_number(overlap.differences or ALIKE, known)
    return greater >= settings.threshold and not is_form


def is_another_number(differ: Differences, known: Circumstances) -> bool:
    """Whether the words are shared and what they tell is not, as in two market reports."""
    if known.is_later:
        return differ.changed >= CHANGED_LATER
    is_table = differ.particulars >= TABLE and (known.titles or 0.0) < TITLES_AGREE
    is_table = is_table and known.apart is not None
    return differ.changed >= (CHANGED_IN_TABLE if is_table else CHANGED_SOON)


def _share_enough(overlap: Overlap, differ: Differences, threshold: float) -> bool:
    greater = max(overlap.share_of_article, overlap.share_of_other)
    lesser = min(overlap.share_of_article, overlap.share_of_other)
    if greater < threshold:
        return False
    if lesser >= (LESSER_SHARE if greater >= WHOLE else LESSER_SHARE_OF_PARTIAL):
        return True
    if greater >= EXCERPT:
        return differ.longer_own_first <= OWN_FIRST_LATER
    return lesser >= OPENED and differ.longer_own_first <= OPENS_AFTER


def _is_background(overlap: Overlap, differ: Differences, known: Circumstances) -> bool:
    """Whether each text has much of its own before the shared words, as a later development has."""
    if max(overlap.share_of_article, overlap.share_of_other) >= EXCERPT:
        return False
    return differ.own_first > (OWN_FIRST_LATER if known.is_surely_later else OWN_FIRST_SOON)


def _is_quotation(differ: Differences) -> bool:
    return differ.quoted >= QUOTED and differ.held_unquoted < HELD_UNQUOTED


def _is_short_copy(overlap: Overlap, differ: Differences, known: Circumstances) -> bool:
    """Whether two short items are one: as good as equal, under titles that agree, within hours."""
    lesser = min(overlap.share_of_article, overlap.share_of_other)
    return (
        overlap.shared_words >= SHORT_WORDS
        and lesser >= SHORT_WHOLE
        and differ.changed == 0.0
        and known.apart is not None
        and not known.is_later
        and (known.titles or 0.0) >= TITLES_AGREE
    )


def _kind(overlap: Overlap) -> Relation:
    if overlap.equal:
        return Relation.EXACT
    holds_other = overlap.share_of_other >= WHOLE
    held_by_other = overlap.share_of_article >= WHOLE
    if holds_other and held_by_other:
        return Relation.NEAR
    if holds_other:
        return Relation.CONTAINS
    return Relation.EXCERPT if held_by_other else Relation.PARTIAL
