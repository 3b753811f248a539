"""What publishers asked of us before a restart, taken up from the ledger and the robots.txt kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from crawler.fetch.backoff import LONGEST_MEMORY
from crawler.fetch.refusal_scope import REFUSALS
from crawler.fetch.robots import authority_of, read_rules
from crawler.fetch.services import FetchServices
from crawler.urls.canonical import host_of
from storage.crawl import fetches, robots
from storage.models.fetches import Fetch, Purpose

_DAY = timedelta(hours=24)
Remembered = tuple[list[Fetch], dict[str, float], list[tuple[int, datetime]]]


def remember(services: FetchServices, known: Remembered, *, was_killed: bool = False) -> None:
    """Give the crawl's slots and budgets what `remembered` found.

    A daemon that `was_killed` has taken its last seconds of the ledger with it.
    """
    lines, delays, sent = known
    if was_killed:
        services.slots.begin_blind()
    services.slots.restore(lines)
    for authority, seconds in delays.items():
        scheme = authority.partition(":")[0]
        services.slots.set_crawl_delay(host_of(authority), seconds, scheme)
    services.budgets.restore(sent)


def by_hand(line: Fetch) -> Fetch:
    """Mark a request as an operator's, robots.txt and pages alike."""
    return replace(line, purpose=Purpose.LOOK)


def remembered(conn: Connection, now: datetime) -> Remembered:
    """Find the lines that count, the Crawl-delays of their hosts, and what sources have spent."""
    found = fetches.to_remember(conn, now, memory=LONGEST_MEMORY, refusals=REFUSALS)
    # A clock that was set back leaves lines of what is the future now.
    lines = [line if line.ended <= now else replace(line, at=now, seconds=0.0) for line in found]
    delays: dict[str, float] = {}
    for authority in {authority_of(line.url) for line in lines}:
        kept = robots.get(conn, authority)
        if kept is not None:
            delays[authority] = read_rules(kept[1], kept[2], kept[0]).crawl_delay
    return lines, delays, fetches.sent_since(conn, now - _DAY)
