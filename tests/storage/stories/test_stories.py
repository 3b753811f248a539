"""Articles, revisions and stories: folding, merging, and what was told staying told."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, select

from storage.delivery import alerts
from storage.models.articles import Article
from storage.models.topics import Topic
from storage.sql import schema
from storage.stories import articles, stories
from storage.topics import match_work, matches
from tests.storage.world import (
    MATCHED,
    NOON,
    a_page,
    a_source,
    a_topic,
    a_verdict,
    after,
    an_article,
    extracted,
)

pytestmark = pytest.mark.both_engines


def test_a_changed_page_keeps_what_it_said_before(conn: Connection) -> None:
    page = a_page(conn, a_source(conn))
    article = an_article(conn, page)
    changed = extracted(page, "The ferry did not sink after all.")
    assert not articles.same_text(article, changed)
    revised = articles.revise(conn, article, changed, after(30))
    assert (revised.id, revised.revision, revised.text) == (article.id, 2, changed.text)
    kept = conn.execute(select(schema.revisions)).one()
    assert (kept.text, kept.revision) == (article.text, 1)


def test_an_article_is_found_by_its_own_url_before_anothers_canonical(conn: Connection) -> None:
    source = a_source(conn)
    first = an_article(conn, a_page(conn, source, "a"))
    an_article(conn, a_page(conn, source, "b"))
    found = articles.by_url(conn, first.url)
    assert found is not None
    assert found.id == first.id


def test_a_story_gives_its_members_with_their_verdicts(conn: Connection) -> None:
    source = a_source(conn)
    root = an_article(conn, a_page(conn, source, "a"))
    copy = an_article(conn, a_page(conn, source, "b"), root.story_id)
    stories.add_copy(conn, copy.id, a_verdict(root.id), NOON)
    members = stories.members(conn, root.story_id)
    assert [(m.article.id, m.verdict) for m in members] == [
        (root.id, None),
        (copy.id, a_verdict(root.id)),
    ]


def test_merging_moves_the_articles_and_the_work(conn: Connection) -> None:
    source = a_source(conn)
    kept = an_article(conn, a_page(conn, source, "a"))
    absorbed = an_article(conn, a_page(conn, source, "b"))
    match_work.add(conn, story_id=absorbed.story_id, article_id=absorbed.id, now=NOON)
    stories.merge(conn, kept.story_id, absorbed.story_id, NOON)
    assert [m.article.id for m in stories.members(conn, kept.story_id)] == [kept.id, absorbed.id]
    assert stories.get(conn, absorbed.story_id).id == kept.story_id
    assert [row.story_id for row in match_work.claim(conn, NOON, 9, 60)] == [kept.story_id]
    assert [story.id for story in stories.recent(conn, 9)] == [kept.story_id]


def test_alerts_and_matches_go_with_their_articles_through_merges_and_splits(
    conn: Connection,
) -> None:
    source, topic = a_source(conn), a_topic(conn)
    kept, absorbed = (an_article(conn, a_page(conn, source, path)) for path in "ab")
    for article in (kept, absorbed):
        told(conn, topic, article)
    stories.merge(conn, kept.story_id, absorbed.story_id, NOON)
    assert alerted_in(conn, kept.story_id) == {kept.id, absorbed.id}
    assert alerted_in(conn, absorbed.story_id) == set()
    new = stories.split(conn, kept.story_id, [absorbed.id], after(1))
    assert (alerted_in(conn, kept.story_id), alerted_in(conn, new)) == ({kept.id}, {absorbed.id})
    assert stories.get(conn, new).lineage_id == stories.get(conn, kept.story_id).lineage_id


def told(conn: Connection, topic: Topic, article: Article) -> None:
    alerts.create(
        conn,
        topic_id=topic.id,
        story_id=article.story_id,
        article_id=article.id,
        matched=MATCHED,
        now=NOON,
    )
    record(conn, topic, article, None)


def record(conn: Connection, topic: Topic, article: Article, held_by: str | None) -> None:
    matches.record(
        conn,
        topic_id=topic.id,
        story_id=article.story_id,
        article_id=article.id,
        matched=MATCHED,
        now=NOON,
        held_by=held_by,
    )


def alerted_in(conn: Connection, story_id: int) -> set[int]:
    """Name the articles of a story that alerts told; the same ones have its matches."""
    alerted = {alert.article_id for alert in alerts.of_story(conn, story_id)}
    assert {match.article_id for match in matches.of_story(conn, story_id)} == alerted
    return alerted


def test_merging_two_stories_that_were_both_told_keeps_both_alerts(conn: Connection) -> None:
    source, topic = a_source(conn), a_topic(conn)
    both = [an_article(conn, a_page(conn, source, path)) for path in ("a", "b")]
    for article in both:
        alerts.create(
            conn,
            topic_id=topic.id,
            story_id=article.story_id,
            article_id=article.id,
            matched=MATCHED,
            now=NOON,
        )
    stories.merge(conn, both[0].story_id, both[1].story_id, NOON)
    assert len(alerts.list_recent(conn, 9)) == 2


def test_a_match_is_recorded_once_for_an_article_and_topic_and_once_told_stays_so(
    conn: Connection,
) -> None:
    article, topic = an_article(conn, a_page(conn, a_source(conn))), a_topic(conn)
    reasons = ("backlog", "muted", None, "backlog")
    stored = []
    for held_by in reasons:
        record(conn, topic, article, held_by)
        [match] = matches.of_story(conn, article.story_id)
        stored.append(match.held_by)
    assert stored == ["backlog", "muted", None, None]
