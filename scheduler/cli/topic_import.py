"""`wirewatch topic import`: a list of queries, one a line, becomes topics."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.extract.markup.clean_text import terminal_text
from scheduler.cli.context import context_of
from scheduler.cli.options import (
    DryRun,
    Json,
    RecipientOptions,
    note_dry_run,
    print_secrets,
    read_bytes,
    topics_version,
    warn_without_relay,
    with_recipient_options,
    write_if_unchanged,
)
from scheduler.cli.output import print_json, print_line, print_note

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from scheduler.interchange.query_list import ListedQuery
    from storage.errors import QueryError

app = typer.Typer()


@dataclass(frozen=True, slots=True)
class ImportedLine:
    """What became of a line: added under a name, there already under one, or refused."""

    line: int
    query: str
    name: str = ""
    notes: tuple[str, ...] = ()
    there: bool = False
    error: QueryError | None = None


@app.command("import")
@with_recipient_options
def import_list(
    ctx: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="Queries, one a line, or a table (CSV); - for a pipe.")
    ],
    *,
    options: RecipientOptions,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Watch each query of a list, as kept beside Google Alerts; exit 1 when some are refused."""
    from scheduler.actions.topic_lists import import_topics
    from scheduler.interchange.query_list import MOST_BYTES, decoded, read_list
    from scheduler.runtime.clock import utc_now
    from storage.errors import InputError
    from storage.topics.topic_batch import TopicAddition

    context = context_of(ctx)
    settings = context.settings()
    recipients = options.recipients(settings)
    try:
        text, encoding = decoded(read_bytes(file, MOST_BYTES))
        listed = read_list(text)
    except InputError as error:
        raise InputError(f"{file}: {error}") from error
    if encoding != "utf-8":
        print_note(f"{file} is read as {encoding}")
    for note in listed.notes:
        print_note(f"note: {terminal_text(note)}")
    with context.read(or_empty=True) as conn:
        seen, imported = topics_version(conn), list(_taken(conn, listed.queries))
    new = [
        imported_line
        for imported_line in imported
        if imported_line.name and not imported_line.there
    ]
    with write_if_unchanged(context, seen, dry_run=dry_run) as conn:
        wanted = [
            TopicAddition(imported_line.name, imported_line.query, recipients)
            for imported_line in new
        ]
        import_topics(conn, context.actor, wanted, f"list {file.name}", utc_now())
    refused = sum(imported_line.error is not None for imported_line in imported)
    if json:
        print_json(
            {"dry_run": dry_run, "lines": [_as_json(imported_line) for imported_line in imported]}
        )
    else:
        for imported_line in imported:
            _tell(imported_line)
        there = len(imported) - len(new) - refused
        print_line(f"{len(new)} added, {there} there already, {refused} refused")
    note_dry_run(dry_run=dry_run)
    if new and not dry_run:
        print_secrets((imported_line.address, imported_line.secret) for imported_line in recipients)
        warn_without_relay(settings, recipients)
    if refused:
        raise typer.Exit(1)


def _taken(conn: Connection, listed: Sequence[ListedQuery]) -> Iterator[ImportedLine]:
    """Judge each line; a query that is stored already, or stands further up, is there."""
    from scheduler.query.language.parser import parse_with_notes
    from storage.errors import QueryError
    from storage.topics import named_queries, topics

    named = named_queries.texts(conn)
    stored = topics.names_of_queries(conn)
    names_by_query = {" ".join(query.split()): name for query, name in stored.items()}
    names = set(topics.names(conn))
    for number, query, wanted in listed:
        same = " ".join(query.split())
        if same in names_by_query:
            yield ImportedLine(number, query, names_by_query[same], there=True)
            continue
        try:
            notes = parse_with_notes(query, named).notes
        except QueryError as error:
            yield ImportedLine(number, query, error=error)
            continue
        name = names_by_query[same] = _name(query, wanted, names)
        names.add(name)
        yield ImportedLine(number, query, name, notes)


def _name(query: str, wanted: str, taken: Container[str]) -> str:
    """Return the name that a table wants for a topic; where it can't have it, one made of its query."""
    from scheduler.query.named_queries import name_from, topic_name, unused_name
    from storage.errors import InputError

    try:
        return unused_name(topic_name(wanted), taken)
    except InputError:
        return name_from(query, taken)


def _tell(imported: ImportedLine) -> None:
    from scheduler.query.language.caret import with_caret

    if imported.error is None:
        says = "there already as" if imported.there else "added as"
        print_line(f"line {imported.line}: {says} {imported.name}")
        for note in imported.notes:
            print_line(f"  note: {note}")
        return
    print_line(f"line {imported.line}: refused: {imported.error}")
    for shown in with_caret(imported.query, imported.error.position).splitlines():
        print_line(f"  {shown}")
    if imported.error.suggestion:
        print_line(f"  remedy: {imported.error.suggestion}")


def _as_json(imported: ImportedLine) -> Mapping[str, object]:
    if imported.error is None:
        result = "there already" if imported.there else "added"
        return {
            "line": imported.line,
            "query": imported.query,
            "result": result,
            "topic": imported.name,
            "notes": imported.notes,
        }
    return {
        "line": imported.line,
        "query": imported.query,
        "result": "refused",
        "message": str(imported.error),
        "position": imported.error.position,
        "remedy": imported.error.suggestion,
    }
