"""Named queries: defined, changed and removed, with the topics that hold them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from scheduler.actions.audit_log import Actor, AuditAction
from scheduler.query.named_queries import (
    name_spellings,
    names_affected,
    names_used,
    newly_unreadable,
)
from storage.errors import InputError
from storage.topics import named_queries, topics

_SHOWN = 10  # names


@dataclass(frozen=True, slots=True)
class DefinitionPlan:
    """What defining a named query would do: `before` is None when it is new."""

    name: str
    query: str
    before: str | None
    holder_ids: tuple[int, ...]  # topics that hold it, which are read anew


def plan_definition(conn: Connection, name: str, query: str) -> DefinitionPlan:
    """Plan to keep a query under a name; it takes long where topics are many, and stores nothing.

    Raises InputError when something could not be read any more that holds it.
    """
    before = named_queries.texts(conn)
    after = before | {name: query}
    affected = names_affected([name], after)
    holders = topics.mentioning(conn, name_spellings(affected))
    _refuse_if_broken([(f"topic {n!r}", q) for _, n, q in holders], before, after)
    others = [(f"@{n}", after[n]) for n in affected - {name}]
    _refuse_if_broken(others, before, after, part=True)
    holder_ids = tuple(topic_id for topic_id, _, _ in holders)
    return DefinitionPlan(name, query, before.get(name), holder_ids)


def define(conn: Connection, actor: Actor, plan: DefinitionPlan, now: datetime) -> str | None:
    """Keep a query under a name, as planned; return the file that it is applied from, if any."""
    managed_by = named_queries.managed_by(conn, plan.name)
    named_queries.put(conn, name=plan.name, query=plan.query, now=now, managed_by=managed_by)
    topics.touch(conn, plan.holder_ids)
    record_named_query(conn, actor, plan.name, plan.before, plan.query, now=now)
    return managed_by


def undefine(conn: Connection, actor: Actor, name: str, now: datetime) -> None:
    """Remove a named query. Raises InputError when something holds it, and NotFoundError."""
    named = named_queries.texts(conn)
    affected = name_spellings(names_affected([name], named))
    holders = [
        f"topic {topic!r}"
        for _, topic, query in topics.mentioning(conn, affected)
        if name in names_used(query, named)
    ]
    holders += [f"@{n}" for n, q in named.items() if n != name and name in names_used(q, named)]
    if name in named and holders:
        raise InputError(f"@{name} is held by {_some(holders)}; change those first")
    named_queries.remove(conn, name)
    record_named_query(conn, actor, name, named[name], None, now=now)


def record_named_query(
    conn: Connection,
    actor: Actor,
    name: str,
    before: str | None,
    after: str | None,
    *,
    now: datetime,
) -> None:
    """Write into the audit log that a named query was added (no `before`), changed or removed."""
    action = (
        AuditAction.NAMED_QUERY_ADDED
        if before is None
        else AuditAction.NAMED_QUERY_REMOVED
        if after is None
        else AuditAction.NAMED_QUERY_CHANGED
    )
    actor.record(conn, action, f"@{name}", old=before or "", new=after or "", now=now)


def _refuse_if_broken(
    queries: Iterable[tuple[str, str]],
    before: Mapping[str, str],
    after: Mapping[str, str],
    *,
    part: bool = False,
) -> None:
    """Raise InputError when a change would leave something unreadable that was readable."""
    broken = list(newly_unreadable(queries, before, after, part=part))
    if broken:
        holders = _some([query.whose for query in broken])
        raise InputError(f"{holders} could not be read any more: {broken[0].error}")


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
