"""Stories whose articles are doubted are looked at again, and divided where they are not one story.

A look costs the same however large the story is: the doubted articles and their copies are judged
anew, the other members belong together as they did. It is looked at again only when clearly more
texts doubt it; and what came out of one division is not joined again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog

from crawler.articles.known_texts import KnownTexts
from crawler.articles.transactions import divide_doubted
from crawler.copies.detector import CopyDetector, run_long
from crawler.copies.doubts import MOST_LOOKED, is_due, looked_at
from crawler.copies.records import Judgement, Regrouped, StoredText, linked
from crawler.copies.revised import links_to_earlier
from crawler.settings import CopySettings
from storage.models.stories import Doubts
from storage.process.quarantine import Step
from storage.process.work_in_hand import WorkInHand
from storage.sql.database import Database
from storage.stories import articles, divisions, stories

MOST_EARLIER = 100  # earlier texts of a story that are looked at, the last ones first


class StoryReview:
    """Looks at stories anew. Takes the texts from the store."""

    def __init__(
        self, db: Database, detector: CopyDetector, known: KnownTexts, settings: CopySettings
    ) -> None:
        self._db = db
        self._detector = detector
        self._known = known
        self._settings = settings
        self._left: set[int] | None = None
        self._log = structlog.get_logger("story_review")

    async def doubted(self, judged: Judgement, now: datetime) -> None:
        """Look at the stories of articles that a text doubted, where there is more to know now.

        What is more than one look is left for the next text. The first time all that is not settled
        is taken up, since a look may have been cut off.
        """
        if self._left == set() and not judged.doubted:
            return
        asked = None if self._left is None else sorted({*self._left, *judged.doubted})
        due = [each for each in await self._db.read(divisions.doubts, asked) if is_due(each)]
        self._left = {each.article_id for each in due}
        looked = 0
        for story_id in sorted({each.story_id for each in due}):
            if looked < MOST_LOOKED:
                doubts = [each for each in due if each.story_id == story_id][:MOST_LOOKED]
                self._left -= {each.article_id for each in doubts}
                work = WorkInHand(self._db, Step.STORY, story_id, lambda: now)
                if (await work.begin()).granted:
                    async with work:
                        looked += await self.review(story_id, doubts, now)

    async def review(self, story_id: int, doubts: Sequence[Doubts], now: datetime) -> int:
        """Look at one story, divide it where its texts show that, and settle the doubts.

        Return how many of its members were judged anew.
        """
        members = await self._db.read(stories.member_ids, story_id)
        regrouped = await self.regrouped(members, [each.article_id for each in doubts])
        new = await self._db.write(divide_doubted, story_id, regrouped, doubts, now)
        if new:
            self._log.info("story_divided", story=story_id, new_stories=new)
        return len(regrouped.members)

    async def regrouped(self, members: Sequence[int], doubted: Sequence[int]) -> Regrouped:
        """Say which members of a story belong together, by what they say and what they said.

        Of a large story the doubted and their copies are looked at, the others are not.
        """
        copies = await self._db.read(stories.copies_of, doubted)
        chosen, others = looked_at(members, doubted, copies)
        looked = sorted(await self._known.load(chosen), key=lambda text: text.article_id)
        regrouped = await self._detector.regroup(looked, others)
        if len(regrouped.groups) + bool(others) == 1:
            return regrouped
        whole = [text for text in looked if text.article_id not in regrouped.roundups]
        earlier = await self.earlier([text.article_id for text in whole])
        characters = sum(len(text.text) for text in (*whole, *earlier)) * len(whole)
        links = await run_long(
            characters, lambda: [*links_to_earlier(whole, earlier, self._settings)]
        )
        return linked(regrouped, links)

    async def earlier(self, article_ids: Sequence[int]) -> list[StoredText]:
        """Return what these articles said before, the last first."""
        said = await self._db.read(articles.earlier_texts, article_ids, MOST_EARLIER)
        return [StoredText(article_id, text) for article_id, text in said]
