"""Two aligned texts told in named parts: what they share, and what either has alone; pure."""

from __future__ import annotations

import re
from bisect import bisect
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from crawler.copies.text.alphabet import UNSPACED
from crawler.copies.text.overlap import MAX_PASSAGES, WORDS_IN_CHARACTER
from crawler.copies.text.tokens import spans, tokenise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from storage.models.stories import Passage

LEAST_LEAD = 20
"""Words on top of a text that are a lead, at least; a date line or a promo line has fewer."""

MOST_EDITED = 12
"""Words of a run that was replaced by another, at most; more was cut, and something else put in.

At the ends of the texts the runs are of like length, too: a date line replaces no sentence.
"""

# Punctuation that closes what stands before a gap, or opens what comes after it.
_CLOSING = re.compile(r"[^\w\s]+(?=\s|$)")
_OPENING = re.compile(r"(?:^|(?<=\s))[^\w\s]+$")


class PartKind(StrEnum):
    """What a part of two texts is; the article's own words are the lead, wrapper and inserted."""

    SHARED = "shared"  # the same words in both, whatever their case, quotes and punctuation
    EDITED = "edited"  # a short run in the place of another one
    LEAD = "lead"  # sentences of the article's own on top
    INSERTED = "inserted"  # of the article alone, between shared passages
    WRAPPER = "wrapper"  # of the article alone, behind the shared text, or a line or two on top
    CUT = "cut"  # of the other text alone


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the article, of the other text, or of both; offsets are characters.

    What only one text has is empty in the other, and lies where it would stand there. `words` are
    counted in the article, `other_words` in the other text; each character of a script without
    spaces counts for one.
    """

    kind: PartKind
    start: int
    end: int
    other_start: int
    other_end: int
    words: int
    other_words: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """The whole of two texts in parts, in the order of the article.

    What was cut comes behind what it follows in the other text. What the article says twice and
    the other text once is shared in one place and the article's own in the other. `unspaced` tells
    that the texts are mostly of a script without spaces, so that counts are of characters.
    """

    parts: tuple[Part, ...]
    unspaced: bool

    def of(self, *kinds: PartKind) -> tuple[Part, ...]:
        """Return the parts of some kinds."""
        return tuple(part for part in self.parts if part.kind in kinds)

    @property
    def words(self) -> int:
        """Words of the article."""
        return sum(part.words for part in self.parts)

    @property
    def other_words(self) -> int:
        """Words of the other text."""
        return sum(part.other_words for part in self.parts)

    @property
    def is_reordered(self) -> bool:
        """Whether the shared passages follow each other differently in the other text."""
        shared = self.of(PartKind.SHARED)
        return any(one.other_start > later.other_start for one, later in pairwise(shared))


def align(article: str, other: str, passages: Sequence[Passage]) -> Alignment | None:
    """Name the parts of two texts that share some passages.

    None when the passages do not fit, since a text was revised after they were found, and when
    there are so many that not all are known.
    """
    here, there = _Side.of(article), _Side.of(other)
    if len(passages) >= MAX_PASSAGES or not all(_fits(here, there, each) for each in passages):
        return None
    shared = _joined(_grown(here, there, _disjoint(passages)))
    unspaced = 2 * (here.unspaced + there.unspaced) > here.starts.size + there.starts.size
    return Alignment(tuple(_Tiling(here, there, shared).parts()), unspaced)


class _Span(NamedTuple):
    start: int
    end: int


class _Pair(NamedTuple):
    """The same words in the article and in the other text."""

    here: _Span
    there: _Span


@dataclass(frozen=True, slots=True)
class _Side:
    """One text and its words: their numbers, and the characters at which they begin."""

    text: str
    numbers: NDArray[np.uint64]
    starts: NDArray[np.intp]

    @classmethod
    def of(cls, text: str) -> _Side:
        tokens = tokenise(text)
        each = np.arange(tokens.numbers.size)
        starts = spans(text, tokens, each, each + 1)[0] if each.size else each
        return cls(text, tokens.numbers, starts)

    @property
    def unspaced(self) -> int:
        return _unspaced(self.numbers)

    def within(self, span: _Span) -> NDArray[np.uint64]:
        first, end = np.searchsorted(self.starts, span)
        return self.numbers[first:end]

    def weight(self, span: _Span) -> float:
        """Count words; a character of a script without spaces is half a word."""
        numbers = self.within(span)
        return numbers.size - (1 - WORDS_IN_CHARACTER) * _unspaced(numbers)

    def grown(self, shared: Sequence[_Span]) -> list[_Span]:
        """Return to shared spans, in order, the punctuation and white space about them.

        A gap without a word goes to the span before it.
        """
        firsts = [span.start for span in shared]
        ends = [span.end for span in shared]
        for place, gap in enumerate(self.gaps(shared)):
            closed, opened = self._bounds(gap, has_before=place > 0)
            if place > 0:
                ends[place - 1] = closed
            if place < len(shared):
                firsts[place] = opened
        return [_Span(*both) for both in zip(firsts, ends, strict=True)]

    def gaps(self, shared: Sequence[_Span]) -> list[_Span]:
        """Return what lies before, between and after spans in order."""
        bounds = [0, *(bound for span in shared for bound in span), len(self.text)]
        return [_Span(*both) for both in zip(bounds[::2], bounds[1::2], strict=True)]

    def _bounds(self, gap: _Span, *, has_before: bool) -> _Span:
        """Say where a gap begins and ends when its neighbours have taken what is theirs."""
        if not self.within(gap).size:
            bound = gap.end if has_before else gap.start
            return _Span(bound, bound)
        gone = self.text[gap.start : gap.end]
        closing, opening = _CLOSING.match(gone), _OPENING.search(gone)
        start = gap.end - len(gone[closing.end() if closing else 0 :].lstrip())
        end = gap.start + len(gone[: opening.start() if opening else None].rstrip())
        return _Span(
            gap.start if self.within(_Span(gap.start, start)).size else start,
            gap.end if self.within(_Span(end, gap.end)).size else end,
        )


@dataclass(frozen=True, slots=True)
class _Tiling:
    """Shared pairs in the order of the article, and the texts that they lie in."""

    here: _Side
    there: _Side
    shared: Sequence[_Pair]

    def parts(self) -> Iterator[Part]:
        """Walk through the article; what was cut comes behind what it follows in the other text."""
        ours = self.here.gaps([pair.here for pair in self.shared])
        order = sorted(range(len(self.shared)), key=lambda place: self.shared[place].there)
        theirs = self.there.gaps([self.shared[place].there for place in order])
        rank = {place: number for number, place in enumerate(order)}
        for place, own in enumerate(ours):
            number = rank[place - 1] + 1 if place else 0
            if place:
                yield self._part(PartKind.SHARED, *self.shared[place - 1])
            is_same_place = number == rank.get(place, len(self.shared))
            if is_same_place and self._is_edit(own, theirs[number], place):
                yield self._part(PartKind.EDITED, own, theirs[number])
            else:
                yield from self._unshared(own, theirs[number], place)

    def _unshared(self, own: _Span, cut: _Span, place: int) -> Iterator[Part]:
        if cut.start < cut.end:
            yield self._part(PartKind.CUT, _Span(own.start, own.start), cut)
        if own.start < own.end:
            yield self._part(self._own_kind(own, place), own, _Span(cut.end, cut.end))

    def _is_edit(self, own: _Span, theirs: _Span, place: int) -> bool:
        less, more = sorted((self.here.weight(own), self.there.weight(theirs)))
        inside = 0 < place < len(self.shared)
        return 0 < less <= more <= (MOST_EDITED if inside else min(MOST_EDITED, 2 * less))

    def _own_kind(self, own: _Span, place: int) -> PartKind:
        if place == 0:
            return PartKind.LEAD if self.here.weight(own) >= LEAST_LEAD else PartKind.WRAPPER
        return PartKind.INSERTED if place < len(self.shared) else PartKind.WRAPPER

    def _part(self, kind: PartKind, own: _Span, theirs: _Span) -> Part:
        counts = self.here.within(own).size, self.there.within(theirs).size
        return Part(kind, *own, *theirs, *counts)


def _fits(here: _Side, there: _Side, passage: Passage) -> bool:
    """Whether a passage lies in both texts, and has the same words in both."""
    own = _Span(passage.start, passage.end)
    theirs = _Span(passage.other_start, passage.other_end)
    if not (0 <= own.start < own.end <= len(here.text)):
        return False
    if not (0 <= theirs.start < theirs.end <= len(there.text)):
        return False
    numbers = here.within(own)
    return numbers.size > 0 and np.array_equal(numbers, there.within(theirs))


def _disjoint(passages: Iterable[Passage]) -> list[_Pair]:
    """Keep passages that overlap in neither text, the longest first; in the order of the article."""
    kept: list[_Pair] = []
    here: list[_Span] = []
    there: list[_Span] = []
    for passage in sorted(passages, key=_longest_first):
        own = _Span(passage.start, passage.end)
        theirs = _Span(passage.other_start, passage.other_end)
        if _is_free(own, here) and _is_free(theirs, there):
            here.insert(bisect(here, own), own)
            there.insert(bisect(there, theirs), theirs)
            kept.append(_Pair(own, theirs))
    return sorted(kept)


def _longest_first(passage: Passage) -> tuple[int, int, int]:
    """Order passages in a way that does not tell one text from the other."""
    length = passage.end - passage.start + passage.other_end - passage.other_start
    places = passage.start, passage.other_start
    return -length, sum(places), min(places)


def _is_free(span: _Span, taken: Sequence[_Span]) -> bool:
    place = bisect(taken, span)
    after = taken[place : place + 1]
    before = taken[max(place - 1, 0) : place]
    return all(span.end <= other.start for other in after) and all(
        other.end <= span.start for other in before
    )


def _grown(here: _Side, there: _Side, shared: Sequence[_Pair]) -> list[_Pair]:
    ours = here.grown([pair.here for pair in shared])
    order = sorted(range(len(shared)), key=lambda place: shared[place].there)
    grown = there.grown([shared[place].there for place in order])
    theirs = dict(zip(order, grown, strict=True))
    return [_Pair(own, theirs[place]) for place, own in enumerate(ours)]


def _joined(shared: Sequence[_Pair]) -> list[_Pair]:
    """Make one of pairs that follow each other at once in both texts."""
    joined: list[_Pair] = []
    for pair in shared:
        if joined and joined[-1].here.end == pair.here.start:
            last = joined[-1]
            if last.there.end == pair.there.start:
                joined[-1] = _Pair(
                    _Span(last.here.start, pair.here.end), _Span(last.there.start, pair.there.end)
                )
                continue
        joined.append(pair)
    return joined


def _unspaced(numbers: NDArray[np.uint64]) -> int:
    return int(np.count_nonzero(numbers & np.uint64(UNSPACED)))
