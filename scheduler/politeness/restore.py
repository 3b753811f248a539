"""What publishers asked of us before a restart, taken up from the ledger and the robots.txt kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from crawler.fetch.backoff import LONGEST_MEMORY
from crawler.fetch.refusal_scope import REFUSALS
from crawler.fetch.robots import authority_of, read_rules
from crawler.fetch.services import FetchServices
from crawler.urls.canonical import host_of
from storage.crawl import fetches, robots
from storage.models.fetches import Fetch, Purpose

_DAY = timedelta(hours=24)


class PolitenessMemory(NamedTuple):
    """What is to be restored: lines of the ledger, Crawl-delays in seconds by authority, and budgets.

    `sent` are (source id, moment) of the requests of the last day.
    """

    lines: list[Fetch]
    crawl_delays: dict[str, float]
    sent: list[tuple[int, datetime]]


def restore_politeness(
    services: FetchServices, memory: PolitenessMemory, *, was_killed: bool = False
) -> None:
    """Give the crawl's slots and budgets what `read_politeness` read.

    A daemon that `was_killed` has taken its last seconds of the ledger with it.
    """
    if was_killed:
        services.slots.begin_blind()
    services.slots.restore(memory.lines)
    for authority, seconds in memory.crawl_delays.items():
        scheme = authority.partition(":")[0]
        services.slots.set_crawl_delay(host_of(authority), seconds, scheme)
    services.budgets.restore(memory.sent)


def as_operator_request(line: Fetch) -> Fetch:
    """Return a line of the ledger as an operator's request, robots.txt and pages alike."""
    return replace(line, purpose=Purpose.LOOK)


def read_politeness(conn: Connection, now: datetime) -> PolitenessMemory:
    """Return the lines that count, the Crawl-delays of their hosts, and what sources have spent."""
    stored = fetches.to_remember(conn, now, memory=LONGEST_MEMORY, refusals=REFUSALS)
    # A clock that was set back leaves lines of what is the future now.
    lines = [line if line.ended <= now else replace(line, at=now, seconds=0.0) for line in stored]
    delays: dict[str, float] = {}
    for authority in {authority_of(line.url) for line in lines}:
        kept = robots.get(conn, authority)
        if kept is not None:
            delays[authority] = read_rules(kept[1], kept[2], kept[0]).crawl_delay
    return PolitenessMemory(lines, delays, fetches.sent_since(conn, now - _DAY))
