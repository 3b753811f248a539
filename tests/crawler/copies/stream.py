"""A stream of texts through a detector, and the stories that come out of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from crawler.copies.detector import CopyDetector
from crawler.copies.records import StoredText, SubmittedText
from crawler.settings import CopySettings
from storage.fingerprints.memory import MemoryFingerprints

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from storage.models import CopyVerdict

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A text that comes in, and the story that it is known to be of."""

    article_id: int
    story: str
    text: str


@dataclass(frozen=True, slots=True)
class Streamed:
    """Which story each article was put into, and the closest verdict of each copy."""

    story_of: dict[int, int]
    closest: dict[int, CopyVerdict]


class Archive:
    """Stored texts, as a detector is given them."""

    def __init__(self) -> None:
        self.texts: dict[int, StoredText] = {}
        self.detector = CopyDetector(MemoryFingerprints(), self._load, CopySettings())

    async def add(self, article_id: int, text: str) -> None:
        self.texts[article_id] = StoredText(article_id, text)
        await self.detector.add(article_id, text, NOW)

    async def judge(self, text: str, host: str = "") -> tuple[CopyVerdict, ...]:
        return (await self.detector.judge(SubmittedText(text, host))).verdicts

    async def _load(self, article_ids: Sequence[int]) -> list[StoredText]:
        return [self.texts[known] for known in article_ids if known in self.texts]


async def stream(arrivals: Iterable[Arrival]) -> Streamed:
    """Judge and add each text in turn; a copy of several stories makes them one."""
    archive = Archive()
    found = Streamed({}, {})
    for arrival in arrivals:
        verdicts = await archive.judge(arrival.text)
        stories = {found.story_of[verdict.of_article_id] for verdict in verdicts}
        found.story_of[arrival.article_id] = arrival.article_id
        for article_id, story in found.story_of.items():
            if story in stories:
                found.story_of[article_id] = arrival.article_id
        if verdicts:
            found.closest[arrival.article_id] = verdicts[0]
        await archive.add(arrival.article_id, arrival.text)
    return found
