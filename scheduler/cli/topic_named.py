"""`wirewatch topic named`, `define`, `undefine`: queries that others hold as @name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.cli.context import context_of
from scheduler.cli.options import (
    DryRun,
    Json,
    QueryFile,
    check_query,
    note_dry_run,
    query_text,
    topics_version,
    write_if_unchanged,
)
from scheduler.cli.output import print_json, print_line, print_note, print_table

if TYPE_CHECKING:
    from sqlalchemy import Connection

app = typer.Typer()


@app.command("named")
def list_named(ctx: typer.Context, json: Json = False) -> None:
    """List the queries that topics hold as @name."""
    from storage.topics import named_queries

    with context_of(ctx).read() as conn:
        listed = named_queries.list_all(conn)
        holders = _topics_by_name(conn)
    if json:
        print_json(
            [
                {"named": named_query, "topics": holders.get(named_query.name, [])}
                for named_query in listed
            ]
        )
        return
    print_table(
        ("name", "query", "topics that hold it", "applied from"),
        [(f"@{q.name}", q.query, len(holders.get(q.name, ())), q.managed_by) for q in listed],
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
    from scheduler.actions import named_queries as actions
    from scheduler.query.named_queries import query_name
    from scheduler.runtime.clock import utc_now
    from storage.topics import named_queries

    context = context_of(ctx)
    name, text = query_name(name), query_text(query, query_file)
    with context.read(or_empty=True) as conn:  # the long part, which must not make the daemon wait
        version = topics_version(conn)
        check_query(text, named_queries.texts(conn) | {name: text}, part=True)
        plan = actions.plan_definition(conn, name, text)
    with write_if_unchanged(context, version, dry_run=dry_run) as conn:
        managed_by = actions.define(conn, context.actor, plan, utc_now())
    if plan.before is not None:
        print_line(f"@{name}")
        print_line(f"old: {plan.before}")
        print_line(f"new: {text}")
    else:
        print_line(f"@{name}: {text}")
    if managed_by:
        print_note(f"It is applied from the file {managed_by!r}, and so again by the next apply.")
    note_dry_run(dry_run=dry_run)


@app.command()
def undefine(ctx: typer.Context, name: str, dry_run: DryRun = False) -> None:
    """Forget a named query that nothing holds any more."""
    from scheduler.actions import named_queries as actions
    from scheduler.query.named_queries import query_name
    from scheduler.runtime.clock import utc_now

    context, name = context_of(ctx), query_name(name)
    with context.write(dry_run=dry_run) as conn:
        actions.undefine(conn, context.actor, name, utc_now())
    print_line(f"@{name} {'would be' if dry_run else 'is'} forgotten")
    note_dry_run(dry_run=dry_run)


def _topics_by_name(conn: Connection) -> dict[str, list[str]]:
    """Return the topics that hold each named query, also by way of others; each is read once."""
    from scheduler.query.named_queries import name_spellings, names_used
    from storage.topics import named_queries, topics

    named = named_queries.texts(conn)
    topic_names: dict[str, list[str]] = {}
    for _, topic, query in topics.mentioning(conn, name_spellings(named)):
        for name in names_used(query, named):
            topic_names.setdefault(name, []).append(topic)
    return topic_names
