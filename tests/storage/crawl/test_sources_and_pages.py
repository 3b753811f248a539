"""Sources and pages: what is polled, and what the frontier holds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from storage.crawl import pages, sources
from storage.errors import InputError, NotFoundError
from storage.models.listings import ListedItem
from storage.models.pages import PageState
from storage.models.problems import Problem
from storage.models.sources import SourceState
from tests.storage.world import NOON, a_listed_page, a_page, a_source, after

pytestmark = pytest.mark.both_engines


def _list(conn: Connection, source_id: int, *items: ListedItem) -> list[str]:
    source = sources.get(conn, source_id)
    added = [a_listed_page(conn, source, item) for item in items]
    return [page.url for page in added]


def test_an_address_is_one_source_only(conn: Connection) -> None:
    a_source(conn)
    with pytest.raises(InputError, match="already"):
        a_source(conn)


def test_a_removed_source_can_be_added_again(conn: Connection) -> None:
    first = a_source(conn)
    sources.remove(conn, first.id, NOON)
    second = a_source(conn)
    assert [source.id for source in sources.list_all(conn)] == [second.id]


def test_every_change_by_an_operator_is_noticed(conn: Connection) -> None:
    seen = {sources.version(conn)}
    source = a_source(conn)
    seen.add(sources.version(conn))
    sources.pause(conn, source.id)
    seen.add(sources.version(conn))
    sources.resume(conn, source.id, NOON)
    seen.add(sources.version(conn))
    sources.remove(conn, source.id, NOON)
    seen.add(sources.version(conn))
    assert len(seen) == 5


@pytest.mark.parametrize(
    "what", ["1", "https://harbor-herald.example/feed", "https://harbor-herald.example/"]
)
def test_a_source_is_found_by_id_feed_or_site(conn: Connection, what: str) -> None:
    source = a_source(conn)
    assert sources.find(conn, what).id == source.id


def test_an_unknown_source_says_where_to_look(conn: Connection) -> None:
    with pytest.raises(NotFoundError, match="source list"):
        sources.find(conn, "nobody.example")


def test_only_the_first_answer_primes_a_source(conn: Connection) -> None:
    source = a_source(conn)
    for minute in (1, 2):
        sources.fetched(
            conn,
            source.id,
            now=after(minute),
            next_fetch_at=after(60),
            next_reason="busy",
            article_rate=1.0,
            etag=None,
            last_modified=None,
            body_hash="h",
        )
    assert sources.get(conn, source.id).health.primed_at == after(1)


def test_failures_are_counted_in_a_row_and_an_answer_ends_them(conn: Connection) -> None:
    source = a_source(conn)
    for _ in range(2):
        sources.failed(
            conn,
            source.id,
            now=NOON,
            problem=Problem.TIMEOUT,
            detail="30 s",
            next_fetch_at=after(10),
            next_reason="timeout",
        )
    failing = sources.get(conn, source.id)
    assert (failing.health.failures, failing.health.problem) == (2, Problem.TIMEOUT)
    sources.fetched(
        conn,
        source.id,
        now=after(10),
        next_fetch_at=after(60),
        next_reason="busy",
        article_rate=1.0,
        etag='"1"',
        last_modified=None,
        body_hash="h",
    )
    well = sources.get(conn, source.id)
    assert (well.health.failures, well.health.problem, well.validators.etag) == (0, None, '"1"')


def test_pages_of_paused_sources_are_not_due(conn: Connection) -> None:
    source = a_source(conn)
    page = a_page(conn, source)
    assert [due.id for due in pages.due_after(conn, 0, 99)] == [page.id]
    sources.pause(conn, source.id)
    assert sources.get(conn, source.id).state is SourceState.PAUSED
    assert pages.due_after(conn, 0, 99) == []


def test_a_failed_visit_keeps_the_validators_of_the_last_good_one(conn: Connection) -> None:
    page = a_page(conn, a_source(conn))
    pages.settle(conn, page.id, state=PageState.DONE, now=NOON, http_status=200, etag='"v1"')
    pages.settle(
        conn,
        page.id,
        state=PageState.DUE,
        now=after(1),
        http_status=503,
        due_at=after(1) + timedelta(minutes=5),
        problem=Problem.SERVER_ERROR,
    )
    assert pages.validators(conn, page.id) == ('"v1"', None)
    settled = pages.get(conn, page.id)
    assert settled is not None
    assert (settled.attempts, settled.problem) == (2, Problem.SERVER_ERROR)
