"""Sources: the listings that we poll, and how each of them is doing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    and_,
    bindparam,
    case,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from storage.crawl import moves
from storage.errors import InputError, NotFoundError
from storage.models.problems import Problem
from storage.models.sources import (
    ListingFacts,
    ListingValidators,
    Source,
    SourceHealth,
    SourceKind,
    SourceSchedule,
    SourceState,
)
from storage.process import counters
from storage.sql import schema
from storage.sql.column_types import take

SourcePosition = tuple[int, str, int]
"""Where a source stands in lists: its rank, its title in small letters, its id."""

_t = schema.sources
_VERSION = "sources_version"
_BY_ID = select(_t).where(_t.c.id == bindparam("source_id"))  # asked for each fetch
_WORD = case(
    (_t.c.state == SourceState.PAUSED, "paused"),
    (_t.c.problem.is_not(None), "failing"),
    (_t.c.primed_at.is_(None), "new"),
    else_="healthy",
)
_NOTICED = 0.01  # a smaller change of a weight is not worth a write


def add(
    conn: Connection,
    *,
    url: str,
    title: str,
    site_url: str,
    alert_backlog: bool,
    now: datetime,
    kind: SourceKind = SourceKind.FEED,
    hub_url: str | None = None,
    self_url: str | None = None,
    sitemap_url: str | None = None,
    learned: Mapping[str, Any] | None = None,
) -> Source:
    """Add a source, due at once. Raises InputError when its address is there already."""
    if by_url(conn, url) is not None:
        raise InputError(f"{url} is a source already; see: wirewatch source list")
    source_id = conn.execute(
        insert(_t)
        .values(
            url=url,
            title=title,
            site_url=site_url,
            state=SourceState.ACTIVE,
            alert_backlog=alert_backlog,
            added_at=now,
            next_fetch_at=now,
            next_reason="newly added",
            kind=kind,
            hub_url=hub_url,
            self_url=self_url,
            sitemap_url=sitemap_url,
            learned=learned,
        )
        .returning(_t.c.id)
    ).scalar_one()
    counters.add(conn, _VERSION, 1)
    return get(conn, source_id)


def get(conn: Connection, source_id: int) -> Source:
    """Return a source, also a removed one. Raises NotFoundError."""
    row = conn.execute(_BY_ID, {"source_id": source_id}).one_or_none()
    if row is None:
        raise NotFoundError(f"there is no source {source_id}; see: wirewatch source list")
    return _source(row)


def by_url(conn: Connection, url: str) -> Source | None:
    """Return the source with this listing address, unless it was removed."""
    row = conn.execute(select(_t).where(_t.c.url == url, _t.c.removed_at.is_(None))).one_or_none()
    return None if row is None else _source(row)


def find(conn: Connection, what: str) -> Source:
    """Return the source that an operator means: an id, a listing's or a site's address.

    Raises NotFoundError.
    """
    for source in list_all(conn):
        if what in (str(source.id), source.url, source.site_url, source.title):
            return source
    raise NotFoundError(f"there is no source {what!r}; see: wirewatch source list")


def list_all(conn: Connection) -> list[Source]:
    """Return all sources that were not removed, oldest first."""
    rows = conn.execute(select(_t).where(_t.c.removed_at.is_(None)).order_by(_t.c.id))
    return [_source(row) for row in rows]


def failing_or_quiet(conn: Connection) -> list[Source]:
    """Return the sources that fail, are oddly quiet, or list more than is seen of them, oldest first."""
    overrun = and_(_t.c.overlap == 0.0, _t.c.missed > 0)
    rows = conn.execute(
        select(_t)
        .where(_t.c.removed_at.is_(None))
        .where(or_(_t.c.problem.is_not(None), _t.c.quiet != "", overrun))
        .order_by(_t.c.id)
    )
    return [_source(row) for row in rows]


def count_by_health(conn: Connection) -> dict[str, int]:
    """Count the sources by the word for how they are: new, healthy, failing or paused."""
    rows = conn.execute(
        select(_WORD, func.count()).where(_t.c.removed_at.is_(None)).group_by(_WORD)
    )
    return {word: count for word, count in rows}  # noqa: C416 - rows aren't pairs to mypy


def count_quiet(conn: Connection) -> int:
    """Count the sources that are oddly quiet."""
    quiet = select(func.count()).where(_t.c.removed_at.is_(None), _t.c.quiet != "")
    return conn.execute(quiet).scalar_one()


def health_of(source: Source) -> str:
    """Say in a word how a source is: new, healthy, failing or paused."""
    if source.state is SourceState.PAUSED:
        return "paused"
    if source.health.problem is not None:
        return "failing"
    return "new" if source.health.primed_at is None else "healthy"


def last_read(conn: Connection) -> datetime | None:
    """Return when a source was read last, whichever."""
    return conn.execute(
        select(func.max(_t.c.last_success_at)).where(_t.c.removed_at.is_(None))
    ).scalar()


def page(
    conn: Connection,
    *,
    limit: int,
    after: SourcePosition | None = None,
    word: str = "",
    text: str = "",
) -> list[tuple[SourcePosition, Source]]:
    """Return a page of sources, those that fail first, then by title; each with its place.

    `word` and `text` (in titles and addresses) narrow them.
    """
    rank = case({"failing": 0, "new": 1, "healthy": 2}, value=_WORD, else_=3)
    title = func.lower(_t.c.title)
    query = select(_t, rank.label("rank"), title.label("lower")).where(_t.c.removed_at.is_(None))
    if word == "quiet":
        query = query.where(_t.c.quiet != "")
    elif word:
        query = query.where(_WORD.in_([word]))
    if text:
        query = query.where(
            or_(
                _t.c.title.icontains(text, autoescape=True),
                _t.c.url.icontains(text, autoescape=True),
            )
        )
    if after is not None:
        query = query.where(tuple_(rank, title, _t.c.id) > after)
    rows = conn.execute(query.order_by(rank, title, _t.c.id).limit(limit)).all()
    return [((row.rank, row.lower, row.id), _source(row)) for row in rows]


def set_quiet(conn: Connection, says: Mapping[int, str]) -> None:
    """Keep which sources are oddly quiet, with a sentence for operators on each."""
    rows = conn.execute(select(_t.c.id, _t.c.quiet))
    sentences = {source_id: was for source_id, was in rows}  # noqa: C416 - rows aren't pairs to mypy
    for source_id, was in sentences.items():
        sentence = says.get(source_id, "")
        if sentence != was:
            conn.execute(update(_t).where(_t.c.id == source_id).values(quiet=sentence))


def version(conn: Connection) -> int:
    """Return a number that changes whenever an operator adds, pauses, resumes or removes a source."""
    return counters.get(conn, _VERSION)


def changed(conn: Connection) -> None:
    """Have the daemon look at what is due again, as after an operator's change to a source."""
    counters.add(conn, _VERSION, 1)


def pause(conn: Connection, source_id: int) -> None:
    """Stop polling a source, and leave its pages in the frontier unfetched.

    Raises NotFoundError.
    """
    counters.add(conn, _VERSION, 1)
    _set(conn, source_id, state=SourceState.PAUSED)


def resume(conn: Connection, source_id: int, now: datetime) -> None:
    """Poll a source again, beginning now. Raises NotFoundError."""
    counters.add(conn, _VERSION, 1)
    _set(conn, source_id, state=SourceState.ACTIVE, next_fetch_at=now, next_reason="resumed")


def remove(conn: Connection, source_id: int, now: datetime) -> None:
    """Forget a source; its articles and stories stay. Raises NotFoundError."""
    counters.add(conn, _VERSION, 1)
    _set(conn, source_id, state=SourceState.PAUSED, removed_at=now)


def fetched(
    conn: Connection,
    source_id: int,
    *,
    now: datetime,
    next_fetch_at: datetime,
    next_reason: str,
    article_rate: float,
    etag: str | None,
    last_modified: str | None,
    body_hash: str | None,
    rhythm: Mapping[str, Any] | None = None,
) -> None:
    """Record a listing that was read, or was not modified; the first one primes the source.

    Raises NotFoundError.
    """
    primed = select(_t.c.primed_at).where(_t.c.id == source_id).scalar_subquery()
    _set(
        conn,
        source_id,
        primed_at=conn.execute(select(primed)).scalar() or now,
        last_fetch_at=now,
        last_success_at=now,
        failures=0,
        problem=None,
        problem_detail="",
        next_fetch_at=next_fetch_at,
        next_reason=next_reason,
        article_rate=article_rate,
        rhythm=rhythm,
        rate_at=now,
        etag=etag,
        last_modified=last_modified,
        body_hash=body_hash,
    )


def set_coverage(conn: Connection, source_id: int, *, listed: int, overlap: float | None) -> None:
    """Record how many items a listing had, and the share of them that was known.

    Raises NotFoundError.
    """
    _set(conn, source_id, listed=listed, overlap=overlap)


def bring_forward(conn: Connection, source_id: int, at: datetime, reason: str) -> None:
    """Visit a source at this time, unless it is visited sooner."""
    later = and_(_t.c.id == source_id, _t.c.next_fetch_at > at)
    conn.execute(update(_t).where(later).values(next_fetch_at=at, next_reason=reason))


def visit_now(conn: Connection, source_id: int, now: datetime, reason: str) -> None:
    """Make a source due now, for the daemon to take it up at once. Raises NotFoundError."""
    counters.add(conn, _VERSION, 1)
    _set(conn, source_id, next_fetch_at=now, next_reason=reason)


def set_degraded(conn: Connection, source_id: int, degraded: str) -> None:
    """Record why not all of a listing could be read; "" when all of it was.

    Raises NotFoundError.
    """
    _set(conn, source_id, degraded=degraded)


def set_learned(conn: Connection, source_id: int, learned: Mapping[str, Any]) -> None:
    """Record what is known of which links of a section page lead to articles.

    Raises NotFoundError.
    """
    _set(conn, source_id, learned=learned)


def set_hub(conn: Connection, source_id: int, hub_url: str | None, self_url: str | None) -> None:
    """Keep which hub a listing names (None: none any more), and by which address it knows it.

    Raises NotFoundError.
    """
    _set(conn, source_id, hub_url=hub_url, self_url=self_url)


def set_sitemap(conn: Connection, source_id: int, url: str) -> None:
    """Keep where a source's sitemap is. Raises NotFoundError."""
    _set(conn, source_id, sitemap_url=url)


def set_trust(conn: Connection, source_id: int, trust: int, checked_at: datetime | None) -> None:
    """Record how far a source's "not modified" is believed, and when it was checked last.

    Raises NotFoundError.
    """
    _set(conn, source_id, trust=trust, checked_at=checked_at)


def failed(
    conn: Connection,
    source_id: int,
    *,
    now: datetime,
    problem: Problem,
    detail: str,
    next_fetch_at: datetime,
    next_reason: str,
) -> None:
    """Record a visit that gave no listing, by the name of its problem."""
    conn.execute(
        update(_t)
        .where(_t.c.id == source_id)
        .values(
            last_fetch_at=now,
            failures=_t.c.failures + 1,
            problem=problem,
            problem_detail=detail[:500],
            next_fetch_at=next_fetch_at,
            next_reason=next_reason,
        )
    )


def set_budget(conn: Connection, source_id: int, requests: int | None) -> None:
    """Limit the requests a day for a source; None leaves it to the setting, 0 sets no limit.

    Raises NotFoundError.
    """
    counters.add(conn, _VERSION, 1)
    _set(conn, source_id, daily_budget=requests)


def failing_reported(conn: Connection, source_id: int, at: datetime | None) -> None:
    """Record when operators got a notice of a source's failing; None once it has recovered.

    Raises NotFoundError.
    """
    _set(conn, source_id, failing_reported_at=at)


def set_weights(conn: Connection, weights: Mapping[int, float]) -> None:
    """Keep what each source's articles are worth to the topics."""
    for source_id, weight in weights.items():
        changed = and_(_t.c.id == source_id, func.abs(_t.c.weight - weight) > _NOTICED)
        conn.execute(update(_t).where(changed).values(weight=weight))


def moved(conn: Connection, source: Source, url: str, *, how: str, now: datetime) -> None:
    """Record the new address of a listing that moved for good, and `how` we learned of it.

    Where another source has that address, this one stays where it is, and its moves say so.

    Raises NotFoundError.
    """
    other = by_url(conn, url)
    if other is not None and other.id != source.id:
        how = f"{how}; source {other.id} is there already"
    moves.add(conn, source.id, from_url=source.url, to_url=url, how=how, now=now)
    if other is None:
        # What its old server said of the age of its answers is nothing to the new one.
        _set(conn, source.id, url=url, etag=None, last_modified=None)


def _set(conn: Connection, source_id: int, **values: object) -> None:
    if conn.execute(update(_t).where(_t.c.id == source_id).values(**values)).rowcount == 0:
        raise NotFoundError(f"there is no source {source_id}; see: wirewatch source list")


def _source(row: Row[tuple[object, ...]]) -> Source:
    values: dict[str, Any] = dict(row._mapping)
    for unkept in ("removed_at", "rank", "lower"):
        values.pop(unkept, None)
    values["state"] = SourceState(values["state"])
    values["kind"] = SourceKind(values["kind"])
    values["problem"] = None if values["problem"] is None else Problem(values["problem"])
    return Source(
        schedule=take(SourceSchedule, values),
        validators=take(ListingValidators, values),
        health=take(SourceHealth, values),
        listing=take(ListingFacts, values),
        **values,
    )
