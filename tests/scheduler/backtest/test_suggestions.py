"""What marked hits propose is ready to be saved, and does what it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from scheduler.backtest.report import compare, query_or_topic
from scheduler.backtest.search import SearchControl, samples, search
from scheduler.backtest.suggestions import Proposal, Suggestions, suggest
from scheduler.query.archive_keys import keys_of
from scheduler.query.language.parser import parse_query
from scheduler.query.matching.document import document_of
from storage.models.articles import Article
from storage.stories import archive, articles, stories
from storage.topics import marks, topics
from tests.storage.world import NOON, a_page, a_source, an_origin, extracted

CATS = (
    "The jaguar hunts in the rain forest, the warden says.",
    "A jaguar cub is born, says the warden.",
    "The warden counts each jaguar of the river.",
)
CARS = (
    "The Jaguar dealer opens a showroom.",
    "A Jaguar stands in the showroom.",
    "The showroom sells its last Jaguar.",
)
OTHERS = (
    "The warden of the river shot at poachers.",
    *(f"The mayor of town {number} closes a road in the rain." for number in range(20)),
)
END = NOON + timedelta(days=1)


def store(conn: Connection, text: str) -> Article:
    source = a_source(conn, f"s{len(articles.search(conn, 1000))}.example")
    page = a_page(conn, source)
    story_id = stories.begin(conn, NOON)
    article = articles.insert_new(
        conn,
        page=page,
        source_id=source.id,
        story_id=story_id,
        host="a.example",
        extracted=replace(extracted(page, text), title="News", language="en"),
        backlog=False,
        now=NOON,
    )
    stories.set_origin(conn, story_id, an_origin(article.id), NOON)
    archive.add(conn, article, keys_of(document_of(article)))
    return article


@pytest.fixture
def topic_id(conn: Connection) -> int:
    """Return a topic, with hits of two kinds and other articles in the store."""
    for text in OTHERS:
        store(conn, text)
    topic = topics.add(conn, name="cats", query="jaguar", recipients=[], now=NOON)
    for text in (*CATS, *CARS):
        relevant = text in CATS
        article = store(conn, text)
        marks.put(conn, topic_id=topic.id, article_id=article.id, relevant=relevant, now=NOON)
    return topic.id


def suggested(conn: Connection, topic_id: int) -> Suggestions:
    return suggest(
        conn,
        query_or_topic(conn, "cats").query,
        marks.of_topic(conn, topic_id),
        since=NOON,
        until=END,
        control=SearchControl(),
    )


def test_what_stands_in_noise_only_is_to_be_left_out(conn: Connection, topic_id: int) -> None:
    best = suggested(conn, topic_id).exclusions[0]
    assert best == Proposal(
        term="showroom",
        deviations=best.deviations,
        query=parse_query('jaguar NOT "showroom"'),
        noise_removed=3,
        relevant_lost=0,
        gained=0,
        lost=3,
    )


def test_what_stands_in_relevant_hits_and_elsewhere_is_to_be_taken_in(
    conn: Connection, topic_id: int
) -> None:
    best = suggested(conn, topic_id).additions[0]
    assert (best.term, best.gained, best.relevant_lost) == ("warden", 1, 0)
    assert best.query == parse_query('jaguar OR "warden"')


def test_each_proposal_does_what_it_says(conn: Connection, topic_id: int) -> None:
    found = suggested(conn, topic_id)
    old = query_or_topic(conn, "cats").query
    for each in (*found.exclusions, *found.additions):
        compared = compare(
            conn, old, each.query, since=NOON, until=END, limit=9, control=SearchControl()
        )
        assert (compared.gained_total, compared.lost_total) == (each.gained, each.lost)
        assert len(compared.gained) == each.gained


def test_with_too_few_marks_of_a_kind_nothing_is_proposed(conn: Connection, topic_id: int) -> None:
    kept = [mark for mark in marks.of_topic(conn, topic_id) if not mark.relevant][:2]
    found = suggest(
        conn, parse_query("jaguar"), kept, since=NOON, until=END, control=SearchControl()
    )
    assert found == Suggestions(0, 2, (), ())


def test_a_mark_is_taken_back_and_taken_for_the_other(conn: Connection, topic_id: int) -> None:
    first = marks.of_topic(conn, topic_id)[0]
    marks.put(conn, topic_id=topic_id, article_id=first.article_id, relevant=False, now=NOON)
    changed = {m.article_id: m.relevant for m in marks.of_topic(conn, topic_id)}
    assert changed[first.article_id] is False
    marks.remove(conn, topic_id=topic_id, article_id=first.article_id)
    assert len(marks.of_topic(conn, topic_id)) == 5


def test_a_search_out_of_time_says_how_much_it_left(conn: Connection, topic_id: int) -> None:
    found = search(
        conn,
        parse_query("jaguar"),
        since=NOON,
        until=END,
        control=SearchControl(is_over=lambda: True),
    )
    assert (found.left, found.hits) == (6, ())


def test_near_misses_outside_the_candidates_are_found(conn: Connection, topic_id: int) -> None:
    found = search(conn, parse_query("mayor poachers warden"), since=NOON, until=END)
    assert (found.candidates, [each.missing for each in found.near]) == (0, ["mayor"])


def test_a_search_ends_between_two_articles_and_not_after_a_hundred_stories(
    conn: Connection, topic_id: int
) -> None:
    asked = 0

    def is_over() -> bool:
        nonlocal asked
        asked += 1
        return asked > 3

    found = search(
        conn,
        parse_query("jaguar"),
        since=NOON,
        until=END,
        control=SearchControl(is_over=is_over),
    )
    assert len(found.hits) == 2
    whole = search(conn, parse_query("jaguar"), since=NOON, until=END)
    assert found.left == len(whole.hits) - 2
    control = SearchControl(is_over=lambda: True)
    assert len(samples(conn, whole.query, whole.hits, control)) == 1
