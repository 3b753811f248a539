"""The index built from the database, and the one read from its snapshot, are the index that ran."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from crawler.articles.known_texts import KnownTexts
from crawler.copies.detector import CopyDetector
from crawler.copies.records import Judgement, SubmittedText
from crawler.settings import CopySettings
from storage.crawl import pages
from storage.models.articles import Article
from storage.models.sources import Source
from storage.sql.database import Database
from storage.stories import articles, stories
from tests.crawler.copies import texts
from tests.storage.world import NOON, a_page, a_source, after, extracted

ASKED = [texts.farm(text) for text in texts.STORIES.values()] + [texts.unrelated(5)]


class Newsroom:
    """A store that articles are written into, and the texts known of it."""

    def __init__(self, db: Database, file: Path | None) -> None:
        self.db = db
        self.file = file
        with db.begin() as conn:
            self.source: Source = a_source(conn)

    def write(self, name: str, text: str) -> Article:
        with self.db.begin() as conn:
            page = a_page(conn, self.source, name)
            return articles.insert_new(
                conn,
                page=page,
                source_id=self.source.id,
                story_id=stories.begin(conn, NOON),
                host="harbor-herald.example",
                extracted=extracted(page, text),
                backlog=False,
                now=NOON,
            )

    def revise(self, article: Article, text: str) -> None:
        with self.db.begin() as conn:
            page = pages.get(conn, article.provenance.page_id)
            assert page is not None
            articles.revise(conn, article, extracted(page, text), after(1))

    def known(self, *, days_later: float = 0) -> KnownTexts:
        now = after(2) + timedelta(days=days_later)
        return KnownTexts(self.db, CopySettings(), file=self.file, clock=lambda: now)


async def answers(detector: CopyDetector) -> list[Judgement]:
    return [await detector.judge(SubmittedText(text)) for text in ASKED]


@pytest.fixture
def room(db: Database, tmp_path: Path) -> Newsroom:
    return Newsroom(db, tmp_path / "fingerprints.npz")


async def test_a_rebuilt_index_answers_as_the_one_that_ran(room: Newsroom) -> None:
    running = await room.known().open()
    for name, text in texts.STORIES.items():
        article = room.write(name, text)
        await running.add(article.id, text, article.first_seen)
    ran = await answers(running)
    assert await answers(await room.known().open()) == ran
    assert sum(bool(judged.verdicts) for judged in ran) == len(texts.STORIES)


async def test_a_snapshot_and_what_came_after_it_answer_as_the_database(room: Newsroom) -> None:
    names = list(texts.STORIES)
    revised = room.write("revised", texts.unrelated(1))
    for name in names[:4]:
        room.write(name, texts.STORIES[name])
    known = room.known()
    await known.open()
    await known.save()
    for name in names[4:-1]:
        room.write(name, texts.STORIES[name])
    room.revise(revised, texts.STORIES[names[-1]])
    from_snapshot = await answers(await room.known().open())
    assert room.file is not None
    room.file.unlink()
    assert from_snapshot == await answers(await room.known().open())
    assert all(judged.verdicts for judged in from_snapshot[:-1])


async def test_texts_older_than_the_window_are_not_known(room: Newsroom) -> None:
    room.write("ferry", texts.STORIES["ferry"])
    known = room.known()
    await known.open()
    await known.save()
    later = await room.known(days_later=46).open()
    assert not any(judged.verdicts for judged in await answers(later))


async def test_a_disk_that_takes_no_snapshot_stops_nothing(room: Newsroom) -> None:
    assert room.file is not None
    room.file.with_suffix(".part").mkdir()
    await room.known().save()
    assert not room.file.exists()
