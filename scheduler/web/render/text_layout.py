"""A copy's text laid out to be read: the parts in blocks, long ones without their middle; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from crawler.copies.text.alignment import Alignment, Part, PartKind
from crawler.copies.text.tokens import tokenise
from scheduler.lists.comparison import Comparison, amount

_HEAD, _TAIL = 420, 180
"""Characters of a long text that are shown of its beginning and of its end."""

_LEAST_HIDDEN = 240
"""Characters; hiding fewer would save the reader nothing."""

_WORD_END = 40
"""Characters about a bound within which a space is looked for; some scripts have none."""

_STRIP = 1000  # how long the strip is, in its own units

_LABELS = {
    PartKind.LEAD: "its own lead",
    PartKind.WRAPPER: "wrapper",
    PartKind.CUT: "cut",
    PartKind.SHARED: "shared",
}


@dataclass(frozen=True, slots=True)
class ClippedText:
    """A text, or its beginning and its end with the count of what is left out between them."""

    head: str
    hidden: str = ""  # e.g. 312 words
    tail: str = ""

    def without_space(self, *, before: bool) -> ClippedText:
        """Return it without the white space before it, or else after it."""
        if before:
            return replace(self, head=self.head.lstrip())
        if self.tail:
            return replace(self, tail=self.tail.rstrip())
        return replace(self, head=self.head.rstrip())


@dataclass(frozen=True, slots=True)
class LayoutPiece:
    """A part to be marked; `was` is the other text's run in the place of an edited one."""

    kind: str
    text: ClippedText
    was: str = ""


@dataclass(frozen=True, slots=True)
class LayoutBlock:
    """Pieces that are read together, under a label; shared passages flow with what is between."""

    kind: str
    label: str
    amount: str
    pieces: tuple[LayoutPiece, ...]


@dataclass(frozen=True, slots=True)
class StripSegment:
    """A part on the strip that draws both texts in small, a thousand units long."""

    kind: str
    start: float
    length: float


@dataclass(frozen=True, slots=True)
class ComparisonLayout:
    """A copy with its comparison in a sentence, and its texts where the parts are known."""

    compared: Comparison
    strip: tuple[StripSegment, ...]
    blocks: tuple[LayoutBlock, ...]


def lay_out(compared: Comparison, *, texts: bool = True) -> ComparisonLayout:
    """Lay a comparison out; without its `texts` where there are too many on a page."""
    alignment = compared.alignment
    if alignment is None:
        return ComparisonLayout(compared, (), ())
    blocks = tuple(_blocks(compared, alignment)) if texts else ()
    return ComparisonLayout(compared, tuple(_strip(alignment)), blocks)


def _strip(alignment: Alignment) -> Iterator[StripSegment]:
    lengths = [part.words or part.other_words for part in alignment.parts]
    starts = accumulate(lengths, initial=0)
    scale = _STRIP / sum(lengths)
    for part, start, length in zip(alignment.parts, starts, lengths, strict=False):
        yield StripSegment(part.kind, scale * start, scale * length)


def _blocks(compared: Comparison, alignment: Alignment) -> Iterator[LayoutBlock]:
    """Yield what stands before the shared text, that text as one block, and what stands after it."""
    parts = alignment.parts
    inside = [place for place, part in enumerate(parts) if _is_inside(part)]
    first, end = inside[0], inside[-1] + 1
    for part in parts[:first]:
        yield _block(compared, alignment, [part])
    yield _block(compared, alignment, parts[first:end])
    for part in parts[end:]:
        yield _block(compared, alignment, [part])


def _is_inside(part: Part) -> bool:
    return part.kind in (PartKind.SHARED, PartKind.EDITED)


def _block(compared: Comparison, alignment: Alignment, parts: Sequence[Part]) -> LayoutBlock:
    kind = parts[0].kind if len(parts) == 1 else PartKind.SHARED
    counted = parts[0].words or parts[0].other_words
    if kind in (PartKind.SHARED, PartKind.EDITED):
        kind = PartKind.SHARED
        counted = sum(part.words for part in parts if part.kind is kind)
    pieces = [_piece(compared, alignment, part) for part in parts]
    pieces[0] = replace(pieces[0], text=pieces[0].text.without_space(before=True))
    pieces[-1] = replace(pieces[-1], text=pieces[-1].text.without_space(before=False))
    return LayoutBlock(kind, _LABELS[kind], amount(alignment, counted), tuple(pieces))


def _piece(compared: Comparison, alignment: Alignment, part: Part) -> LayoutPiece:
    own = compared.copy.text[part.start : part.end]
    there = "" if compared.other is None else compared.other.text
    theirs = there[part.other_start : part.other_end]
    if part.kind is PartKind.EDITED:
        return LayoutPiece(part.kind, ClippedText(own), theirs)
    return LayoutPiece(part.kind, _clipped(alignment, own or theirs))


def _clipped(alignment: Alignment, text: str) -> ClippedText:
    if len(text) < _HEAD + _TAIL + _LEAST_HIDDEN:
        return ClippedText(text)
    head, tail = _space_before(text, _HEAD), _space_before(text, len(text) - _TAIL)
    hidden = tokenise(text[head:tail]).numbers.size
    return ClippedText(text[:head].rstrip(), amount(alignment, hidden), text[tail:].lstrip())


def _space_before(text: str, place: int) -> int:
    """Return the end of the last space before a place, or the place itself when none is near it."""
    near = range(place, place - _WORD_END, -1)
    return next((each for each in near if text[each - 1].isspace()), place)
