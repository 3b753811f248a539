"""Documents streamed in order through the true detector, and the originals that it chooses."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from crawler.copies.detector import CopyDetector
from crawler.copies.original import UNKNOWN, choose_origin
from crawler.copies.records import OriginCandidate, StoredText, SubmittedText
from crawler.settings import CopySettings
from storage.fingerprints.memory import MemoryFingerprints
from storage.models import DomainStanding
from tests.bench.copies.documents import Stories, places_by_story

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.models import CopyVerdict
    from tests.bench.copies.documents import Document


async def fold(documents: Sequence[Document]) -> tuple[Stories, dict[int, CopyVerdict]]:
    """Judge and add each document in turn; each copy's closest verdict is kept."""
    stored: dict[int, StoredText] = {}

    async def load(article_ids: Sequence[int]) -> list[StoredText]:
        return [replace(stored[known], story_id=stories.root(known) + 1) for known in article_ids]

    stories = Stories()
    detector = CopyDetector(MemoryFingerprints(), load, CopySettings())
    closest: dict[int, CopyVerdict] = {}
    for document in documents:
        judged = await detector.judge(SubmittedText(document.text, document.site))
        verdicts = judged.verdicts
        stories.add(document.id, [verdict.of_article_id for verdict in verdicts])
        if verdicts:
            closest[document.id] = verdicts[0]
        stored[document.id] = StoredText(document.id, document.text, document.site)
        await detector.add(document.id, document.text, document.seen_at)
    return stories, closest


def original_accuracy(
    documents: Sequence[Document], verdicts: dict[int, CopyVerdict], *, with_history: bool = True
) -> float:
    """Of the labelled stories that hold a copy, the share whose original is chosen rightly.

    The stories are taken in the order in which they began; who was first in those before, as it
    was chosen then, is known of the hosts, as it is to the daemon.
    """
    groups = [[documents[place] for place in places] for places in places_by_story(documents)]
    judged = [
        members
        for members in groups
        if len(members) > 1 and any(document.original for document in members)
    ]
    history = _History()
    right = 0
    for members in sorted(judged, key=lambda members: min(each.seen_at for each in members)):
        known = history.standing() if with_history else UNKNOWN
        chosen = _chosen(members, verdicts, known)
        history.add(chosen, members)
        right += chosen.original is True
    return round(right / len(judged), 4) if judged else 1.0


class _History:
    """Who copied whom in the stories so far, by what was chosen."""

    def __init__(self) -> None:
        self._led: Counter[tuple[str, str]] = Counter()

    def add(self, chosen: Document, members: Sequence[Document]) -> None:
        self._led.update((chosen.site, m.site) for m in members if m.site != chosen.site)

    def standing(self) -> DomainStanding:
        copied: Counter[str] = Counter()
        copying: Counter[str] = Counter()
        for (host, other), number in self._led.items():
            copied[host] += number
            copying[other] += number
        return DomainStanding(frozenset(), self._led, copied, copying)


def _chosen(
    members: Sequence[Document], verdicts: dict[int, CopyVerdict], standing: DomainStanding
) -> Document:
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
