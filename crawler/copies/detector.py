"""Is this text a copy of one we know? Candidates by fingerprint, each verified on stored text; pure."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crawler.copies.records import Judgement, Regrouped, joined_groups
from crawler.copies.recurring_shingles import recurring_shingles
from crawler.copies.roundup import HELD, LEAST_WORDS, parts_of
from crawler.copies.text.overlap import measure, passages
from crawler.copies.text.shingles import ShingledText, shingle
from crawler.copies.verdict import WHOLE, compare, is_copy_by_the_rest, relation_of
from storage.models.stories import CopyVerdict, Relation

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from crawler.copies.records import StoredText, SubmittedText
    from crawler.copies.text.overlap import Overlap
    from crawler.settings import CopySettings
    from storage.hot.fingerprints import Fingerprints, Sketch
    from storage.models.stories import Passage

MAX_CANDIDATES = 32
MOST_ASKED = MAX_CANDIDATES + 1  # one of them may be the article itself
LEAST_SHARED = 2
"""Sampled shingles that a candidate shares, at least; of a very short text one is enough."""

SHORT_SKETCH = 8
THE_SAME_AGAIN = 0.95
"""A page of a site that holds this share of another one is that again, or goes on from it: what they
share is no wrapper."""

REMEMBERED_TEXTS = 256
_TWINS = (Relation.EXACT, Relation.NEAR)


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


@dataclass(frozen=True, slots=True)
class _Links:
    """What a text is a copy of, the parts it strings together, and stored texts to be looked at anew.

    `doubted` are no longer what their stories take them for, by what is known with this text; those
    among them that are round-ups are `strung`.
    """

    kept: Sequence[_Compared]
    parts: tuple[int, ...] = ()
    doubted: tuple[int, ...] = ()
    strung: tuple[int, ...] = ()


def least_shared(sketch: Sketch) -> int:
    """Say how many sampled shingles a candidate shares, at least."""
    return LEAST_SHARED if sketch.size > SHORT_SKETCH else 1


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

    async def judge(
        self, submitted: SubmittedText, known: Sequence[tuple[int, int]] | None = None
    ) -> Judgement:
        """Say what a text is a copy of, or that it is a round-up, or (by saying nothing) new.

        `known` are the fingerprints' candidates, where they were asked for already.
        """
        article = self._shingled(submitted.text)
        candidates = await self._candidates(article, submitted.article_id, known)
        if not candidates:
            return Judgement()
        compared = self._compare(article, submitted.host, candidates)
        found = await self._links(article, submitted.host, compared, beside=(article,))
        if found.doubted and len(compared) < len(candidates):
            # What seemed to prove a story does not: its other members have to be asked.
            compared = self._compare(article, submitted.host, candidates, every=True)
            found = await self._links(article, submitted.host, compared, beside=(article,))
        return _judgement(article, found)

    def sketch_of(self, text: str) -> Sketch:
        """Return what the fingerprints know of a text."""
        return self._shingled(text).sketch

    async def add(self, article_id: int, text: str, seen: datetime) -> None:
        """Remember an article's text; what was remembered of that article is replaced."""
        await self._fingerprints.add(article_id, self._shingled(text).sketch, seen)

    async def remove(self, article_id: int) -> None:
        """Forget an article."""
        await self._fingerprints.remove(article_id)

    async def regroup(self, members: Sequence[StoredText]) -> Regrouped:
        """Say which members of a story belong together, as far as their texts show.

        Each is judged anew, with all that is known by now: round-ups, and what recurs. The groups
        come in the order of their first members, and so do the members of each. Two are copies
        when neither shows that they are not: what recurs on a site is seen from its own pages.
        """
        seen = {member.article_id: await self._links_of(member) for member in members}
        links = [
            (one, match.stored.article_id)
            for one, found in seen.items()
            for match in found.kept
            if one not in _denied_by(seen.get(match.stored.article_id))
        ]
        return Regrouped(
            groups=joined_groups([[one] for one in seen], links),
            roundups={one: found.parts for one, found in seen.items() if found.parts},
        )

    async def _links_of(self, member: StoredText) -> _Links:
        """Find all articles that a stored one is a copy of, in its own story and in others."""
        article = self._shingled(member.text)
        candidates = await self._candidates(article, member.article_id)
        compared = self._compare(article, member.host, candidates, every=True)
        return await self._links(article, member.host, compared, beside=())

    async def _links(
        self,
        article: ShingledText,
        host: str,
        compared: Sequence[_Compared],
        beside: Sequence[ShingledText],
    ) -> _Links:
        """Keep the matches that are neither round-ups nor made of what recurs.

        A round-up is a copy of none of its parts, but may be one of another round-up. `beside` are
        texts that are not indexed yet, and may be parts of a round-up.
        """
        parts = _strung_together(article, compared)
        if parts:
            twins = [match for match in compared if match.relation in _TWINS]
            return _Links(kept=twins, parts=parts)
        recurring = _recurring(article, host, compared)
        weighed = [_weighed(article, match, recurring, self._settings) for match in compared]
        kept: list[_Compared] = []
        denied: list[int] = []
        strung: list[int] = []
        for before, match in zip(compared, weighed, strict=True):
            if await self._strings_together(match, beside):
                strung.append(match.stored.article_id)
            elif match.relation is not None:
                kept.append(match)
            elif before.relation is not None:
                denied.append(match.stored.article_id)
        return _Links(kept=kept, doubted=tuple(sorted((*denied, *strung))), strung=tuple(strung))

    async def _candidates(
        self,
        article: ShingledText,
        itself: int | None,
        found: Sequence[tuple[int, int]] | None = None,
    ) -> list[StoredText]:
        """Load the texts that share most with an article, most first."""
        if found is None:
            sketch = article.sketch
            least = least_shared(sketch)
            found = await self._fingerprints.candidates(sketch, MOST_ASKED, least=least)
        ids = [article_id for article_id, _ in found if article_id != itself][:MAX_CANDIDATES]
        if not ids:
            return []
        stored = {text.article_id: text for text in await self._load(ids)}
        return [stored[article_id] for article_id in ids if article_id in stored]

    def _compare(
        self,
        article: ShingledText,
        host: str,
        candidates: Iterable[StoredText],
        *,
        every: bool = False,
    ) -> list[_Compared]:
        """Compare an article with candidates, until each of their stories is proven its own.

        More copies of a proven story would prove nothing more; but pages of the article's own
        site are compared all the same, since they show what its wrapper is. With `every`, all are.
        """
        compared: list[_Compared] = []
        proven: set[int] = set()
        for stored in candidates:
            known = not every and stored.story_id in proven
            if known and (not host or stored.host != host):
                continue
            text = self._shingled(stored.text)
            overlap = compare(article, text)
            relation = relation_of(overlap, self._settings)
            if relation is not None and stored.story_id:
                proven.add(stored.story_id)
            compared.append(_Compared(stored, text, overlap, relation))
        return compared

    async def _strings_together(self, match: _Compared, beside: Sequence[ShingledText]) -> bool:
        """Whether a text that has a piece of the article is a round-up, those beside among its parts.

        Of one that has too little of the article for a copy, only whether it is one by this piece.
        """
        overlap = match.overlap
        if match.relation is not None:
            if overlap.share_of_other >= WHOLE or overlap.share_of_article < HELD:
                return False
        elif not beside or overlap.shared_words < LEAST_WORDS:
            return False
        others = await self._others(match)
        if not parts_of(match.text, [*others, *beside]):
            return False
        return match.relation is not None or not parts_of(match.text, others)

    async def _others(self, match: _Compared) -> list[ShingledText]:
        """Load what shares most with a stored text, but for itself."""
        found = await self._candidates(match.text, match.stored.article_id)
        return [self._shingled(stored.text) for stored in found]

    def _shingled(self, text: str) -> ShingledText:
        """Return a text's shingles; the last ones are kept, since a story's texts come back often."""
        known = self._remembered.pop(text, None)
        self._remembered[text] = known = shingle(text) if known is None else known
        if len(self._remembered) > REMEMBERED_TEXTS:
            self._remembered.popitem(last=False)
        return known


def _strung_together(article: ShingledText, compared: Sequence[_Compared]) -> tuple[int, ...]:
    """Name the articles that a round-up is made of; none when it is none."""
    pieces = [match for match in compared if match.overlap.shared_words >= LEAST_WORDS]
    parts = parts_of(article, [match.text for match in pieces]) if len(pieces) > 1 else ()
    return tuple(sorted(pieces[place].stored.article_id for place in parts))


def _recurring(
    article: ShingledText, host: str, compared: Sequence[_Compared]
) -> NDArray[np.uint64]:
    of_its_site = [
        match.text
        for match in compared
        if host and match.stored.host == host and not _holds_whole(match)
    ]
    related = {_story(match) for match in compared if match.relation is not None}
    unrelated: dict[int, ShingledText] = {}
    by_site: dict[str, dict[int, ShingledText]] = defaultdict(dict)
    for match in compared:
        if _story(match) not in related:
            unrelated.setdefault(_story(match), match.text)
        if match.stored.host not in ("", host):
            by_site[match.stored.host].setdefault(_story(match), match.text)
    if len(related) == 1 and any(_holds_whole(match) for match in compared if match.relation):
        unrelated.clear()  # what several texts quote is no wrapper of the one that it stands in
    of_other_sites = [list(texts.values()) for texts in by_site.values()]
    return recurring_shingles(article, of_its_site, list(unrelated.values()), of_other_sites)


def _holds_whole(match: _Compared) -> bool:
    return max(match.overlap.share_of_article, match.overlap.share_of_other) >= THE_SAME_AGAIN


def _story(match: _Compared) -> int:
    """Return the number of a match's story; one that is in no story is its own."""
    return match.stored.story_id or -match.stored.article_id


def _weighed(
    article: ShingledText,
    match: _Compared,
    recurring: NDArray[np.uint64],
    settings: CopySettings,
) -> _Compared:
    """Say whether a match holds without what recurs; equal texts are equal all the same."""
    if not recurring.size or match.overlap.equal:
        return match
    overlap = compare(article, match.text, recurring)
    if match.relation is not None and is_copy_by_the_rest(overlap, settings):
        return match
    return replace(match, overlap=overlap, relation=None)


def _judgement(article: ShingledText, found: _Links) -> Judgement:
    kept = sorted(found.kept, key=_closest_first)
    verdicts = [
        _verdict(match, passages(article, match.text) if place == 0 else ())
        for place, match in enumerate(kept)
    ]
    return Judgement(tuple(verdicts), found.parts, found.doubted, found.strung)


def _denied_by(found: _Links | None) -> tuple[int, ...]:
    """Name the articles that a member was found to be no copy of, though they share enough."""
    return () if found is None else found.doubted


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
