"""Is this text a copy of one we know? Candidates by fingerprint, each verified on stored text."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.copies.align import Overlap, measure, passages
from crawler.copies.shingles import ShingledText, shingle, sketch_of
from crawler.copies.verdict import relation_of
from storage.models import CopyVerdict, Relation

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from crawler.copies.records import StoredText, SubmittedText
    from crawler.settings import CopySettings
    from storage.fingerprints import Fingerprints

MAX_CANDIDATES = 24
LEAST_SAMPLED_SHARE = 0.04
"""Of an article's sampled shingles a copy shares more than this, even an edited one."""

PARTS_OF_A_ROUNDUP = 3
REMEMBERED_TEXTS = 256


@dataclass(frozen=True, slots=True)
class _Match:
    article_id: int
    text: ShingledText
    overlap: Overlap
    relation: Relation


class CopyDetector:
    """Judges texts against the fingerprints of those that were added.

    `load` gives the stored text of an article, or None when it is gone; a gone article is no
    candidate. Not safe for use from several threads.
    """

    def __init__(
        self,
        fingerprints: Fingerprints,
        load: Callable[[int], Awaitable[StoredText | None]],
        settings: CopySettings,
    ) -> None:
        self._fingerprints = fingerprints
        self._load = load
        self._settings = settings
        self._remembered: OrderedDict[str, ShingledText] = OrderedDict()

    async def judge(self, submitted: SubmittedText) -> tuple[CopyVerdict, ...]:
        """All that a text is a copy of, the closest first; empty when it is new.

        The verdicts may name articles of several stories: then this text proves them one.
        """
        article = self._shingled(submitted.text)
        matches = [
            match
            for article_id in await self._candidates(article, submitted.article_id)
            if (match := await self._verify(article, article_id)) is not None
        ]
        if is_roundup([(match.text, match.overlap) for match in matches]):
            return ()
        matches.sort(key=_closest_first)
        return tuple(_verdict(article, match) for match in matches)

    async def add(self, article_id: int, text: str, seen: datetime) -> None:
        """Remember an article's text; what was remembered of that article is replaced."""
        await self._fingerprints.add(article_id, sketch_of(self._shingled(text)), seen)

    async def remove(self, article_id: int) -> None:
        """Forget an article."""
        await self._fingerprints.remove(article_id)

    async def _candidates(self, article: ShingledText, itself: int | None) -> list[int]:
        sketch = sketch_of(article)
        found = await self._fingerprints.candidates(sketch, MAX_CANDIDATES + 1)
        least = LEAST_SAMPLED_SHARE * sketch.size
        ids = [article_id for article_id, shared in found if shared >= least]
        return [article_id for article_id in ids if article_id != itself][:MAX_CANDIDATES]

    async def _verify(self, article: ShingledText, article_id: int) -> _Match | None:
        stored = await self._load(article_id)
        if stored is None:
            return None
        text = self._shingled(stored.text)
        overlap = measure(article, text)
        relation = relation_of(overlap, self._settings)
        return None if relation is None else _Match(article_id, text, overlap, relation)

    def _shingled(self, text: str) -> ShingledText:
        """Give a text's shingles; the last ones are kept, since a story's texts come back often."""
        known = self._remembered.pop(text, None)
        self._remembered[text] = known = shingle(text) if known is None else known
        if len(self._remembered) > REMEMBERED_TEXTS:
            self._remembered.popitem(last=False)
        return known


def is_roundup(parts: Sequence[tuple[ShingledText, Overlap]]) -> bool:
    """Whether a text strings together several texts that have nothing to do with one another.

    Each of them is held in it and makes up less than half of it, and no two of them overlap.
    """
    apart: list[ShingledText] = []
    for text, overlap in parts:
        if overlap.share_of_article > 1 / 2 or overlap.share_of_other < overlap.share_of_article:
            return False
        if all(measure(text, other).shared_words == 0 for other in apart):
            apart.append(text)
    return len(apart) >= PARTS_OF_A_ROUNDUP


def _closest_first(match: _Match) -> tuple[bool, float, int]:
    shares = match.overlap.share_of_article + match.overlap.share_of_other
    return match.relation is not Relation.EXACT, -shares, match.article_id


def _verdict(article: ShingledText, match: _Match) -> CopyVerdict:
    return CopyVerdict(
        of_article_id=match.article_id,
        relation=match.relation,
        share_of_article=match.overlap.share_of_article,
        share_of_other=match.overlap.share_of_other,
        passages=passages(article, match.text),
    )
