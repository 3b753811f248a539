"""`wirewatch topic named`, `define`, `undefine`: queries that others hold as @name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.cli.context import context_of
from scheduler.cli.output import as_json, line, say, table
from scheduler.cli.topic_options import (
    DryRun,
    Json,
    QueryFile,
    query_text,
    readable,
    said_if_dry,
    stamp,
    writing_after,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

app = typer.Typer()

_SHOWN = 10


@app.command("named")
def list_named(ctx: typer.Context, json: Json = False) -> None:
    """List the queries that topics hold as @name."""
    from storage.topics import named_queries

    with context_of(ctx).reading() as conn:
        found = named_queries.list_all(conn)
        holders = _topics_by_name(conn)
    if json:
        as_json([{"named": each, "topics": holders.get(each.name, [])} for each in found])
        return
    table(
        ("name", "query", "topics that hold it", "applied from"),
        [(f"@{q.name}", q.query, len(holders.get(q.name, ())), q.managed_by) for q in found],
    )


@app.command()
def define(
    ctx: typer.Context,
    name: str,
    query: Annotated[str | None, typer.Argument(help="The query.")] = None,
    query_file: QueryFile = None,
    dry_run: DryRun = False,
) -> None:
    """Keep a query under a name, for others to hold as @name; topics that hold it follow."""
    from scheduler.query.named_queries import name_spellings, names_affected
    from scheduler.query.topic_names import query_name
    from scheduler.runtime.clock import utc_now
    from storage.topics import named_queries, topics

    name, text = query_name(name), query_text(query, query_file)
    with context_of(ctx).looking() as conn:
        seen, before = stamp(conn), named_queries.texts(conn)
        after = before | {name: text}
        readable(text, after, part=True)
        reached = names_affected([name], after)
        holders = topics.mentioning(conn, name_spellings(reached))
    _refuse_if_broken([(f"topic {n!r}", q) for _, n, q in holders], before, after)
    _refuse_if_broken([(f"@{n}", after[n]) for n in reached - {name}], before, after, part=True)
    with writing_after(context_of(ctx), seen, dry_run=dry_run) as conn:
        managed_by = named_queries.managed_by(conn, name)
        named_queries.put(conn, name=name, query=text, now=utc_now(), managed_by=managed_by)
        topics.touch(conn, [topic_id for topic_id, _, _ in holders])
    if name in before:
        line(f"@{name}")
        line(f"old: {before[name]}")
        line(f"new: {text}")
    else:
        line(f"@{name}: {text}")
    if managed_by:
        say(f"It is applied from the file {managed_by!r}, and so again by the next apply.")
    said_if_dry(dry_run=dry_run)


@app.command()
def undefine(ctx: typer.Context, name: str, dry_run: DryRun = False) -> None:
    """Forget a named query that nothing holds any more."""
    from scheduler.query.named_queries import names_used
    from scheduler.query.topic_names import query_name
    from storage.errors import InputError
    from storage.topics import named_queries

    name = query_name(name)
    with context_of(ctx).trying(dry_run=dry_run) as conn:
        named = named_queries.texts(conn)
        holders = [f"topic {each!r}" for each in _topic_names(conn, name)]
        holders += [f"@{n}" for n, q in named.items() if n != name and name in names_used(q, named)]
        if name in named and holders:
            raise InputError(f"@{name} is held by {_some(holders)}; change those first")
        named_queries.remove(conn, name)
    line(f"@{name} {'would be' if dry_run else 'is'} forgotten")
    said_if_dry(dry_run=dry_run)


def _topics_by_name(conn: Connection) -> dict[str, list[str]]:
    """Return the topics that hold each named query, also by way of others; each is read once."""
    from scheduler.query.named_queries import name_spellings, names_used
    from storage.topics import named_queries, topics

    named = named_queries.texts(conn)
    found: dict[str, list[str]] = {}
    for _, topic, query in topics.mentioning(conn, name_spellings(named)):
        for name in names_used(query, named):
            found.setdefault(name, []).append(topic)
    return found


def _topic_names(conn: Connection, name: str) -> list[str]:
    """Return the topics that hold a named query, also by way of others."""
    from scheduler.query.named_queries import name_spellings, names_affected, names_used
    from storage.topics import named_queries, topics

    named = named_queries.texts(conn)
    found = topics.mentioning(conn, name_spellings(names_affected([name], named)))
    return [topic for _, topic, query in found if name in names_used(query, named)]


def _refuse_if_broken(
    queries: list[tuple[str, str]],
    before: Mapping[str, str],
    after: Mapping[str, str],
    *,
    part: bool = False,
) -> None:
    """Raise InputError when a change would leave something unreadable that was readable."""
    from scheduler.query.named_queries import newly_unreadable
    from storage.errors import InputError

    broken = list(newly_unreadable(queries, before, after, part=part))
    if broken:
        raise InputError(
            f"{_some([each.whose for each in broken])} could not be read any more: "
            f"{broken[0].error}"
        )


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
