"""By what a topic is found: terms or pairs of neighbours of which each match holds at least one; pure.

The idea is Luwak's presearcher, now that of Lucene's Monitor: index a query by its rarest required
part, and look only at the queries whose part stands in the article (as the rarest predicate of a
profile in Yan and Garcia-Molina, Index Structures for Selective Dissemination of Information Under
the Boolean Model, TODS 19, 1994). How rare a term is, is learned from the articles.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

from scheduler.query.matching.programs import Shape

_PAIR_OF_COMMON = 0.005
"""Neighbours are looked up only when each of the words alone is in more articles than that."""

_NEIGHBOURS = 0.1
"""How often two words that stand in one article are guessed to stand side by side there."""


class Anchor(NamedTuple):
    """A term, or a term and the one behind it (`second`; -1 for none)."""

    term: int
    second: int = -1


class Anchors(NamedTuple):
    """A topic's anchors, and in what share of the articles at least one of them is expected."""

    share: float
    found_by: tuple[Anchor, ...]


def anchors_of(
    shape: Shape, operands: list[int], share_of: Callable[[int], float]
) -> Anchors | None:
    """Choose the anchors that are expected least often; None when nothing must be there.

    `share_of` gives the share of articles that hold a term.
    """
    anchors: Anchors | None = None
    match shape:
        case "has", _, place, _:
            term = operands[place]
            anchors = Anchors(share_of(term), (Anchor(term),))
        case "phrase" | "window" as kind, _, place, count:
            terms = operands[place : place + count]
            anchors = _rarest(terms, share_of, side_by_side=kind == "phrase")
        case "near", left, right, _, _:
            anchors = _best([left, right], operands, share_of)
        case "count", part, _:
            anchors = anchors_of(part, operands, share_of)
        case "and", *parts:
            anchors = _best(parts, operands, share_of)
        case "or", *parts:
            anchors = _all_of(parts, operands, share_of)
    return anchors


def _rarest(terms: list[int], share_of: Callable[[int], float], *, side_by_side: bool) -> Anchors:
    shares = [share_of(term) for term in terms]
    least = min(shares)
    if side_by_side and least > _PAIR_OF_COMMON:
        pairs = [one * other for one, other in pairwise(shares)]
        at = min(range(len(pairs)), key=pairs.__getitem__)
        return Anchors(pairs[at] * _NEIGHBOURS, (Anchor(terms[at], terms[at + 1]),))
    return Anchors(least, (Anchor(terms[shares.index(least)]),))


def _best(
    parts: list[Shape], operands: list[int], share_of: Callable[[int], float]
) -> Anchors | None:
    of_parts = [anchors_of(part, operands, share_of) for part in parts]
    return min(filter(None, of_parts), key=lambda anchors: anchors.share, default=None)


def _all_of(
    parts: list[Shape], operands: list[int], share_of: Callable[[int], float]
) -> Anchors | None:
    of_parts = [anchors_of(part, operands, share_of) for part in parts]
    known = [anchors for anchors in of_parts if anchors is not None]
    if len(known) < len(of_parts):
        return None
    union = dict.fromkeys(anchor for anchors in known for anchor in anchors.found_by)
    return Anchors(sum(anchors.share for anchors in known), tuple(union))


_MOST_LETTERS = 12
_GUESSES = tuple(0.3 * 0.6**letters for letters in range(_MOST_LETTERS + 1))


def guessed_share(letters: int) -> float:
    """Guess in what share of articles a word of so many letters stands, before any was seen."""
    return _GUESSES[min(letters, _MOST_LETTERS)]
