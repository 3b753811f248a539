"""Documents streamed in order into stories, as the pipeline folds them, and the originals chosen."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from crawler.copies.detector import CopyDetector
from crawler.copies.doubts import is_due, looked_at
from crawler.copies.origin.original import UNKNOWN, choose_origin
from crawler.copies.records import OriginCandidate, StoredText, SubmittedText, time_of
from crawler.settings import CopySettings
from storage.hot.fingerprints.memory import MemoryFingerprints
from storage.models.stories import DomainReputation, Doubts
from tests.bench.copies.documents import places_by_story

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crawler.copies.records import Judgement
    from storage.models.stories import CopyVerdict
    from tests.bench.copies.documents import Document


@dataclass(slots=True)
class Folded:
    """Which story each document is in, by number, and each copy's closest verdict."""

    story_of: dict[int, int] = field(default_factory=dict)
    members: dict[int, list[int]] = field(default_factory=dict)
    verdicts: dict[int, CopyVerdict] = field(default_factory=dict)
    divisions: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    _begun: int = 0

    def add(self, document: int, judged: Judgement) -> None:
        """Put a document into the story that it is a copy of; a copy of several makes them one.

        But not of those that came out of one division.
        """
        copied: list[int] = []
        for verdict in judged.verdicts:
            story = self.story_of[verdict.of_article_id]
            apart = any(self.divisions[story] & self.divisions[other] for other in copied)
            if story not in copied and not apart:
                copied.append(story)
        copied.sort()
        if judged.verdicts:
            self.verdicts[document] = judged.verdicts[0]
        gone = [member for story in copied[1:] for member in self.members.pop(story)]
        for story in copied[1:]:
            self.divisions[copied[0]] |= self.divisions.pop(story)
        self._put(copied[0] if copied else self._begin(), [*gone, document])
        if judged.of_its_form and not copied:
            other = self.story_of[judged.of_its_form[0]]
            self.divisions[other] = self.divisions[other] or {other}
            self.divisions[self.story_of[document]] |= self.divisions[other]

    def divide(self, story: int, groups: Sequence[Sequence[int]]) -> None:
        """Take a story apart; what verdicts say of documents in other groups is forgotten."""
        self.members[story] = []
        divisions = self.divisions[story] = self.divisions[story] or {story}
        for place, group in enumerate(groups):
            self._put(self._begin() if place else story, group)
            self.divisions[self.story_of[group[0]]] |= divisions
            for member in group:
                verdict = self.verdicts.get(member)
                if verdict is not None and verdict.of_article_id not in group:
                    del self.verdicts[member]

    def _begin(self) -> int:
        self._begun += 1
        self.members[self._begun] = []
        return self._begun

    def _put(self, story: int, documents: Iterable[int]) -> None:
        for document in documents:
            self.story_of[document] = story
            self.members[story].append(document)
        self.members[story].sort()


class Folding:
    """The pipeline's steps from a text to its story, without pages and without a database."""

    def __init__(self) -> None:
        self.folded = Folded()
        self.detector = CopyDetector(MemoryFingerprints(), self._load, CopySettings())
        self._texts: dict[int, StoredText] = {}
        self._doubts: dict[int, list[int]] = defaultdict(lambda: [0, 0])

    async def take(self, document: Document) -> Judgement:
        """Judge a document, put it into a story, and look again at the stories that it doubts."""
        at = time_of(document.published, document.seen_at)
        judged = await self.detector.judge(
            SubmittedText(document.text, document.site, title=document.title, at=at)
        )
        self.folded.add(document.id, judged)
        self._texts[document.id] = StoredText(
            document.id, document.text, document.site, title=document.title, at=at
        )
        await self.detector.add(document.id, document.text, document.seen_at)
        for doubted in judged.doubted:
            alone = len(self.folded.members[self.folded.story_of[doubted]]) == 1
            self._doubts[doubted][0] += doubted in judged.strung or not alone
        due = [each for each in judged.doubted if is_due(Doubts(each, 0, *self._doubts[each]))]
        for story in sorted({self.folded.story_of[doubted] for doubted in due}):
            await self._look(story, [each for each in due if self.folded.story_of[each] == story])
        return judged

    async def _look(self, story: int, doubted: Sequence[int]) -> None:
        members, verdicts = self.folded.members[story], self.folded.verdicts
        copies = [each for each in members if each in verdicts]
        copies = [each for each in copies if verdicts[each].of_article_id in doubted]
        looked, others = looked_at(members, doubted, copies)
        regrouped = await self.detector.regroup(self._stored(looked), others)
        rest = [*regrouped.rest, *sorted(others)]
        groups = [*([rest] if rest else []), *regrouped.groups]
        if len(groups) > 1:
            self.folded.divide(story, groups)
        for each in doubted:
            self._doubts[each][1] = self._doubts[each][0]

    async def _load(self, documents: Sequence[int]) -> list[StoredText]:
        return self._stored(documents)

    def _stored(self, documents: Sequence[int]) -> list[StoredText]:
        return [
            replace(
                self._texts[document],
                story_id=self.folded.story_of[document],
                divisions=frozenset(self.folded.divisions[self.folded.story_of[document]]),
            )
            for document in documents
        ]


async def fold(documents: Sequence[Document]) -> Folded:
    """Take each document in turn."""
    folding = Folding()
    for document in documents:
        await folding.take(document)
    return folding.folded


def original_accuracy(
    documents: Sequence[Document], verdicts: dict[int, CopyVerdict], *, with_history: bool = True
) -> float:
    """Of the labelled stories that hold a copy, the share whose original is chosen rightly.

    The stories are taken in the order in which they began; who was first in those before, as it
    was chosen then, is known of the hosts, as it is to the daemon.
    """
    judged = stories_with_copies(documents)
    history = _History()
    right = 0
    for members in sorted(judged, key=lambda members: min(each.seen_at for each in members)):
        known = history.standing() if with_history else UNKNOWN
        first = chosen(members, verdicts, known)
        history.add(first, members)
        right += first.original is True
    return round(right / len(judged), 4) if judged else 1.0


def stories_with_copies(documents: Sequence[Document]) -> list[list[Document]]:
    """Return the labelled stories that hold an original and a copy of it."""
    groups = [[documents[place] for place in places] for places in places_by_story(documents)]
    return [
        members
        for members in groups
        if len(members) > 1 and any(document.original for document in members)
    ]


class _History:
    """Who copied whom in the stories so far, by what was chosen."""

    def __init__(self) -> None:
        self._led: Counter[tuple[str, str]] = Counter()

    def add(self, chosen: Document, members: Sequence[Document]) -> None:
        self._led.update((chosen.site, m.site) for m in members if m.site != chosen.site)

    def standing(self) -> DomainReputation:
        copied: Counter[str] = Counter()
        copying: Counter[str] = Counter()
        for (host, other), number in self._led.items():
            copied[host] += number
            copying[other] += number
        return DomainReputation(frozenset(), self._led, copied, copying)


def chosen(
    members: Sequence[Document],
    verdicts: dict[int, CopyVerdict],
    standing: DomainReputation = UNKNOWN,
) -> Document:
    """Return the member of a story that is chosen for its original."""
    origin = choose_origin([_candidate(document, verdicts) for document in members], standing)
    return next(document for document in members if document.id == origin.article_id)


def _candidate(document: Document, verdicts: dict[int, CopyVerdict]) -> OriginCandidate:
    return OriginCandidate(
        article_id=document.id,
        host=document.site,
        title=document.title,
        words=len(document.text.split()),
        published=document.published,
        first_seen=document.seen_at,
        verdict=verdicts.get(document.id),
    )
