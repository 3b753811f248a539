"""A copy beside the text that it was found in, and how operators are told of it; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crawler.copies.text.alignment import Alignment, Part, PartKind, align
from storage.models.articles import Article
from storage.models.stories import CopyVerdict, Passage
from storage.reports.statistics import StoryRow

GONE = "the other text is gone"
NOT_KEPT = "no shared passages were kept, only the shares"
DO_NOT_FIT = (
    "the passages do not fit the texts of today, since one was revised; only the shares hold"
)

_OWN = (PartKind.LEAD, PartKind.INSERTED, PartKind.WRAPPER)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A copy, the other text (None when it is gone), and their parts (None when not known).

    `says` tells the parts in a sentence, or why there are none.
    """

    copy: Article
    other: Article | None
    alignment: Alignment | None
    says: str


def compare(copy: Article, verdict: CopyVerdict, other: Article | None) -> Comparison:
    """Align a copy with the text that its verdict names."""
    return _compared(copy, other, verdict.passages)


def compare_story(row: StoryRow) -> dict[int, Comparison]:
    """Align each copy of a story with the member that it is a copy of; by the copies' ids.

    A copy that came before the text that it was made from has no verdict of its own; when the
    original's verdict names it, that one is read the other way round.
    """
    known = {article.id: article for article in row.articles}
    found: dict[int, Comparison] = {}
    for member in row.copies:
        copy, verdict = member.article, member.verdict
        if verdict is not None:
            found[copy.id] = compare(copy, verdict, known.get(verdict.of_article_id))
        elif row.root.verdict is not None and row.root.verdict.of_article_id == copy.id:
            passages = (passage.swapped() for passage in row.root.verdict.passages)
            turned = sorted(passages, key=lambda passage: passage.start)
            found[copy.id] = _compared(copy, row.root.article, tuple(turned))
    return found


def summary(alignment: Alignment, other: str) -> str:
    """Return the parts in a sentence; `other` names the other text's site.

    As in "62 words of its own on top, then 398 of 410 words of herald.example's text; 12 words cut".
    """
    return "; ".join(_clauses(alignment, other))


def unit(alignment: Alignment) -> str:
    """Name what is counted: words, or characters where there are no spaces between words."""
    return "characters" if alignment.unspaced else "words"


def amount(alignment: Alignment, number: int) -> str:
    """Return a number with what is counted, e.g. 1 word, 62 words, 140 characters."""
    counted = unit(alignment)
    return f"{number:,} {counted.removesuffix('s') if number == 1 else counted}"


def _compared(copy: Article, other: Article | None, passages: tuple[Passage, ...]) -> Comparison:
    if other is None:
        return Comparison(copy, None, None, GONE)
    if not passages:
        return Comparison(copy, other, None, NOT_KEPT)
    alignment = align(copy.text, other.text, passages)
    says = DO_NOT_FIT if alignment is None else summary(alignment, other.host)
    return Comparison(copy, other, alignment, says)


def _clauses(alignment: Alignment, other: str) -> Iterator[str]:
    top, after = _around(alignment)
    shared = sum(part.other_words for part in alignment.of(PartKind.SHARED))
    text = f"{amount(alignment, alignment.other_words)} of {other}'s text"
    core = f"all {text}" if shared == alignment.other_words else f"{shared:,} of {text}"
    only = " and nothing else" if len(alignment.parts) == 1 else ""
    yield f"{_on_top(alignment, top)}{core}{only}"
    if alignment.is_reordered:
        yield "in another order"
    for kind, said in ((PartKind.EDITED, "edited"), (PartKind.INSERTED, "put in between")):
        number = sum(part.other_words or part.words for part in alignment.of(kind))
        if number:
            yield f"{amount(alignment, number)} {said}"
    cut = alignment.of(PartKind.CUT)
    if cut:
        yield f"{amount(alignment, sum(part.other_words for part in cut))} cut{_where(alignment, cut)}"
    if after:
        yield f"{amount(alignment, after)} of wrapper after it"


def _around(alignment: Alignment) -> tuple[Part | None, int]:
    """Return the article's own part on top, if it has any, and how many words stand at its end."""
    own = [part for part in alignment.of(*_OWN) if part.kind is not PartKind.INSERTED]
    top = next((part for part in own if part.start == 0), None)
    return top, sum(part.words for part in own if part is not top)


def _on_top(alignment: Alignment, top: Part | None) -> str:
    if top is None:
        return ""
    whose = "its own" if top.kind is PartKind.LEAD else "wrapper"
    return f"{amount(alignment, top.words)} of {whose} on top, then "


def _where(alignment: Alignment, cut: tuple[Part, ...]) -> str:
    """Return where all of it stood in the other text, if that was in one place."""
    last = max(part.other_end for part in alignment.parts)
    places = {
        " at the top" if part.other_start == 0 else " at the end" if part.other_end == last else ""
        for part in cut
    }
    return places.pop() if len(places) == 1 else ""
