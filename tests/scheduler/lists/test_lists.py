"""Lists page by page: everything once, in order, also when something comes in between."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import timedelta

from sqlalchemy import Connection

from scheduler.lists.alerts import alert_list
from scheduler.lists.deliveries import delivery_list
from scheduler.lists.sources import source_list
from scheduler.lists.stories import story_list
from scheduler.web.pages.service import audit_list
from storage.crawl import sources
from storage.delivery import outbox
from storage.models.deliveries import Draft
from storage.models.problems import Problem
from storage.models.recipients import Channel
from storage.operators import audit
from storage.operators.audit import Interface
from storage.sql.database import Database
from tests.storage.world import NOON, a_page, a_source, an_article

MOST = 50


def walk(read: Callable[[str], tuple[list[Hashable], str]]) -> list[Hashable]:
    """Go through all pages of a list."""
    found: list[Hashable] = []
    cursor = ""
    for _ in range(MOST):
        items, cursor = read(cursor)
        found += items
        if not cursor:
            return found
    raise AssertionError("the list has no end")


def _sources(conn: Connection) -> Callable[[str], tuple[list[Hashable], str]]:
    def read(cursor: str) -> tuple[list[Hashable], str]:
        page = source_list(conn, NOON, cursor, limit=7)
        return [row.source.id for row in page.rows], page.next

    return read


def test_sources_come_each_once_those_that_fail_first(conn: Connection) -> None:
    made: list[int] = []
    for number in range(40):
        # Titles that differ by case alone, and that are the same.
        source = sources.add(
            conn,
            url=f"https://s{number}.example/feed",
            title="aAbB"[number % 4] * 2,
            site_url="",
            alert_backlog=False,
            now=NOON,
        )
        made.append(source.id)
        if number % 9 == 0:
            sources.failed(
                conn,
                source.id,
                now=NOON,
                problem=Problem.TIMEOUT,
                detail="",
                next_fetch_at=NOON,
                next_reason="",
            )
    found = walk(_sources(conn))
    assert sorted(found, key=str) == sorted(made, key=str)
    failing = [each for each in made if (each - made[0]) % 9 == 0]
    assert set(found[: len(failing)]) == set(failing)


def test_stories_come_each_once_also_those_of_one_moment(conn: Connection) -> None:
    source = a_source(conn)
    made = [an_article(conn, a_page(conn, source, f"p{n}")).story_id for n in range(30)]

    def read(cursor: str) -> tuple[list[Hashable], str]:
        page = story_list(conn, cursor, copied=False, limit=7)
        return [row.story.id for row in page.rows], page.next

    assert walk(read) == sorted(made, reverse=True)


def test_what_comes_in_between_moves_nothing(db: Database) -> None:
    with db.begin() as conn:
        for number in range(20):
            _delivery(conn, number)
    read_so_far: list[Hashable] = []

    def read(cursor: str) -> tuple[list[Hashable], str]:
        with db.begin() as conn:
            page = delivery_list(conn, cursor, None, limit=6)
            _delivery(conn, 100 + len(read_so_far))
            read_so_far.append(0)
        return [each.id for each in page.rows], page.next

    assert walk(read) == list(range(20, 0, -1))


def test_the_audit_log_is_walked_to_its_end(conn: Connection) -> None:
    for number in range(230):
        at = NOON + timedelta(seconds=number)
        audit.add(
            conn, at=at, who="ada", how=Interface.WEB, what="session started", about=str(number)
        )

    def read(cursor: str) -> tuple[list[Hashable], str]:
        page = audit_list(conn, cursor, who="ada", what="session")
        return [each.about for each in page.rows], page.next

    assert walk(read) == [str(number) for number in range(229, -1, -1)]


def test_lists_of_nothing_end_at_once(conn: Connection) -> None:
    assert alert_list(conn, "").rows == ()
    assert walk(_sources(conn)) == []


def _delivery(conn: Connection, number: int) -> None:
    draft = Draft(None, Channel.EMAIL, "desk@example.org", f"uid_{number}", b"x")
    outbox.put(conn, alert_id=None, draft=draft, now=NOON)
