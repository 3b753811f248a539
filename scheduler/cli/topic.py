"""`wirewatch topic`: what is watched; who is told stands in `topic_routing`, files in `topic_file`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.cli import topic_file, topic_import, topic_named, topic_routing
from scheduler.cli.context import context_of
from scheduler.cli.options import (
    DryRun,
    Json,
    QueryFile,
    QueryText,
    RecipientOptions,
    check_query,
    note_dry_run,
    print_secrets,
    query_text,
    warn_managed,
    warn_without_relay,
    with_recipient_options,
)
from scheduler.cli.output import local_time, print_json, print_line, print_note, print_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from storage.models.topics import Topic

app = typer.Typer(help="What is watched, and who is told of it when.", no_args_is_help=True)

_MOST_LISTED = 100


@app.command()
@with_recipient_options
def add(
    ctx: typer.Context,
    name: str,
    *,
    query: QueryText = None,
    query_file: QueryFile = None,
    options: RecipientOptions,
    dry_run: DryRun = False,
) -> None:
    """Watch a topic. A webhook's secret is shown once, here."""
    from scheduler.actions.topics import add_topic
    from scheduler.query.named_queries import topic_name
    from scheduler.runtime.clock import utc_now
    from storage.topics import named_queries

    context = context_of(ctx)
    text, name = query_text(query, query_file), topic_name(name)
    settings = context.settings()
    recipients = options.recipients(settings)
    with context.write(dry_run=dry_run) as conn:
        check_query(text, named_queries.texts(conn))
        topic = add_topic(
            conn, context.actor, name=name, query=text, recipients=recipients, now=utc_now()
        )
    print_line(f"topic {topic.name}: {topic.query}")
    for recipient in topic.recipients:
        print_line(f"{recipient.channel}: {recipient.address}")
    note_dry_run(dry_run=dry_run)
    if dry_run:
        return
    print_secrets((recipient.address, recipient.secret) for recipient in topic.recipients)
    if not topic.recipients:
        print_note("Nobody is told of its matches yet; they are recorded and shown.")
    warn_without_relay(settings, topic.recipients)


@app.command("list")
def list_topics(
    ctx: typer.Context,
    limit: Annotated[
        int | None, typer.Option(help="How many; else 100, and in JSON all.", min=1)
    ] = None,
    match: Annotated[str, typer.Option(help="Those that hold this in name or query.")] = "",
    broken: Annotated[
        bool, typer.Option("--unreadable", help="Those whose query can't be read any more.")
    ] = False,
    json: Json = False,
) -> None:
    """List topics, oldest first."""
    from scheduler.runtime.clock import utc_now
    from scheduler.shapes.topics import topic_shape
    from storage.topics import named_queries, topics

    shown = limit or (None if json else _MOST_LISTED)
    with context_of(ctx).read() as conn:
        listed, total = topics.page(conn, limit=None if broken else shown, match=match)
        why = _unreadable(listed, named_queries.texts(conn))
    if broken:
        listed, total = [t for t in listed if t.id in why][:shown], len(why)
    if json:
        print_json(
            [
                dict(topic_shape(topic, with_addresses=True)) | {"unreadable": why.get(topic.id)}
                for topic in listed
            ]
        )
    else:
        now = utc_now()
        print_table(
            ("name", "query", "recipients", "state"),
            [(t.name, t.query, _who(t), "; ".join(_state(t, now, why.get(t.id)))) for t in listed],
        )
    if total > len(listed):
        print_note(f"and {total - len(listed)} more; see --limit and --match")


@app.command()
def show(ctx: typer.Context, name: str, json: Json = False) -> None:
    """Show a topic: its query as it is read, who is told when, and its matches."""
    from scheduler.runtime.clock import utc_now
    from scheduler.shapes.topics import topic_shape
    from scheduler.wording.routing_text import routing_words
    from storage.topics import matches, named_queries, topics

    with context_of(ctx).read() as conn:
        topic = topics.get(conn, name)
        count, last = matches.of_topic(conn, topic.id)
        reading = _reading(topic.query, named_queries.texts(conn))
    now = utc_now()
    if json:
        shape = topic_shape(topic, with_addresses=True)
        print_json({"topic": shape, **reading, "matches": count, "last_match": last})
        return
    print_line(f"topic {topic.name}, added {local_time(topic.created_at)}")
    print_line(f"query: {topic.query}")
    for key, value in reading.items():
        if value:
            print_line(
                f"{key.replace('_', ' ')}: {value if isinstance(value, str) else ', '.join(value)}"
            )
    for recipient in topic.recipients:
        print_line(
            f"{recipient.channel} {recipient.address}: {routing_words(recipient.routing, now)}"
        )
    if not topic.recipients:
        print_line("nobody is told of its matches")
    for text in _state(topic, now):
        print_line(text)
    print_line(f"{count} matches, the last one {local_time(last)}")


@app.command("set")
def set_query(
    ctx: typer.Context,
    name: str,
    query: QueryText = None,
    query_file: QueryFile = None,
    dry_run: DryRun = False,
) -> None:
    """Watch something else under a topic's name."""
    from scheduler.actions.topics import change_query
    from scheduler.runtime.clock import utc_now
    from storage.topics import named_queries, topics

    context, text = context_of(ctx), query_text(query, query_file)
    with context.write(dry_run=dry_run) as conn:
        topic = topics.get(conn, name)
        check_query(text, named_queries.texts(conn))
        change_query(conn, context.actor, topic.id, text, utc_now())
    if text == topic.query:
        print_line(f"topic {topic.name} says that already")
        return
    print_line(f"topic {topic.name}")
    print_line(f"old: {topic.query}")
    print_line(f"new: {text}")
    _after(topic, dry_run=dry_run)


@app.command()
def remove(ctx: typer.Context, name: str, dry_run: DryRun = False) -> None:
    """Stop watching a topic; alerts that were made are still delivered."""
    from scheduler.actions.topics import remove_topic
    from scheduler.runtime.clock import utc_now
    from storage.topics import topics

    context = context_of(ctx)
    with context.write(dry_run=dry_run) as conn:
        topic = topics.get(conn, name)
        remove_topic(conn, context.actor, topic.id, utc_now())
    print_line(f"topic {name} {'would be' if dry_run else 'is'} removed")
    _after(topic, dry_run=dry_run)


for part in (topic_routing.app, topic_named.app, topic_file.app, topic_import.app):
    app.add_typer(part)


def _after(topic: Topic, *, dry_run: bool) -> None:
    note_dry_run(dry_run=dry_run)
    if not dry_run:
        warn_managed(topic)


def _reading(query: str, named: Mapping[str, str]) -> dict[str, str | list[str]]:
    """Say how a query is read, or why it can't be any more, and what it holds by name."""
    from scheduler.query.language.caret import with_caret
    from scheduler.query.language.parser import parse_with_notes
    from scheduler.query.language.tree import names_in
    from storage.errors import QueryError

    try:
        reading = parse_with_notes(query, named)
    except QueryError as error:
        return {"unreadable": f"{error}\n{with_caret(query, error.position)}", "named_queries": []}
    return {
        "read_as": str(reading.query),
        "named_queries": [f"@{name}" for name in sorted(names_in(reading.query))],
        "notes": list(reading.notes),
    }


def _who(topic: Topic) -> str:
    from scheduler.wording.formatters import recipient

    return ", ".join(map(recipient, topic.recipients))


def _unreadable(listed: Sequence[Topic], named: Mapping[str, str]) -> dict[int, str]:
    """Say of topics that can't be read any more why not, by their ids."""
    from scheduler.query.named_queries import unreadable

    ids = {topic.name: topic.id for topic in listed}
    broken = unreadable(((topic.name, topic.query) for topic in listed), named)
    return {ids[query.whose]: str(query.error) for query in broken}


def _state(topic: Topic, now: datetime, unreadable: str | None = None) -> list[str]:
    """Say what is special about a topic: unreadable, muted, snoozed, applied from a file."""
    words = [f"unreadable: {unreadable}"] if unreadable else []
    words += ["muted: nobody is told"] if topic.muted else []
    if topic.snoozed_until is not None and topic.snoozed_until > now:
        words.append(f"snoozed until {local_time(topic.snoozed_until)}")
    if topic.managed_by:
        words.append(f"applied from the file {topic.managed_by!r}")
    return words
