"""The stored topics are followed as they change, and the index is checked against the definition."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from scheduler.query.matching.document import MOST_CHARACTERS, document_of
from scheduler.watch.live_topics import LiveTopics
from storage.models.articles import Article
from storage.process import counters
from storage.sql.database import Database
from storage.topics import named_queries, topics
from tests.storage.world import NOON, a_page, a_source, an_article


class Always(random.Random):
    """Chooses every article to be checked."""

    def randrange(self, *_args: object) -> int:
        return 0


class Never(random.Random):
    """Chooses no article to be checked."""

    def randrange(self, *_args: object) -> int:
        return 1


@pytest.fixture
def article(db: Database) -> Article:
    """One article, of which the title is “Ferry sinks”."""
    with db.begin() as conn:
        return an_article(conn, a_page(conn, a_source(conn)))


def a_topic(db: Database, name: str, query: str) -> int:
    with db.begin() as conn:
        return topics.add(conn, name=name, query=query, recipients=[], now=NOON).id


async def answering(live: LiveTopics, article: Article) -> list[int]:
    await live.follow()
    return [topic_id for topic_id, _ in await live.matches(article)]


async def test_topics_are_followed_as_they_come_change_and_go(
    db: Database, article: Article
) -> None:
    live = LiveTopics(db, Never())
    assert await answering(live, article) == []
    first, second = a_topic(db, "one", "ferry"), a_topic(db, "two", "plane")
    assert await answering(live, article) == [first]
    with db.begin() as conn:
        topics.set_query(conn, second, "sinks")
    assert await answering(live, article) == [first, second]
    with db.begin() as conn:
        topics.remove(conn, "one", NOON)
    assert await answering(live, article) == [second]


async def test_a_named_query_is_read_as_it_stands_now(db: Database, article: Article) -> None:
    with db.begin() as conn:
        named_queries.put(conn, name="sea", query="plane", now=NOON)
    topic_id = a_topic(db, "one", "@sea")
    live = LiveTopics(db, Never())
    assert await answering(live, article) == []
    with db.begin() as conn:
        named_queries.put(conn, name="sea", query="ferry", now=NOON)
        topics.touch(conn, [topic_id])
    assert await answering(live, article) == [topic_id]


async def test_a_topic_that_can_not_be_read_stops_no_other(db: Database, article: Article) -> None:
    a_topic(db, "broken", "@nobody")
    whole = a_topic(db, "whole", "ferry")
    assert await answering(LiveTopics(db, Never()), article) == [whole]


async def test_an_answer_says_what_matched_and_where(db: Database, article: Article) -> None:
    a_topic(db, "one", "ferry AND noon")
    live = LiveTopics(db, Never())
    await live.follow()
    [(_, matched)] = await live.matches(article)
    assert matched.clauses == ("ferry", "noon")
    assert {place.part for place in matched.highlights} == {"title", "text"}
    assert 0 < matched.score <= 1


async def test_a_topic_that_the_index_has_lost_is_found_counted_and_told(
    db: Database, article: Article, capsys: pytest.CaptureFixture[str]
) -> None:
    topic_id = a_topic(db, "one", "ferry")
    live = LiveTopics(db, Always())
    await live.follow()
    live._matcher._anchor_index.take(0)  # a bug is planted: nothing leads to the topic any more
    assert [each for each, _ in await live.matches(article)] == [topic_id]
    with db.connect() as conn:
        assert counters.get(conn, counters.SHADOW_RUNS) == 1
        assert counters.get(conn, counters.SHADOW_DIFFERENCES) == 1


async def test_a_check_that_finds_nothing_is_counted_too(db: Database, article: Article) -> None:
    a_topic(db, "one", "ferry")
    live = LiveTopics(db, Always())
    assert len(await answering(live, article)) == 1
    with db.connect() as conn:
        assert counters.get(conn, counters.SHADOW_RUNS) == 1
        assert counters.get(conn, counters.SHADOW_DIFFERENCES) == 0


async def test_once_an_article_has_taken_its_time_topics_match_without_saying_where(
    db: Database, article: Article
) -> None:
    ids = [a_topic(db, name, "ferry NEAR/5 sinks") for name in ("one", "two", "three")]
    cpu_seconds = iter((0.0, 0.5, 1.5, 2.5)).__next__
    live = LiveTopics(db, Never(), cpu_seconds)
    await live.follow()
    matches = await live.matches(article)
    assert [topic_id for topic_id, _ in matches] == ids
    assert {matched.clauses for _, matched in matches} == {("ferry NEAR/5 sinks",)}
    assert [bool(matched.highlights) for _, matched in matches] == [True, False, False]


def test_of_an_endless_text_the_beginning_is_matched_in_whole_words(article: Article) -> None:
    endless = replace(article, text="ferry " * (MOST_CHARACTERS // 6) + "strikebreakers")
    shown = document_of(endless).text
    assert MOST_CHARACTERS - 10 < len(shown) <= MOST_CHARACTERS
    assert set(shown.split()) == {"ferry"}
    assert document_of(article).text == article.text
