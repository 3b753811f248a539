"""Sources: added, paused, resumed, visited sooner, given a budget and removed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from crawler.listings.candidates import Candidate
from scheduler.actions.audit_log import Actor, AuditAction
from storage.crawl import moves, sources
from storage.errors import InputError
from storage.models.sources import Source, SourceKind, SourceState


def add_source(
    conn: Connection,
    actor: Actor,
    candidate: Candidate,
    *,
    alert_backlog: bool,
    now: datetime,
    title: str = "",
    site_url: str = "",
) -> Source:
    """Poll what was discovered, with all that is known of it; a permanent redirect is recorded.

    `title` and `site_url` are the operator's own words for it. Raises InputError when its address
    is a source already.
    """
    source = sources.add(
        conn,
        url=candidate.url,
        title=title or candidate.title,
        site_url=site_url or candidate.site_url,
        alert_backlog=alert_backlog,
        now=now,
        kind=candidate.kind,
        hub_url=candidate.listing.hub_url,
        self_url=candidate.listing.self_url,
        sitemap_url=candidate.sitemap_url,
    )
    if candidate.moved_from is not None:
        how = "redirected for good"
        moves.add(
            conn, source.id, from_url=candidate.moved_from, to_url=source.url, how=how, now=now
        )
    _record_added(conn, actor, source, now)
    return source


def add_sources(
    conn: Connection,
    actor: Actor,
    candidates: Iterable[Candidate],
    *,
    alert_backlog: bool,
    now: datetime,
) -> list[Source]:
    """Poll several of what was discovered at an address. Raises InputError as `add_source` does."""
    return [
        add_source(conn, actor, candidate, alert_backlog=alert_backlog, now=now)
        for candidate in candidates
    ]


def add_listed_source(
    conn: Connection,
    actor: Actor,
    *,
    url: str,
    title: str,
    site_url: str,
    kind: SourceKind,
    alert_backlog: bool,
    now: datetime,
) -> Source:
    """Poll what a feed reader's list names, unseen. Raises InputError when it is a source already."""
    source = sources.add(
        conn,
        url=url,
        title=title,
        site_url=site_url,
        alert_backlog=alert_backlog,
        now=now,
        kind=kind,
    )
    _record_added(conn, actor, source, now)
    return source


def pause(conn: Connection, actor: Actor, source_id: int, now: datetime) -> None:
    """Stop polling a source, until `resume`. Raises NotFoundError."""
    source = sources.get(conn, source_id)
    sources.pause(conn, source_id)
    _record_state(conn, actor, AuditAction.SOURCE_PAUSED, source, now)


def resume(conn: Connection, actor: Actor, source_id: int, now: datetime) -> None:
    """Poll a source again, beginning now. Raises NotFoundError."""
    source = sources.get(conn, source_id)
    sources.resume(conn, source_id, now)
    _record_state(conn, actor, AuditAction.SOURCE_RESUMED, source, now)


def request_recrawl(conn: Connection, actor: Actor, source_id: int, now: datetime) -> None:
    """Visit a source as soon as its host may be asked.

    Raises InputError for one that is paused, and NotFoundError.
    """
    source = sources.get(conn, source_id)
    if source.state is SourceState.PAUSED:
        raise InputError(f"source {source_id} is paused: resume it first")
    sources.visit_now(conn, source_id, now, "an operator asked for it")
    actor.record(
        conn,
        AuditAction.RECRAWL_REQUESTED,
        _about(source),
        old=_when(source.schedule.next_fetch_at),
        new=_when(now),
        now=now,
    )


def change_budget(
    conn: Connection, actor: Actor, source_id: int, requests: int | None, now: datetime
) -> None:
    """Limit the requests a day for a source; None leaves it to the setting, 0 sets no limit.

    Raises NotFoundError.
    """
    source = sources.get(conn, source_id)
    sources.set_budget(conn, source_id, requests)
    actor.record(
        conn,
        AuditAction.BUDGET_CHANGED,
        _about(source),
        old=budget_words(source.schedule.daily_budget),
        new=budget_words(requests),
        now=now,
    )


def remove(conn: Connection, actor: Actor, source_id: int, now: datetime) -> None:
    """Forget a source; its articles and stories stay. Raises NotFoundError."""
    source = sources.get(conn, source_id)
    sources.remove(conn, source_id, now)
    actor.record(conn, AuditAction.SOURCE_REMOVED, _about(source), old=source.title, now=now)


def budget_words(requests: int | None) -> str:
    """Say how many requests a day a source may cost."""
    words = {None: "the setting's", 0: "no limit of"}.get(requests, str(requests))
    return f"{words} requests a day"


def _about(source: Source) -> str:
    return f"source {source.id}, {source.url}"


def _when(moment: datetime) -> str:
    return f"{moment:%F %R} UTC"


def _record_added(conn: Connection, actor: Actor, source: Source, now: datetime) -> None:
    actor.record(conn, AuditAction.SOURCE_ADDED, _about(source), new=source.title, now=now)


def _record_state(
    conn: Connection, actor: Actor, action: AuditAction, before: Source, now: datetime
) -> None:
    after = sources.get(conn, before.id)
    actor.record(conn, action, _about(before), old=before.state, new=after.state, now=now)
