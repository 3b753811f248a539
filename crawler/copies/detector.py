"""Is this text a copy of one we know? Candidates by fingerprint, each verified on stored text."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from crawler.copies.records import Judgement, Regrouped, joined_groups, with_rest
from crawler.copies.recurring_shingles import (
    OTHER_PAGES,
    PublishedText,
    PublisherForm,
    covers_whole,
    form_of,
    recurring_anywhere,
)
from crawler.copies.roundup import HELD, LEAST_WORDS, parts_of
from crawler.copies.text.overlap import NOTHING, WHOLE, covered_by, held_by, measure, passages
from crawler.copies.text.shingles import ShingledText, shingle
from crawler.copies.verdict import compare, is_copy_by_the_rest, relation_of
from crawler.urls.publishers import publisher_of
from storage.models.stories import CopyVerdict, Relation

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
    from datetime import datetime

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
STANDS_ANYWAY = 0.25
"""Of another publisher's text, the share that a page still holds without the lines that recur there."""

THEIR_LINES = 0.5
"""Of the lines that recur, the share that stands in that text."""

THE_SAME_AGAIN = 0.95
"""A page of a publisher that holds this share of another one is that again, or goes on from it: what
they share is no wrapper."""

ONE_PART = 0.5
"""Of what a text shares with one of two others, the share that it shares with both: one part of it."""

LEAST_PIECES = 2
"""Texts that a round-up has a piece of, at least."""

REMEMBERED_CHARACTERS = 4_000_000
"""Of texts whose shingles are kept: those of a thousand articles, or of ten of the longest."""

LONG_WORK = 100_000
"""Characters to be compared, from which a thread does it: the loop would be held up."""

_TWINS = (Relation.EXACT, Relation.NEAR)
_NEWEST = 1 << 62  # in place of the id of a text that has none yet

_T = TypeVar("_T")


def warm_up() -> None:
    """Build the tables, and compile the loops where they can be: half a second; the first time 20."""
    text = shingle("So many words as a shingle has, and some more, are enough for that.")
    measure(text, text, text.sketch)
    passages(text, text)


@dataclass(frozen=True, slots=True)
class _Compared:
    stored: StoredText
    published: PublishedText
    overlap: Overlap
    relation: Relation | None

    @property
    def story(self) -> int:
        """The number of its story; one that is in no story is its own."""
        return self.published.story

    @property
    def publisher(self) -> str:
        """Whose it is; empty where that is not known."""
        return self.published.publisher

    @property
    def text(self) -> ShingledText:
        """Its shingles."""
        return self.published.text


@dataclass(frozen=True, slots=True)
class _Links:
    """What a text is a copy of, the parts it strings together, and stored texts to be looked at anew.

    `denied` share enough with it for copies, and are none, `of_its_form` if of its publisher. `doubted` are no longer what their
    stories take them for, by what is known with this text; those among them that are round-ups are
    `strung`.
    """

    kept: Sequence[_Compared]
    parts: tuple[int, ...] = ()
    denied: tuple[int, ...] = ()
    doubted: tuple[int, ...] = ()
    strung: tuple[int, ...] = ()
    of_its_form: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Recurrence:
    """What recurs of a text: on its own publisher's pages, on those of each other one, anywhere."""

    text: PublishedText
    own: PublisherForm
    of_others: Mapping[str, PublisherForm]
    anywhere: NDArray[np.uint64]

    def form_against(self, match: _Compared) -> PublisherForm | None:
        """Return what recurs on the pages of a match's publisher, unless they repeat this text."""
        form = self.of_others.get(match.publisher)
        if form is None or not form.shingles.size:
            return None
        is_whole = match.overlap.share_of_article >= THE_SAME_AGAIN
        return None if is_whole and form.is_made_of(self.text.text, self.text.article_id) else form

    def beside(
        self, match: _Compared, forms: Mapping[str, PublisherForm]
    ) -> tuple[NDArray[np.uint64], bool]:
        """Return what says nothing when the text is held against a match; `forms` are in the text.

        And whether it says nothing of the match's other copies either: what the text's own
        publisher repeats does not count between others.
        """
        form = self.form_against(match)
        parts = [form.shingles for form in ((form,) if form else forms.values())]
        if self.anywhere.size and not covers_whole(self.anywhere, match.text):
            parts.append(self.anywhere)
        is_doubted = any(part.size for part in parts) or match.publisher == self.text.publisher
        is_whole = match.overlap.share_of_other >= THE_SAME_AGAIN
        is_anothers = is_whole and match.publisher not in ("", self.text.publisher)
        if not (is_anothers and self.own.is_made_of(match.text, match.stored.article_id)):
            parts.append(self.own.shingles)
        recurring = np.unique(np.concatenate(parts)) if any(p.size for p in parts) else NOTHING
        return recurring, is_doubted


def least_shared(sketch: Sketch) -> int:
    """Say how many sampled shingles a candidate shares, at least."""
    return LEAST_SHARED if sketch.size > SHORT_SKETCH else 1


class CopyDetector:
    """Judges texts against the fingerprints of those that were added.

    `load` gives the stored texts of articles, in any order; an article that is gone is left out
    and is no candidate. Long work is done in a thread, but not safe for use by two callers at once.
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
        self._characters = 0
        self._at_hand: dict[int, StoredText] = {}

    async def judge(
        self, submitted: SubmittedText, known: Sequence[tuple[int, int]] | None = None
    ) -> Judgement:
        """Say what a text is a copy of, or that it is a round-up, or (by saying nothing) new.

        `known` are the fingerprints' candidates, where they were asked for already.
        """
        self._at_hand.clear()
        article = await self._published(submitted)
        candidates = await self._candidates(article.text, submitted.article_id, known)
        if not candidates:
            return Judgement()
        compared = await self._compare(article, candidates)
        links = await self._links(article, compared, beside=(article,))
        if (links.denied or links.strung) and len(compared) < len(candidates):
            # What seemed to prove a story does not: its other members have to be asked.
            compared = await self._compare(article, candidates, every=True)
            links = await self._links(article, compared, beside=(article,))
        return _judgement(article.text, links)

    async def completes(self, submitted: SubmittedText, whole: str) -> bool:
        """Whether lines that recur on a text's site are of another publisher's text that it copies.

        The `whole` is the text with those lines. The rest of the other one stands in it, too; else they
        may be the site's own, which somebody else has put up.
        """
        verdicts = (await self.judge(replace(submitted, text=whole))).verdicts
        ids = [(verdict.of_article_id, 0) for verdict in verdicts]
        own = await self._published(replace(submitted, article_id=None))
        with_lines = await self._published(replace(submitted, text=whole, article_id=None))
        lines = with_lines.text.tokens.size - own.text.tokens.size
        for stored in await self._candidates(own.text, None, ids):
            if publisher_of(stored.host) == own.publisher:
                continue
            other = self._shingled(stored.text)
            without, complete = measure(own.text, other), measure(with_lines.text, other)
            gained = complete.share_of_other - without.share_of_other
            if (
                without.share_of_other >= STANDS_ANYWAY
                and gained * other.tokens.size > THEIR_LINES * lines
            ):
                return True
        return False

    async def sketch_of(self, text: str) -> Sketch:
        """Return what the fingerprints know of a text."""
        return await run_long(len(text), lambda: self._shingled(text).sketch)

    async def add(self, article_id: int, text: str, seen: datetime) -> None:
        """Remember an article's text; what was remembered of that article is replaced."""
        await self._fingerprints.add(article_id, await self.sketch_of(text), seen)

    async def remove(self, article_id: int) -> None:
        """Forget an article."""
        await self._fingerprints.remove(article_id)

    async def regroup(
        self, members: Sequence[StoredText], others: Collection[int] = ()
    ) -> Regrouped:
        """Say which of these members of a story belong together, as far as their texts show.

        Each is judged anew, with all that is known by now: round-ups, and what recurs. The groups
        come in the order of their first members, and so do the members of each. Two are copies
        when neither shows that they are not: what recurs on a site is seen from its own pages.
        The `others` of the story are not looked at, and belong together whatever they say.
        """
        self._at_hand.clear()
        seen = {member.article_id: await self._links_of(member) for member in members}
        links = [
            (one, other)
            for one, links in seen.items()
            for other in (match.stored.article_id for match in links.kept)
            if one not in _denied_by(seen.get(other))
        ]
        with_others = {one for one, other in links if other in others}
        regrouped = Regrouped(
            groups=joined_groups([[one] for one in seen], links),
            roundups={one: links.parts for one, links in seen.items() if links.parts},
        )
        return with_rest(regrouped, with_others)

    async def _links_of(self, member: StoredText) -> _Links:
        """Find all articles that a stored one is a copy of, in its own story and in others."""
        article = await run_long(len(member.text), lambda: self._of(member))
        candidates = await self._candidates(article.text, member.article_id)
        compared = await self._compare(article, candidates, every=True)
        return await self._links(article, compared, beside=())

    async def _links(
        self,
        article: PublishedText,
        compared: Sequence[_Compared],
        beside: Sequence[PublishedText],
    ) -> _Links:
        """Keep the matches that are neither round-ups nor made of what recurs.

        A round-up is a copy of none of its parts, but may be one of another round-up. `beside` are
        texts that are not indexed yet, and may be parts of a round-up.
        """
        work = _work(article, compared)
        weighed = await run_long(work, lambda: _all_weighed(article, compared, self._settings))
        parts = await run_long(work, lambda: _strung_together(article, compared, weighed))
        if parts:
            twins = [match for match in compared if match.relation in _TWINS]
            return _Links(kept=twins, parts=parts)
        kept: list[_Compared] = []
        denied: list[_Compared] = []
        doubted: list[int] = []
        strung: list[int] = []
        for before, (match, is_doubted) in zip(compared, weighed, strict=True):
            article_id = match.stored.article_id
            if await self._strings_together(match, beside):
                strung.append(article_id)
            elif match.relation is not None:
                kept.append(match)
            elif before.relation is not None:
                denied.append(match)
                doubted += [article_id] if is_doubted else []
        return _Links(
            kept=await run_long(work, lambda: _without_bridges(article, kept)),
            denied=tuple(match.stored.article_id for match in denied),
            doubted=tuple(sorted((*doubted, *strung))),
            strung=tuple(strung),
            of_its_form=tuple(
                match.stored.article_id
                for match in denied
                if match.publisher and match.publisher == article.publisher
            ),
        )

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
        at_hand = self._at_hand
        if sum(len(text.text) for text in at_hand.values()) > REMEMBERED_CHARACTERS:
            at_hand.clear()
        missing = [article_id for article_id in ids if article_id not in at_hand]
        if missing:
            at_hand |= {text.article_id: text for text in await self._load(missing)}
        return [at_hand[article_id] for article_id in ids if article_id in at_hand]

    async def _compare(
        self, article: PublishedText, candidates: Sequence[StoredText], *, every: bool = False
    ) -> list[_Compared]:
        """Compare an article with candidates, until each of their stories is proven its own.

        More copies of a proven story would prove nothing more; but pages of the article's own
        publisher are compared all the same, since they show what its wrapper is. With `every`, all
        are.
        """

        def compare_all() -> list[_Compared]:
            compared: list[_Compared] = []
            proven: set[int] = set()
            for stored in candidates:
                publisher = publisher_of(stored.host)
                known = not every and stored.story_id in proven
                if known and (not publisher or publisher != article.publisher):
                    continue
                published = self._of(stored)
                overlap = compare(article.text, published.text)
                relation = None
                if overlap.may_be_copies:
                    relation = relation_of(overlap, self._settings, article.beside(published))
                if relation is not None and stored.story_id:
                    proven.add(stored.story_id)
                compared.append(_Compared(stored, published, overlap, relation))
            return compared

        characters = len(article.text.text) + sum(len(stored.text) for stored in candidates)
        return await run_long(characters, compare_all)

    async def _strings_together(self, match: _Compared, beside: Sequence[PublishedText]) -> bool:
        """Whether a text that has a piece of the article is a round-up, those beside among its parts.

        Of one that has too little of the article for a copy, only whether it is one by this piece.
        """
        overlap = match.overlap
        if match.relation is not None:
            if overlap.share_of_other >= WHOLE or overlap.share_of_article < HELD:
                return False
        elif not beside or overlap.shared_words < LEAST_WORDS:
            return False
        stored = await self._candidates(match.text, match.stored.article_id)
        characters = len(match.stored.text) + sum(len(other.text) for other in stored)

        def strings() -> bool:
            others = [self._of(other) for other in stored]
            if not _parts_of(match.published, [*others, *beside]):
                return False
            return match.relation is not None or not _parts_of(match.published, others)

        return await run_long(characters, strings)

    def _of(self, stored: StoredText) -> PublishedText:
        """Return what of a stored text is evidence; one that is in no story is its own."""
        return PublishedText(
            article_id=stored.article_id,
            publisher=publisher_of(stored.host),
            story=stored.story_id or -stored.article_id,
            text=self._shingled(stored.text),
            divisions=stored.divisions,
            title=stored.title,
            at=stored.at,
        )

    async def _published(self, submitted: SubmittedText) -> PublishedText:
        text = submitted.text
        return PublishedText(
            article_id=submitted.article_id or _NEWEST,
            publisher=publisher_of(submitted.host),
            story=0,
            text=await run_long(len(text), lambda: self._shingled(text)),
            title=submitted.title,
            at=submitted.at,
        )

    def _shingled(self, text: str) -> ShingledText:
        """Return a text's shingles; the last ones are kept, since a story's texts come back often."""
        known = self._remembered.pop(text, None)
        if known is None:
            known = shingle(text)
            self._characters += len(text)
        self._remembered[text] = known
        while self._characters > REMEMBERED_CHARACTERS and len(self._remembered) > 1:
            gone, _ = self._remembered.popitem(last=False)
            self._characters -= len(gone)
        return known


async def run_long(characters: int, work: Callable[[], _T]) -> _T:
    """Do work on so many characters, and let the event loop go on meanwhile where it takes long."""
    return work() if characters < LONG_WORK else await asyncio.to_thread(work)


def _work(article: PublishedText, compared: Sequence[_Compared]) -> int:
    return len(article.text.text) + sum(len(match.stored.text) for match in compared)


def _strung_together(
    article: PublishedText,
    compared: Sequence[_Compared],
    weighed: Sequence[tuple[_Compared, bool]],
) -> tuple[int, ...]:
    """Name the articles that a round-up is made of; none when it is none.

    A page that shares nothing with it but what recurs is no part of it.
    """
    pieces = [
        match
        for match, (without, _) in zip(compared, weighed, strict=True)
        if without.overlap.shared_words >= LEAST_WORDS
    ]
    others = [match.published for match in pieces]
    parts = _parts_of(article, others) if len(pieces) >= LEAST_PIECES else ()
    return tuple(sorted(others[place].article_id for place in parts))


def _parts_of(text: PublishedText, others: Sequence[PublishedText]) -> tuple[int, ...]:
    later_of = [
        other.publisher
        if other.article_id > text.article_id and other.publisher != text.publisher
        else ""
        for other in others
    ]
    return parts_of(text.text, [other.text for other in others], later_of)


def _without_bridges(article: PublishedText, kept: Sequence[_Compared]) -> list[_Compared]:
    """Leave out what would make two stories of another publisher one by a text that both hold.

    They were told apart with it; of such stories the article is a copy of the closest one alone.
    """
    shared: dict[int, NDArray[np.bool_]] = {}
    chosen: list[_Compared] = []
    for match in sorted(kept, key=_closest_first):
        part = covered_by(article.text, held_by(article.text, match.text))
        bridged = [
            other
            for other in chosen
            if other.publisher == match.publisher not in ("", article.publisher)
            and other.story != match.story
        ]
        if not any(_is_one_part(part, shared[other.stored.article_id]) for other in bridged):
            chosen.append(match)
            shared[match.stored.article_id] = part
    return chosen


def _is_one_part(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> bool:
    both = int(np.count_nonzero(one & other))
    least = min(int(np.count_nonzero(one)), int(np.count_nonzero(other)))
    return both >= ONE_PART * least


def _recurrence(article: PublishedText, compared: Sequence[_Compared]) -> _Recurrence:
    own = [
        match.published
        for match in compared
        if article.publisher and match.publisher == article.publisher and not _holds_whole(match)
    ]
    related = {match.story for match in compared if match.relation is not None}
    unrelated: list[PublishedText] = []
    pages: dict[str, dict[int, PublishedText]] = defaultdict(dict)
    for match in compared:
        if match.publisher in ("", article.publisher):
            continue
        pages[match.publisher].setdefault(match.story, match.published)
        if match.story not in related:
            unrelated.append(match.published)
    if len(related) == 1 and any(_holds_whole(match) for match in compared if match.relation):
        unrelated.clear()  # what several texts quote is no wrapper of the one that it stands in
    of_others = {
        publisher: form_of(article.text, list(texts.values()), OTHER_PAGES + 1)
        for publisher, texts in pages.items()
    }
    anywhere = recurring_anywhere(article.text, unrelated)
    return _Recurrence(
        text=article,
        own=form_of(article.text, own, OTHER_PAGES),
        of_others=of_others,
        anywhere=NOTHING if covers_whole(anywhere, article.text) else anywhere,
    )


def _holds_whole(match: _Compared) -> bool:
    return max(match.overlap.share_of_article, match.overlap.share_of_other) >= THE_SAME_AGAIN


def _all_weighed(
    article: PublishedText, compared: Sequence[_Compared], settings: CopySettings
) -> list[tuple[_Compared, bool]]:
    """Say of each match whether it holds without what recurs; equal texts are equal all the same.

    And of one that does not, whether its own story is doubted by that. Where nothing is a copy, and
    not even two share enough for the parts of a round-up, there is nothing to weigh.
    """
    shared = sum(match.overlap.shared_words >= LEAST_WORDS for match in compared)
    if shared < LEAST_PIECES and not any(match.relation for match in compared):
        return [(match, False) for match in compared]
    recurrence = _recurrence(article, compared)

    def weighed(forms: Mapping[str, PublisherForm]) -> list[tuple[_Compared, bool]]:
        return [_weighed(article, match, recurrence, forms, settings) for match in compared]

    first = weighed({})
    forms = {
        match.publisher: form
        for match, _ in first
        if match.relation is not None and (form := recurrence.form_against(match))
    }
    # A copy of one report of a form has the form in common with the copies of all others.
    return weighed(forms) if forms else first


def _weighed(
    article: PublishedText,
    match: _Compared,
    recurrence: _Recurrence,
    forms: Mapping[str, PublisherForm],
    settings: CopySettings,
) -> tuple[_Compared, bool]:
    if match.overlap.equal or (match.relation is None and match.overlap.shared_words < LEAST_WORDS):
        return match, False  # what recurs could make nothing else of it
    recurring, is_doubted = recurrence.beside(match, forms)
    if not recurring.size:
        return match, False
    overlap = measure(article.text, match.text, recurring)
    overlap = replace(overlap, differences=match.overlap.differences)
    known = article.beside(match.published)
    if match.relation is not None and is_copy_by_the_rest(overlap, settings, known):
        return match, False
    return replace(match, overlap=overlap, relation=None), is_doubted


def _judgement(article: ShingledText, found: _Links) -> Judgement:
    kept = sorted(found.kept, key=_closest_first)
    verdicts = [
        _verdict(match, passages(article, match.text) if place == 0 else ())
        for place, match in enumerate(kept)
    ]
    return Judgement(tuple(verdicts), found.parts, found.doubted, found.strung, found.of_its_form)


def _denied_by(found: _Links | None) -> tuple[int, ...]:
    """Name the articles that a member was found to be no copy of, though they share enough."""
    return () if found is None else (*found.denied, *found.strung)


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
