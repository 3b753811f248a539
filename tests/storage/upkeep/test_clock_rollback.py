"""When the clock is set back, what waited so long from then waits so long from now."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection, select, update

from storage.crawl import robots, sources
from storage.delivery import outbox
from storage.models.pages import PageState
from storage.sql import schema
from storage.topics import match_work
from storage.upkeep.clock_rollback import move_back
from tests.storage.delivery.test_outbox import a_delivery
from tests.storage.world import NOON, a_page, a_source, after, an_article

pytestmark = pytest.mark.both_engines

HOUR = timedelta(hours=1)
BEFORE = NOON - HOUR  # what the clock says now


def test_what_lies_ahead_moves_by_the_step(conn: Connection) -> None:
    source = a_source(conn, "another.example")
    page = a_page(conn, source)
    delivery = a_delivery(conn)
    for table, column in (
        (schema.sources, "next_fetch_at"),
        (schema.pages, "due_at"),
        (schema.outbox, "next_attempt_at"),
    ):
        conn.execute(update(table).values({column: after(10)}))
    assert move_back(conn, HOUR, BEFORE) >= 3
    assert sources.get(conn, source.id).schedule.next_fetch_at == BEFORE + timedelta(minutes=10)
    due = conn.execute(
        select(schema.pages.c.due_at).where(schema.pages.c.id == page.id)
    ).scalar_one()
    assert due == BEFORE + timedelta(minutes=10)
    assert outbox.by_uid(conn, delivery.uid).next_attempt_at == BEFORE + timedelta(minutes=10)


def test_what_was_due_is_due_at_once_and_what_is_past_stays(conn: Connection) -> None:
    late, early = a_source(conn, "late.example"), a_source(conn, "early.example")
    table = schema.sources
    conn.execute(update(table).where(table.c.id == late.id).values(next_fetch_at=NOON))
    past = BEFORE - timedelta(minutes=5)
    conn.execute(update(table).where(table.c.id == early.id).values(next_fetch_at=past))
    move_back(conn, timedelta(hours=2), BEFORE)
    assert sources.get(conn, late.id).schedule.next_fetch_at == BEFORE, "not before now"
    assert sources.get(conn, early.id).schedule.next_fetch_at == past


def test_what_was_held_is_free_as_soon_as_it_would_have_been(conn: Connection) -> None:
    article = an_article(conn, a_page(conn, a_source(conn, "another.example")))
    match_work.add(conn, story_id=article.story_id, article_id=article.id, now=NOON)
    match_work.claim(conn, NOON, 9, lease_seconds=60)
    a_delivery(conn)
    outbox.claim(conn, NOON, 9, lease_seconds=60)
    move_back(conn, HOUR, BEFORE)
    assert match_work.claim(conn, BEFORE + timedelta(seconds=59), 9, lease_seconds=60) == []
    assert len(match_work.claim(conn, BEFORE + timedelta(seconds=61), 9, lease_seconds=60)) == 1
    assert len(outbox.claim(conn, BEFORE + timedelta(seconds=61), 9, lease_seconds=60)) == 1


def test_rules_from_the_future_are_asked_for_anew(conn: Connection) -> None:
    robots.put(conn, "https://a.example", NOON, 200, b"")
    robots.put(conn, "https://b.example", BEFORE, 200, b"")
    move_back(conn, HOUR, BEFORE)
    assert robots.get(conn, "https://a.example") is None
    assert robots.get(conn, "https://b.example") is not None


def test_with_nothing_ahead_nothing_moves(conn: Connection) -> None:
    a_page(conn, a_source(conn))
    assert move_back(conn, HOUR, after(60 * 24 * 30)) == 0
    assert conn.execute(select(schema.pages.c.state)).scalar_one() == PageState.DUE
