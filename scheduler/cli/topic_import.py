"""`wirewatch topic import`: a list of queries, one a line, becomes topics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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
    file: Annotated[Path, typer.Argument(help="Queries, one a line; - for a pipe.")],
    *,
    options: RecipientOptions,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Watch each query of a list, as kept beside Google Alerts; exit 1 when some are refused."""
    from scheduler.actions.topic_lists import import_topics
    from scheduler.interchange.query_list import MOST_BYTES, decoded, queries
    from scheduler.runtime.clock import utc_now
    from storage.errors import InputError
    from storage.topics.topic_batch import TopicAddition

    context = context_of(ctx)
    settings = context.settings()
    told = options.recipients(settings)
    try:
        text, encoding = decoded(read_bytes(file, MOST_BYTES))
    except InputError as error:
        raise InputError(f"{file}: {error}") from error
    if encoding != "utf-8":
        print_note(f"{file} is read as {encoding}")
    listed = list(queries(text))
    with context.read(or_empty=True) as conn:
        seen, taken = topics_version(conn), list(_taken(conn, listed))
    new = [each for each in taken if each.name and not each.there]
    with write_if_unchanged(context, seen, dry_run=dry_run) as conn:
        wanted = [TopicAddition(each.name, each.query, told) for each in new]
        import_topics(conn, context.actor, wanted, f"list {file.name}", utc_now())
    refused = sum(each.error is not None for each in taken)
    if json:
        print_json({"dry_run": dry_run, "lines": [_as_json(each) for each in taken]})
    else:
        for each in taken:
            _tell(each)
        there = len(taken) - len(new) - refused
        print_line(f"{len(new)} added, {there} there already, {refused} refused")
    note_dry_run(dry_run=dry_run)
    if new and not dry_run:
        print_secrets((each.address, each.secret) for each in told)
        warn_without_relay(settings, told)
    if refused:
        raise typer.Exit(1)


def _taken(conn: Connection, listed: Sequence[ListedQuery]) -> Iterator[ImportedLine]:
    """Judge each line; a query that is stored already, or stands further up, is there."""
    from scheduler.query.language.parser import parse_with_notes
    from scheduler.query.topic_names import name_from
    from storage.errors import QueryError
    from storage.topics import named_queries, topics

    named = named_queries.texts(conn)
    stored = topics.names_of_queries(conn)
    known = {" ".join(query.split()): name for query, name in stored.items()}
    names = set(topics.names(conn))
    for number, query in listed:
        same = " ".join(query.split())
        if same in known:
            yield ImportedLine(number, query, known[same], there=True)
            continue
        try:
            notes = parse_with_notes(query, named).notes
        except QueryError as error:
            yield ImportedLine(number, query, error=error)
            continue
        name = known[same] = name_from(query, names)
        names.add(name)
        yield ImportedLine(number, query, name, notes)


def _tell(taken: ImportedLine) -> None:
    from scheduler.query.language.caret import with_caret

    if taken.error is None:
        says = "there already as" if taken.there else "added as"
        print_line(f"line {taken.line}: {says} {taken.name}")
        for note in taken.notes:
            print_line(f"  note: {note}")
        return
    print_line(f"line {taken.line}: refused: {taken.error}")
    for shown in with_caret(taken.query, taken.error.position).splitlines():
        print_line(f"  {shown}")
    if taken.error.suggestion:
        print_line(f"  remedy: {taken.error.suggestion}")


def _as_json(taken: ImportedLine) -> Mapping[str, object]:
    if taken.error is None:
        result = "there already" if taken.there else "added"
        return {
            "line": taken.line,
            "query": taken.query,
            "result": result,
            "topic": taken.name,
            "notes": taken.notes,
        }
    return {
        "line": taken.line,
        "query": taken.query,
        "result": "refused",
        "message": str(taken.error),
        "position": taken.error.position,
        "remedy": taken.error.suggestion,
    }
