"""What the demo claims of its world holds for the true extractor, detector and weigher."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from crawler.copies.detector import CopyDetector
from crawler.copies.origin.original import choose_origin
from crawler.copies.records import OriginCandidate, StoredText, SubmittedText
from crawler.extract.article import extract_article
from crawler.settings import CopySettings, ExtractSettings
from scheduler.demo.page_renderer import PageRenderer
from scheduler.demo.world import PageKind, load_world
from storage.hot.fingerprints.memory import MemoryFingerprints

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
WORLD = load_world()


async def test_the_copies_and_only_they_are_folded_and_each_original_is_found() -> None:
    texts: dict[int, StoredText] = {}

    async def load(article_ids: Sequence[int]) -> list[StoredText]:
        return [texts[known] for known in article_ids if known in texts]

    printer = PageRenderer(WORLD, NOW)
    detector = CopyDetector(MemoryFingerprints(), load, CopySettings())
    story_of: dict[int, int] = {}
    stories: dict[int, list[OriginCandidate]] = defaultdict(list)
    for number, page in enumerate(WORLD.pages):
        article = extract_article(
            printer.page(page),
            url=page.url,
            content_type="text/html; charset=utf-8",
            settings=ExtractSettings(),
            now=NOW,
        )
        host, seen = page.publisher.host, NOW + timedelta(seconds=number)
        verdicts = (await detector.judge(SubmittedText(article.text, host))).verdicts
        assert bool(verdicts) == (page.form is not PageKind.OWN), page.url
        texts[number] = StoredText(number, article.text, host)
        await detector.add(number, article.text, seen)
        story_of[number] = story_of[verdicts[0].of_article_id] if verdicts else number
        stories[story_of[number]].append(
            OriginCandidate(
                article_id=number,
                host=host,
                title=article.title,
                words=len(article.text.split()),
                published=article.dates.published,
                first_seen=seen,
                signals=article.signals,
                verdict=verdicts[0] if verdicts else None,
            )
        )
    for members in stories.values():
        pages = [WORLD.pages[member.article_id] for member in members]
        assert len({page.story.key for page in pages}) == 1
        original = WORLD.original(pages[0].story.key)
        assert WORLD.pages[choose_origin(members).article_id] is original
