"""A restart: what publishers asked of us is still kept, and what sources spent is still counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.fetch.backoff import LONGEST_MEMORY
from crawler.fetch.refusal_scope import REFUSALS
from scheduler.config.factories import fetch_services
from scheduler.config.settings import Settings
from scheduler.politeness.restore import as_operator_request, read_politeness, restore_politeness
from storage.crawl import fetches, robots
from storage.models.fetches import Fetch, Purpose
from storage.sql.database import Database

NOW = datetime(2026, 6, 2, 12, tzinfo=UTC)
LINE = Fetch(
    url="https://a.example/",
    host="a.example",
    source_id=1,
    page_id=None,
    at=NOW - timedelta(minutes=1),
    seconds=1.0,
    status=200,
    size=9,
    outcome="ok",
    domain="a.example",
)
REFUSED = replace(
    LINE,
    url="https://b.example/",
    host="b.example",
    domain="b.example",
    at=NOW - timedelta(hours=20),
    status=429,
    retry_after=NOW + timedelta(hours=4),
)


def test_what_was_asked_of_us_holds_after_a_restart(tmp_path: Path) -> None:
    db = Database.open(tmp_path / "w.db")
    with db.begin() as conn:
        robots.put(conn, "https://a.example", NOW, 200, b"User-agent: *\nCrawl-delay: 120")
        fetches.add(conn, [REFUSED, LINE, as_operator_request(LINE)])
        known = read_politeness(conn, NOW)
    db.close()
    services = fetch_services(Settings(), lambda: NOW)
    restore_politeness(services, known)
    assert services.slots.open_at("b.example") == REFUSED.retry_after
    assert services.slots.open_at("a.example") == LINE.at + timedelta(seconds=121)
    assert [source for source, _ in known[2]] == [1, 1], "an operator's look counts for no source"


def test_old_lines_of_hosts_that_never_refused_are_not_read(tmp_path: Path) -> None:
    db = Database.open(tmp_path / "w.db")
    with db.begin() as conn:
        fetches.add(conn, [replace(LINE, at=NOW - timedelta(hours=3))])
        assert fetches.to_remember(conn, NOW, memory=LONGEST_MEMORY, refusals=REFUSALS) == []
    db.close()


def test_lines_are_streamed_in_order_and_with_the_domain_of_a_host(tmp_path: Path) -> None:
    sibling = replace(LINE, host="www.a.example", at=NOW)
    db = Database.open(tmp_path / "w.db")
    with db.begin() as conn:
        fetches.add(conn, [sibling, LINE, REFUSED])
        assert list(fetches.stream(conn, NOW - timedelta(days=1))) == [REFUSED, LINE, sibling]
        assert list(fetches.stream(conn, NOW - timedelta(days=1), "a.example")) == [LINE, sibling]
    db.close()
    assert as_operator_request(LINE).purpose is Purpose.LOOK


def test_after_a_kill_each_host_is_let_be_for_its_gap(tmp_path: Path) -> None:
    db = Database.open(tmp_path / "w.db")
    with db.begin() as conn:
        robots.put(conn, "https://a.example", NOW, 200, b"User-agent: *\nCrawl-delay: 120")
        fetches.add(conn, [LINE])
        known = read_politeness(conn, NOW)
    db.close()
    services = fetch_services(Settings(), lambda: NOW)
    restore_politeness(services, known, was_killed=True)
    assert services.slots.open_at("a.example") == NOW + timedelta(seconds=120)
    gap = timedelta(seconds=Settings().fetch.host_delay_seconds)
    assert services.slots.open_at("unheard.example") == NOW + gap
