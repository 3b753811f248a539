"""What the sources brought lately, as the recrawl policy counts it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from storage.crawl import recrawl_state, sources
from storage.stories import articles
from tests.storage.world import (
    NOON,
    a_match,
    a_page,
    a_source,
    a_topic,
    after,
    an_article,
    extracted,
)

pytestmark = pytest.mark.both_engines


def test_articles_are_counted_with_those_whose_stories_match(conn: Connection) -> None:
    herald, wire = a_source(conn), a_source(conn, "wire.example")
    hit = an_article(conn, a_page(conn, herald, "ferry"))
    an_article(conn, a_page(conn, herald, "harbour"))
    an_article(conn, a_page(conn, wire, "storm"))
    an_article(conn, a_page(conn, wire, "old", backlog=True))
    a_match(conn, a_topic(conn), hit)
    assert recrawl_state.matched_articles(conn, NOON) == {herald.id: (2, 1), wire.id: (1, 0)}
    assert recrawl_state.matched_articles(conn, after(1)) == {}


def test_revisions_are_counted_beside_their_articles(conn: Connection) -> None:
    herald = a_source(conn)
    changed = a_page(conn, herald, "ferry")
    article = an_article(conn, changed)
    an_article(conn, a_page(conn, herald, "harbour"))
    articles.revise(conn, article, replace(extracted(changed), text="It floats."), after(5))
    assert recrawl_state.revised_articles(conn, NOON, after(1)) == {herald.id: (2, 1)}
    assert recrawl_state.revised_articles(conn, after(-9), NOON) == {}, (
        "the young ones are still looked at"
    )


def test_a_weight_is_kept_and_a_small_change_of_it_is_not_written(conn: Connection) -> None:
    source = a_source(conn)
    sources.set_weights(conn, {source.id: 2.0})
    assert sources.get(conn, source.id).schedule.weight == 2.0
    sources.set_weights(conn, {source.id: 2.005})
    assert sources.get(conn, source.id).schedule.weight == 2.0


def test_numbers_are_kept_in_place_of_those_before(conn: Connection) -> None:
    recrawl_state.put(conn, {"price": 1.0, "other": 7.0}, NOON)
    recrawl_state.put(conn, {"price": 2.5}, after(1))
    assert recrawl_state.get(conn) == {"price": 2.5, "other": 7.0}
