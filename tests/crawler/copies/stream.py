"""A stream of texts through a detector, and the stories that come out of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from crawler.copies.detector import CopyDetector
from crawler.copies.records import StoredText, SubmittedText
from crawler.settings import CopySettings
from storage.hot.fingerprints.memory import MemoryFingerprints

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from storage.models.stories import CopyVerdict

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A text that comes in, and the story that it is known to be of."""

    article_id: int
    story: str
    text: str
    host: str = ""


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

    async def add(self, article_id: int, text: str, host: str = "") -> None:
        self.texts[article_id] = StoredText(article_id, text, host)
        await self.detector.add(article_id, text, NOW)

    async def add_submitted(self, article_id: int, submitted: SubmittedText) -> None:
        """Add a text with all that is known of it."""
        self.texts[article_id] = StoredText(
            article_id, submitted.text, submitted.host, title=submitted.title, at=submitted.at
        )
        await self.detector.add(article_id, submitted.text, NOW)

    def put_in_stories(self, story_of: Mapping[int, int]) -> None:
        """Say in which story each text is; 0 is none, so numbers are moved by one."""
        for article_id, story in story_of.items():
            stored = self.texts[article_id]
            self.texts[article_id] = replace(stored, story_id=story + 1)

    async def judge(self, text: str, host: str = "") -> tuple[CopyVerdict, ...]:
        return (await self.detector.judge(SubmittedText(text, host))).verdicts

    async def _load(self, article_ids: Sequence[int]) -> list[StoredText]:
        return [self.texts[known] for known in article_ids if known in self.texts]


async def stream(arrivals: Iterable[Arrival]) -> Streamed:
    """Judge and add each text in turn, as the pipeline does.

    A copy of several stories makes them one, and a story that is doubted is grouped anew.
    """
    archive = Archive()
    found = Streamed({}, {})
    for arrival in arrivals:
        archive.put_in_stories(found.story_of)
        judged = await archive.detector.judge(SubmittedText(arrival.text, arrival.host))
        stories = {found.story_of[verdict.of_article_id] for verdict in judged.verdicts}
        found.story_of[arrival.article_id] = arrival.article_id
        for article_id, story in found.story_of.items():
            if story in stories:
                found.story_of[article_id] = arrival.article_id
        if judged.verdicts:
            found.closest[arrival.article_id] = judged.verdicts[0]
        await archive.add(arrival.article_id, arrival.text, arrival.host)
        for story in {found.story_of[doubted] for doubted in judged.doubted}:
            members = [each for each, own in found.story_of.items() if own == story]
            regrouped = await archive.detector.regroup([archive.texts[each] for each in members])
            for group in regrouped.groups:
                found.story_of.update(dict.fromkeys(group, group[-1]))
    return found
