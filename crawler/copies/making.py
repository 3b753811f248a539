"""Which text of a story was made from which: who wraps, shortens or repeats whom."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from storage.models import Evidence, Passage, Relation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.copies.records import OriginCandidate
    from storage.models import CopyVerdict

MADE_FROM_ANOTHER = -1.5
ANOTHER_MADE_FROM_IT = 0.8
SAME_WORDS = 0.3
MOST_FROM_COPIES = 1.6

ADDED_ON_TOP = 0.04
CUT_INSIDE = 0.08
A_SENTENCE = 0.02
"""How much one of two texts has more, on top or in the middle, before that says which was made from
the other: in characters, as shares of what they share (Chinese says more with fewer)."""

LEAST_SURPLUS = 0.08
"""Share by which one text must be longer before that says anything."""

TELLING = 0.02
"""Share of the shared characters in a passage that tells how texts were joined; a chance turn of
phrase is shorter."""

LITTLE_HELD = 0.75
"""A text that is less than this of another, and stands at its top, is an excerpt of it."""


def by_containment(members: Sequence[OriginCandidate]) -> Iterator[Evidence]:
    """Weigh who wraps, shortens or repeats whom; equal texts share what speaks for the text."""
    text_of = _equal_texts(members)
    hosts = {member.article_id: member.host for member in members}
    support: dict[int, float] = defaultdict(float)
    made_from: dict[int, str] = {}
    for member in members:
        verdict = member.verdict
        if verdict is None or verdict.of_article_id not in hosts:
            continue
        pair = (member.article_id, verdict.of_article_id)
        if verdict.relation in (Relation.EXACT, Relation.NEAR):
            for text in {text_of[article_id] for article_id in pair}:
                support[text] += SAME_WORDS
        made = _how_made(verdict)
        if made is not None:
            newer, older = pair if made.article_is_newer else pair[::-1]
            support[text_of[older]] += ANOTHER_MADE_FROM_IT
            made_from.setdefault(newer, f"{hosts[newer]} {made.how} the text of {hosts[older]}.")
    for article_id, said in made_from.items():
        yield Evidence(article_id, "containment", said, MADE_FROM_ANOTHER)
    for member in members:
        weight = min(support[text_of[member.article_id]], MOST_FROM_COPIES)
        if weight:
            said = f"Other articles of the story repeat, wrap or shorten the text of {member.host}."
            yield Evidence(member.article_id, "copied", said, weight)


def _equal_texts(members: Sequence[OriginCandidate]) -> dict[int, int]:
    """Give members with the same text the same number, by the verdicts that found them equal."""
    text_of = {member.article_id: member.article_id for member in members}
    for member in members:
        verdict = member.verdict
        if verdict is None or verdict.relation is not Relation.EXACT:
            continue
        one, other = text_of[member.article_id], text_of.get(verdict.of_article_id)
        if other is not None:
            text_of = {key: other if text == one else text for key, text in text_of.items()}
    return text_of


@dataclass(frozen=True, slots=True)
class _Made:
    article_is_newer: bool
    how: str


def _how_made(verdict: CopyVerdict) -> _Made | None:
    """Tell which of two texts was made from the other, by what one has and the other lacks."""
    surplus = verdict.share_of_other - verdict.share_of_article
    if verdict.relation is Relation.PARTIAL or abs(surplus) < LEAST_SURPLUS:
        return None
    article_is_longer = surplus > 0
    least = TELLING * sum(_length(passage) for passage in verdict.passages)
    shared = [passage for passage in verdict.passages if _length(passage) >= least]
    if not shared:
        return None
    longer = shared if article_is_longer else [_swapped(passage) for passage in shared]
    share = min(verdict.share_of_article, verdict.share_of_other)
    if _is_cut(sorted(longer, key=lambda passage: passage.start), share):
        return _Made(not article_is_longer, "shortens")
    return _Made(article_is_longer, "puts words round")


def _is_cut(shared: Sequence[Passage], share: float) -> bool:
    """Whether the other text was cut from this longer one, of which it holds a `share`.

    A text that lacks sentences in the middle or most of the end was cut; what has new text on
    top, or a little at the end, was put round an older text.
    """
    whole = sum(_length(passage) for passage in shared)
    top = shared[0].start / whole
    gaps = [
        (later.start - earlier.end) - max(0, later.other_start - earlier.other_end)
        for earlier, later in pairwise(shared)
    ]
    middle = sum(gap for gap in gaps if gap >= A_SENTENCE * whole) / whole
    return middle > max(CUT_INSIDE, top) or (top < ADDED_ON_TOP and share < LITTLE_HELD)


def _length(passage: Passage) -> int:
    return passage.end - passage.start


def _swapped(passage: Passage) -> Passage:
    return Passage(passage.other_start, passage.other_end, passage.start, passage.end)
