"""The request ledger checked against what is stored of robots.txt, budgets and settings."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from crawler.fetch.backoff import LONGEST_MEMORY
from crawler.settings import FetchSettings
from scheduler.politeness.proof import LedgerChecker, Promises
from scheduler.politeness.records import PolitenessProof
from storage.crawl import fetches, robots, sources


def prove(
    conn: Connection, settings: FetchSettings, *, since: datetime, host: str | None = None
) -> PolitenessProof:
    """Return the proof of all requests since a moment, or of those to one host, by what is stored."""
    promises = Promises(
        robots=lambda authority: robots.get(conn, authority),
        longest_crawl_delay=settings.max_crawl_delay_seconds,
        budget=settings.daily_requests_per_source,
        budgets={
            source.id: source.schedule.daily_budget
            for source in sources.list_all(conn)
            if source.schedule.daily_budget is not None
        },
        contact=settings.contact,
    )
    checker = LedgerChecker(promises, since)
    for visit in fetches.stream(conn, since - LONGEST_MEMORY, host):
        checker.take(visit)
    proof = checker.proof()
    return proof if host is None else _only(proof, host)


def _only(proof: PolitenessProof, host: str) -> PolitenessProof:
    broken = tuple(b for b in proof.broken if b.line is None or b.line.host == host)
    hosts = tuple(figures for figures in proof.hosts if figures.host == host)
    return replace(
        proof,
        hosts=hosts,
        requests=sum(figures.requests for figures in hosts),
        broken=broken,
        broken_total=sum(f.broken for f in hosts) + sum(b.line is None for b in broken),
    )
