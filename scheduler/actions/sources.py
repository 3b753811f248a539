"""Sources: added, paused, resumed, visited sooner, limited and removed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from crawler.listings.candidates import Candidate
from scheduler.actions.actor import Actor
from scheduler.actions.source_discovery import enroll
from storage.crawl import sources
from storage.errors import InputError
from storage.models.sources import Source, SourceState


def add(
    conn: Connection,
    actor: Actor,
    wanted: Sequence[Candidate],
    *,
    alert_backlog: bool,
    now: datetime,
) -> list[Source]:
    """Poll what was found at an address."""
    made = [enroll(conn, each, alert_backlog=alert_backlog, now=now) for each in wanted]
    for source in made:
        actor.did(conn, "source added", f"source {source.id}", source.url, now=now)
    return made


def pause(conn: Connection, actor: Actor, source_id: int, now: datetime) -> None:
    """Stop polling a source."""
    sources.pause(conn, source_id)
    actor.did(conn, "source paused", f"source {source_id}", now=now)


def resume(conn: Connection, actor: Actor, source_id: int, now: datetime) -> None:
    """Poll a source again, beginning now."""
    sources.resume(conn, source_id, now)
    actor.did(conn, "source resumed", f"source {source_id}", now=now)


def recrawl(conn: Connection, actor: Actor, source_id: int, now: datetime) -> None:
    """Visit a source as soon as its host may be asked. Raises InputError for one that is paused."""
    source = sources.get(conn, source_id)
    if source.state is SourceState.PAUSED:
        raise InputError(f"source {source_id} is paused: resume it first")
    sources.visit_now(conn, source_id, now, "an operator asked for it")
    actor.did(conn, "source recrawled", f"source {source_id}", now=now)


def limit(
    conn: Connection, actor: Actor, source_id: int, requests: int | None, now: datetime
) -> None:
    """Limit the requests a day for a source; None leaves it to the setting, 0 sets no limit."""
    sources.set_budget(conn, source_id, requests)
    says = "the setting's" if requests is None else str(requests)
    actor.did(conn, "source limited", f"source {source_id}", f"{says} requests a day", now=now)


def remove(conn: Connection, actor: Actor, source_id: int, now: datetime) -> None:
    """Forget a source; its articles and stories stay."""
    source = sources.get(conn, source_id)
    sources.remove(conn, source_id, now)
    actor.did(conn, "source removed", f"source {source_id}", source.url, now=now)
