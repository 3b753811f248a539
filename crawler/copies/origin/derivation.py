"""Which text of a story was made from which: who wraps, shortens or repeats whom; pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from crawler.copies.origin.claims import Backing, claim_of
from crawler.copies.records import CLOCKS_AGREE
from crawler.urls.publishers import publisher_of
from storage.models.stories import Evidence, Passage, Relation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.copies.records import OriginCandidate
    from storage.models.stories import CopyVerdict

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

CLEAR_SURPLUS = 0.2
"""Share from which it says all that it can: a sentence more or less may have been lost or added."""

TELLING = 0.02
"""Share of the shared characters in a passage that tells how texts were joined; a chance turn of
phrase is shorter."""

LITTLE_HELD = 0.75
"""A text that is less than this of another, and stands at its top, is an excerpt of it."""


def by_containment(members: Sequence[OriginCandidate]) -> Iterator[Evidence]:
    """Weigh who wraps, shortens or repeats whom; equal texts share what the text shows."""
    text_of = _equal_texts(members)
    support: dict[int, float] = defaultdict(float)
    made_from: dict[int, tuple[float, str]] = {}
    for newer, older, made in _makings(members):
        support[text_of[older.article_id]] += ANOTHER_MADE_FROM_IT * made.clear
        text, how = text_of[newer.article_id], (made.clear, f"{made.how} the text of {older.host}.")
        made_from[text] = max(made_from.get(text, how), how)
    for one, other in _repeated(members):
        for text in {text_of[one], text_of[other]}:
            support[text] += SAME_WORDS
    for member in members:
        text = text_of[member.article_id]
        if text in made_from:
            clear, says = made_from[text]
            weight = MADE_FROM_ANOTHER * clear
            yield Evidence(member.article_id, "containment", f"{member.host} {says}", weight)
        if support[text]:
            sentence = (
                f"Other articles of the story repeat, wrap or shorten the text of {member.host}."
            )
            weight = min(support[text], MOST_FROM_COPIES)
            yield Evidence(member.article_id, "copied", sentence, weight)


def _makings(
    members: Sequence[OriginCandidate],
) -> Iterator[tuple[OriginCandidate, OriginCandidate, _Made]]:
    """Yield the pairs of which the first was made from the second, as far as times allow it."""
    by_id = {member.article_id: member for member in members}
    for member in members:
        verdict = member.verdict
        other = None if verdict is None else by_id.get(verdict.of_article_id)
        made = None if verdict is None else _how_made(verdict)
        if other is None or made is None:
            continue
        newer, older = (member, other) if made.article_is_newer else (other, member)
        if not _came_before(newer, older) and not _is_own_update(newer, older):
            yield newer, older, made


def _repeated(members: Sequence[OriginCandidate]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of members that have the same words, or nearly."""
    known = {member.article_id for member in members}
    same = (Relation.EXACT, Relation.NEAR)
    for member in members:
        verdict = member.verdict
        if verdict is not None and verdict.relation in same and verdict.of_article_id in known:
            yield member.article_id, verdict.of_article_id


def _equal_texts(members: Sequence[OriginCandidate]) -> dict[int, int]:
    """Return members with the same text the same number, by the verdicts that found them equal."""
    text_of = {member.article_id: member.article_id for member in members}
    for member in members:
        verdict = member.verdict
        if verdict is None or verdict.relation is not Relation.EXACT:
            continue
        one, other = text_of[member.article_id], text_of.get(verdict.of_article_id)
        if other is not None:
            text_of = {key: other if text == one else text for key, text in text_of.items()}
    return text_of


def _is_own_update(newer: OriginCandidate, older: OriginCandidate) -> bool:
    """Whether one publisher has both, and has put out first what seems to be made from the other.

    It lengthens and cuts its own texts, and its clock is one. What it dates alike says nothing.
    """
    publisher = publisher_of(newer.host)
    if not publisher or publisher != publisher_of(older.host):
        return False
    claims = claim_of(newer), claim_of(older)
    first, second = (
        member.first_seen if claim is None else claim.believed
        for member, claim in zip((newer, older), claims, strict=True)
    )
    return first < second


def _came_before(newer: OriginCandidate, older: OriginCandidate) -> bool:
    """Whether a text is said to be older than the one that it seems to be made from."""
    claim, other = claim_of(newer), claim_of(older)
    if claim is None or claim.backing is Backing.REFUTED:
        return False
    if other is not None and other.backing is Backing.LISTING is not claim.backing:
        return False
    believed = other is not None and other.backing is not Backing.REFUTED
    before = min(other.stated, older.first_seen) if other and believed else older.first_seen
    return claim.stated < before - CLOCKS_AGREE


@dataclass(frozen=True, slots=True)
class _Made:
    """Which of two texts was made from the other, and how; `clear` is 0 to 1."""

    article_is_newer: bool
    how: str
    clear: float


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
    longer = shared if article_is_longer else [passage.swapped() for passage in shared]
    share = min(verdict.share_of_article, verdict.share_of_other)
    clear = min(abs(surplus) / CLEAR_SURPLUS, 1.0)
    if _is_cut(sorted(longer, key=lambda passage: passage.start), share):
        return _Made(not article_is_longer, "shortens", clear)
    return _Made(article_is_longer, "puts words round", clear)


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
