"""Is this text a copy of one we know? Candidates by fingerprint, each verified on stored text."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crawler.copies.align import NOTHING, Overlap, measure, passages
from crawler.copies.grouping import joined_groups
from crawler.copies.records import Judgement
from crawler.copies.recurrence import OTHER_PAGES, recurring_shingles
from crawler.copies.roundup import FEWEST_PARTS, parts_of
from crawler.copies.shingles import ShingledText, shingle
from crawler.copies.verdict import WHOLE, relation_of
from storage.models import CopyVerdict, Relation

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from crawler.copies.records import StoredText, SubmittedText
    from crawler.settings import CopySettings
    from storage.fingerprints import Fingerprints
    from storage.models import Passage

MAX_CANDIDATES = 32
LEAST_SHARED = 2
"""Sampled shingles that a candidate shares, at least; of a very short text one is enough."""

SHORT_SKETCH = 8
THE_SAME_AGAIN = 0.95
"""Two pages of a site that share more than this are one text at two addresses, not a wrapper."""

REMEMBERED_TEXTS = 256


def warm_up() -> None:
    """Build the tables, and compile the loops where they can be: half a second; the first time 20."""
    text = shingle("So many words as a shingle has, and some more, are enough for that.")
    measure(text, text, text.sketch)
    passages(text, text)


@dataclass(frozen=True, slots=True)
class _Compared:
    stored: StoredText
    text: ShingledText
    overlap: Overlap
    relation: Relation | None


class CopyDetector:
    """Judges texts against the fingerprints of those that were added.

    `load` gives the stored texts of articles, in any order; an article that is gone is left out
    and is no candidate. Not safe for use from several threads.
    """

    def __init__(
        self,
        fingerprints: Fingerprints,
        load: Callable[[Sequence[int]], Awaitable[Sequence[StoredText]]],
        settings: CopySettings,
    ) -> None:
        self._fingerprints = fingerprints
        self._load = load
        self._settings = settings
        self._remembered: OrderedDict[str, ShingledText] = OrderedDict()

    async def judge(self, submitted: SubmittedText) -> Judgement:
        """Say what a text is a copy of, or that it is a round-up, or (by saying nothing) new."""
        article = self._shingled(submitted.text)
        candidates = await self._candidates(article, submitted.article_id)
        if not candidates:
            return Judgement()
        compared = self._compare(article, submitted.host, candidates)
        parts = _strung_together(article, compared)
        if parts:
            return Judgement(parts=parts)
        return await self._fold(submitted, article, compared)

    async def add(self, article_id: int, text: str, seen: datetime) -> None:
        """Remember an article's text; what was remembered of that article is replaced."""
        await self._fingerprints.add(article_id, self._shingled(text).sketch, seen)

    async def remove(self, article_id: int) -> None:
        """Forget an article."""
        await self._fingerprints.remove(article_id)

    async def regroup(self, members: Sequence[StoredText]) -> list[list[int]]:
        """Say which members of a story belong together, as far as their texts show.

        Each is judged anew, with all that is known by now: round-ups, and what recurs. The groups
        come in the order of their first members, and so do the members of each.
        """
        links = [
            (member.article_id, other)
            for member in members
            for other in await self._copied_by(member)
        ]
        return joined_groups([[member.article_id] for member in members], links)

    async def _copied_by(self, member: StoredText) -> list[int]:
        """Name all articles that a stored one is a copy of, as if each were a story of its own."""
        article = self._shingled(member.text)
        candidates = [
            replace(stored, story_id=0)
            for stored in await self._candidates(article, member.article_id)
        ]
        compared = self._compare(article, member.host, candidates)
        if _strung_together(article, compared):
            return []
        kept = await self._copies_among(article, member.host, compared, beside=())
        return [match.stored.article_id for match in kept]

    async def _fold(
        self, submitted: SubmittedText, article: ShingledText, compared: Sequence[_Compared]
    ) -> Judgement:
        kept = await self._copies_among(article, submitted.host, compared, beside=(article,))
        kept.sort(key=_closest_first)
        still = {match.stored.article_id for match in kept}
        doubted = {
            match.stored.article_id
            for match in compared
            if match.relation is not None and match.stored.article_id not in still
        }
        verdicts = [
            _verdict(match, passages(article, match.text) if place == 0 else ())
            for place, match in enumerate(kept)
        ]
        return Judgement(verdicts=tuple(verdicts), doubted=tuple(sorted(doubted)))

    async def _copies_among(
        self,
        article: ShingledText,
        host: str,
        compared: Sequence[_Compared],
        beside: Sequence[ShingledText],
    ) -> list[_Compared]:
        """Keep the matches that are neither round-ups nor made of what recurs.

        `beside` are texts that are not indexed yet, and may be parts of a round-up.
        """
        recurring = _recurring(article, host, compared)
        matches = _weighed(article, compared, recurring, self._settings)
        return [match for match in matches if not await self._is_roundup(match, beside)]

    async def _candidates(self, article: ShingledText, itself: int | None) -> list[StoredText]:
        """Load the texts that share most with an article, most first."""
        sketch = article.sketch
        least = LEAST_SHARED if sketch.size > SHORT_SKETCH else 1
        found = await self._fingerprints.candidates(sketch, MAX_CANDIDATES + 1, least=least)
        ids = [article_id for article_id, _ in found if article_id != itself][:MAX_CANDIDATES]
        if not ids:
            return []
        stored = {text.article_id: text for text in await self._load(ids)}
        return [stored[article_id] for article_id in ids if article_id in stored]

    def _compare(
        self, article: ShingledText, host: str, candidates: Iterable[StoredText]
    ) -> list[_Compared]:
        """Compare an article with candidates, until each of their stories is proven its own.

        More copies of a proven story would prove nothing more; but pages of the article's own
        site are compared all the same, since they show what its wrapper is.
        """
        compared: list[_Compared] = []
        proven: set[int] = set()
        for stored in candidates:
            if stored.story_id in proven and (not host or stored.host != host):
                continue
            text = self._shingled(stored.text)
            overlap = measure(article, text)
            relation = relation_of(overlap, self._settings)
            if relation is not None and stored.story_id:
                proven.add(stored.story_id)
            compared.append(_Compared(stored, text, overlap, relation))
        return compared

    async def _is_roundup(self, match: _Compared, beside: Sequence[ShingledText]) -> bool:
        """Whether a text that holds the article strings several texts together, those beside too."""
        if match.overlap.share_of_other > 1 / 2 or match.overlap.share_of_article < WHOLE:
            return False
        others = [
            self._shingled(stored.text)
            for stored in await self._candidates(match.text, match.stored.article_id)
        ]
        return bool(parts_of(match.text, [*others, *beside]))

    def _shingled(self, text: str) -> ShingledText:
        """Give a text's shingles; the last ones are kept, since a story's texts come back often."""
        known = self._remembered.pop(text, None)
        self._remembered[text] = known = shingle(text) if known is None else known
        if len(self._remembered) > REMEMBERED_TEXTS:
            self._remembered.popitem(last=False)
        return known


def _strung_together(article: ShingledText, compared: Sequence[_Compared]) -> tuple[int, ...]:
    """Name the articles that a round-up is made of; none when it is none."""
    if len(compared) < FEWEST_PARTS or any(
        match.overlap.share_of_article > 1 / 2 for match in compared
    ):
        return ()
    parts = parts_of(article, [match.text for match in compared])
    return tuple(sorted(compared[place].stored.article_id for place in parts))


def _recurring(
    article: ShingledText, host: str, compared: Sequence[_Compared]
) -> NDArray[np.uint64]:
    of_its_site = [
        match.text
        for match in compared
        if host
        and match.stored.host == host
        and min(match.overlap.share_of_article, match.overlap.share_of_other) < THE_SAME_AGAIN
    ]
    others: dict[int, ShingledText] = {}
    for match in compared:
        if match.relation is None:
            others.setdefault(match.stored.story_id or -match.stored.article_id, match.text)
    if max(len(of_its_site), len(others)) < OTHER_PAGES:
        return NOTHING
    return recurring_shingles(article, of_its_site, list(others.values()))


def _weighed(
    article: ShingledText,
    compared: Iterable[_Compared],
    recurring: NDArray[np.uint64],
    settings: CopySettings,
) -> list[_Compared]:
    """Keep what is a copy also without what recurs."""
    kept: list[_Compared] = []
    for match in compared:
        if match.relation is None:
            continue
        if not recurring.size or match.overlap.equal:
            kept.append(match)
            continue
        overlap = measure(article, match.text, recurring)
        relation = relation_of(overlap, settings)
        if relation is not None:
            kept.append(_Compared(match.stored, match.text, overlap, relation))
    return kept


def _closest_first(match: _Compared) -> tuple[bool, float, int]:
    shares = match.overlap.share_of_article + match.overlap.share_of_other
    return match.relation is not Relation.EXACT, -shares, match.stored.article_id


def _verdict(match: _Compared, shared: tuple[Passage, ...]) -> CopyVerdict:
    if match.relation is None:
        raise ValueError("only a copy has a verdict")
    return CopyVerdict(
        of_article_id=match.stored.article_id,
        relation=match.relation,
        share_of_article=match.overlap.share_of_article,
        share_of_other=match.overlap.share_of_other,
        passages=shared,
    )
