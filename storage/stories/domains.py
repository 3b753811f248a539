"""Domains: what each host's articles were, and what follows from it for later stories."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import Column, Connection, Row, delete, func, insert, select

from storage.models.articles import Signal
from storage.models.stories import DomainFacts, DomainReputation
from storage.sql.schema import articles, copies, domain_copies, domains, stories

LATER = timedelta(hours=1)
"""A copy that states to be this much later than its root, and ..."""

OF_OUR_VISIT = timedelta(minutes=2)
"""... to be no older than this when we came, invented its date: it is that of our visit."""

_BATCH = 1000


@dataclass
class _Counts:
    """A host's copies, counted one after the other."""

    copies: int = 0
    dated: int = 0
    invented: int = 0
    credited: int = 0
    originals: set[int] = field(default_factory=set)
    lags: array[float] = field(default_factory=lambda: array("d"))
    stated_lags: array[float] = field(default_factory=lambda: array("d"))
    wrappers: array[float] = field(default_factory=lambda: array("d"))


@dataclass(frozen=True, slots=True)
class DomainHistory:
    """All hosts of a period, by name; `led[(one, other)]` counts copies on `other` of `one`'s."""

    facts: tuple[DomainFacts, ...]
    led: Mapping[tuple[str, str], int]


def copied_most(conn: Connection, limit: int) -> list[tuple[str, str, int]]:
    """Return who is copied by whom most: (host, the one that copies it, articles)."""
    rows = conn.execute(
        select(domain_copies.c.host, domain_copies.c.other, domain_copies.c.copies)
        .where(domain_copies.c.host != domain_copies.c.other)
        .order_by(domain_copies.c.copies.desc())
        .limit(limit)
    )
    return [(host, other, copies) for host, other, copies in rows]


def history(
    conn: Connection, since: datetime, says_whose: Callable[[str, Iterable[Signal]], bool]
) -> DomainHistory:
    """Count what the articles first seen since then were. It reads them all: seconds for 100,000.

    `says_whose` judges whether a page, by its address and signals, says that its text is another's.
    """
    counted: dict[str, _Counts] = {}
    led: Counter[tuple[str, str]] = Counter()
    for row in _copies(conn, since):
        _count(counted.setdefault(row.host, _Counts()), row)
        signals = (Signal(**signal) for signal in row.signals)
        counted[row.host].credited += says_whose(row.url, signals)
        led[row.root_host, row.host] += 1
        if row.root_first_seen >= since:
            counted.setdefault(row.root_host, _Counts()).originals.add(row.root_id)
    total = conn.execute(
        select(articles.c.host, func.count())
        .where(articles.c.first_seen >= since)
        .group_by(articles.c.host)
        .order_by(articles.c.host)
    )
    facts = tuple(_facts(host, number, counted.get(host, _Counts())) for host, number in total)
    return DomainHistory(facts, dict(led))


def keep(
    conn: Connection,
    scores: Mapping[str, tuple[float, bool]],
    led: Mapping[tuple[str, str], int],
    now: datetime,
) -> None:
    """Keep what is known of each host, (farm score, is a farm), in place of what was known."""
    for table in (domains, domain_copies):
        conn.execute(delete(table))
    if scores:
        rows = [{"host": h, "score": s, "farm": f, "at": now} for h, (s, f) in scores.items()]
        conn.execute(insert(domains), rows)
    if led:
        pairs = [{"host": h, "other": o, "copies": number} for (h, o), number in led.items()]
        conn.execute(insert(domain_copies), pairs)


def standing(conn: Connection, hosts: Collection[str]) -> DomainReputation:
    """Return what was kept of these hosts; four look-ups, whatever is stored.

    Of a single host, which nobody is held against, just whether it is a farm.
    """
    wanted = set(hosts)
    farms = select(domains.c.host).where(domains.c.host.in_(wanted), domains.c.farm)
    if len(wanted) == 1:
        return DomainReputation(frozenset(conn.execute(farms).scalars()), {})
    pairs = select(domain_copies).where(
        domain_copies.c.host.in_(wanted), domain_copies.c.other.in_(wanted)
    )
    return DomainReputation(
        farms=frozenset(conn.execute(farms).scalars()),
        led={(row.host, row.other): row.copies for row in conn.execute(pairs)},
        copied=_copies_by(conn, domain_copies.c.host, wanted),
        copying=_copies_by(conn, domain_copies.c.other, wanted),
    )


def _copies_by(conn: Connection, column: Column[str], hosts: Collection[str]) -> dict[str, int]:
    query = (
        select(column, func.sum(domain_copies.c.copies)).where(column.in_(hosts)).group_by(column)
    )
    return {host: int(number) for host, number in conn.execute(query)}


def _copies(conn: Connection, since: datetime) -> Iterable[Row[Any]]:
    """Return every copy of another host's article, with what is needed of its root."""
    root = articles.alias()
    query = (
        select(
            *(articles.c[name] for name in ("host", "url", "first_seen", "published", "backlog")),
            articles.c.signals,
            copies.c.share_of_article,
            root.c.id.label("root_id"),
            root.c.host.label("root_host"),
            root.c.first_seen.label("root_first_seen"),
            root.c.published.label("root_published"),
            root.c.backlog.label("root_backlog"),
        )
        .join(stories, stories.c.id == articles.c.story_id)
        .join(root, root.c.id == stories.c.root_article_id)
        .outerjoin(copies, copies.c.article_id == articles.c.id)
        .where(articles.c.first_seen >= since, root.c.host != articles.c.host)
    )
    return conn.execute(query.execution_options(yield_per=_BATCH))


def _count(counts: _Counts, row: Row[Any]) -> None:
    counts.copies += 1
    if row.share_of_article is not None:
        counts.wrappers.append(1 - row.share_of_article)
    if not (row.backlog or row.root_backlog):  # the backlog is seen when its source is added
        counts.lags.append((row.first_seen - row.root_first_seen).total_seconds())
    if row.published is None:
        return
    counts.dated += 1
    root_stated = row.root_published or row.root_first_seen
    root_at = min(root_stated, row.root_first_seen)
    if row.published <= row.first_seen - OF_OUR_VISIT:
        counts.stated_lags.append((row.published - root_at).total_seconds())
    elif row.published > root_at + LATER:
        counts.invented += 1


def _facts(host: str, number: int, counts: _Counts) -> DomainFacts:
    return DomainFacts(
        host=host,
        articles=number,
        copies=counts.copies,
        originals=len(counts.originals),
        lag=_median(counts.lags),
        stated_lag=_median(counts.stated_lags),
        wrapper=_median(counts.wrappers),
        dated=counts.dated,
        invented=counts.invented,
        credited=counts.credited,
    )


def _median(values: Sequence[float]) -> float | None:
    return median(values) if values else None
