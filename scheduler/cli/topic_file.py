"""`wirewatch topic apply`, `export`: topics as a file under version control."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.extract.markup.clean_text import terminal_text
from scheduler.cli.context import Context, context_of
from scheduler.cli.options import (
    DryRun,
    Json,
    header_lines,
    note_dry_run,
    print_secrets,
    read_bytes,
    topics_version,
    write_if_unchanged,
)
from scheduler.cli.output import print_json, print_line, print_note

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scheduler.interchange.topic_file.plan import TopicFilePlan
    from scheduler.interchange.topic_file.records import Flaw, LocatedFlaw, TopicFile
    from storage.models.topics import NamedQuery, Topic

app = typer.Typer()

_MOST_BYTES = 64 * 1024 * 1024
_WRONG = 2


@app.command("apply")
def apply_file(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A TOML file of topics; - for a pipe.")],
    *,
    adopt: Annotated[
        bool, typer.Option("--adopt", help="Take over topics of the same names.")
    ] = False,
    remove_most: Annotated[
        bool, typer.Option("--remove-most", help="Go on though most of its topics would go.")
    ] = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Make the topics of a file those that are watched: all of them, or none when one is wrong."""
    from scheduler.actions.topic_lists import apply_topic_file
    from scheduler.interchange.topic_file import applier
    from scheduler.runtime.clock import utc_now

    context = context_of(ctx)
    text = _toml(file)
    wanted, flaws = _read(context, file, text)
    with context.read(or_empty=True) as conn:  # the long part, which must not make the daemon wait
        if flaws:
            flaws += applier.query_flaws(conn, wanted)
            _stop_at(flaws, file, text, json=json)
        seen = topics_version(conn)
        plan, flaws = applier.prepare(conn, wanted, adopt=adopt, remove_most=remove_most)
    _stop_at(flaws, file, text, json=json)
    secrets: dict[str, str] = {}
    if not dry_run and not plan.is_empty:
        with write_if_unchanged(context, seen, dry_run=False) as conn:
            secrets = apply_topic_file(conn, context.actor, wanted, plan, utc_now())
    if json:
        print_json({"dry_run": dry_run, **_plan_json(plan, secrets)})
        return
    for said in _plan_lines(plan):
        print_line(said)
    print_secrets(secrets.items())
    note_dry_run(dry_run=dry_run)


@app.command()
def export(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="The file to write; - for standard output.")],
    of: Annotated[
        str | None, typer.Option("--of", help="Only what the file of this id has applied.")
    ] = None,
    queries: Annotated[
        bool, typer.Option("--queries", help="Only the queries, one a line.")
    ] = False,
) -> None:
    """Write the topics as a file for `apply`, or their queries as a list for `import`."""
    from scheduler.interchange.topic_file.writer import topic_file_text
    from scheduler.runtime.clock import utc_now
    from storage.errors import InputError
    from storage.topics import named_queries, topics

    with context_of(ctx).read() as conn:
        named = named_queries.list_all(conn)
        exported = topics.list_all(conn)
    if of is not None:
        exported = [topic for topic in exported if topic.managed_by == of]
        if not exported:
            raise InputError(f"no topic is applied from a file {of!r}; see: wirewatch topic list")
    if queries:
        texts = {query.name: query.query for query in named}
        text = "".join(f"{_on_one_line(topic.query, texts)}\n" for topic in exported)
    else:
        kept = [query for query in named if of is None or query.managed_by == of]
        text = topic_file_text(of or _common_id(exported, named), exported, kept, utc_now())
    if str(file) == "-":
        sys.stdout.write(text)
        return
    try:
        file.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputError(f"{file} can't be written: {error.strerror or error}") from error
    print_line(f"{len(exported)} topics are written to {file}")


def _toml(file: Path) -> str:
    from storage.errors import InputError

    raw = read_bytes(file, _MOST_BYTES)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = raw.count(b"\n", 0, error.start) + 1
        raise InputError(f"{file}, line {at}: this is not UTF-8, which TOML has to be") from error


def _read(context: Context, file: Path, text: str) -> tuple[TopicFile, list[Flaw]]:
    from scheduler.actions.recipients import address_check
    from scheduler.interchange.topic_file.parser import read_topic_file

    return read_topic_file(
        text,
        check_address=address_check(context.settings()),
        read_secret=lambda path: _secret(file.parent / path),
        read_header_lines=lambda path: header_lines([f"@{file.parent / path}"]),
    )


def _secret(path: Path) -> str:
    """Read a webhook's secret. Raises InputError when it can't be read or can't sign."""
    from datetime import UTC, datetime

    from scheduler.alerts.webhook import sign
    from storage.errors import InputError

    try:
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} can't be read; give the path of a readable file") from error
    try:
        sign(secret, "trial", datetime.now(UTC), b"")
    except ValueError as error:
        raise InputError(f"{path} holds no secret: {error}") from error
    if not secret.removeprefix("whsec_"):
        raise InputError(f"{path} is empty; write whsec_ and a secret in base64 into it")
    return secret


def _stop_at(flaws: Sequence[Flaw], file: Path, text: str, *, json: bool) -> None:
    """Tell all flaws in the order of the file, and leave."""
    if not flaws:
        return
    from scheduler.interchange.topic_file.records import flaw_lines, locate_flaws
    from scheduler.wording.formatters import count

    flaws_in_order = locate_flaws(text, flaws)
    if json:
        print_json({"errors": [_flaw_json(file, flaw) for flaw in flaws_in_order]})
    else:
        for text_line in flaw_lines(str(file), flaws_in_order):
            print_note(terminal_text(text_line))
        print_note(f"wirewatch: {count(len(flaws_in_order), 'error')}; nothing is applied")
    raise typer.Exit(_WRONG)


def _flaw_json(file: Path, located: LocatedFlaw) -> dict[str, object]:
    flaw = located.flaw
    return {
        "file": str(file),
        "line": located.line or None,
        "topic": flaw.topic or None,
        "key": located.key or None,
        "message": flaw.says,
        "position": None if flaw.query is None else flaw.position,
        "remedy": flaw.remedy or None,
    }


def _plan_lines(plan: TopicFilePlan) -> Iterator[str]:
    from scheduler.interchange.topic_file.plan import shortened

    for change in plan.named:
        old = f"{shortened(change.before.query)} -> " if change.before else ""
        yield f"{'~' if change.before else '+'} @{change.name}: {old}{shortened(change.query)}"
    yield from (f"- @{query.name}" for query in plan.named_removed)
    for topic in plan.added:
        addresses = ", ".join(recipient.address for recipient in topic.recipients) or "nobody"
        yield f"+ {topic.name}: {shortened(topic.query)}; tells {addresses}"
    for changed in plan.changed:
        yield from (f"~ {changed.topic.name}: {says}" for says in changed.says)
    yield from (f"- {topic.name}" for topic in plan.removed)
    yield (
        f"topics: {len(plan.added)} added, {len(plan.changed)} changed, "
        f"{len(plan.removed)} removed, {plan.same} the same"
    )
    if plan.named or plan.named_removed or plan.named_same:
        new = sum(change.before is None for change in plan.named)
        yield (
            f"named queries: {new} added, {len(plan.named) - new} changed, "
            f"{len(plan.named_removed)} removed, {plan.named_same} the same"
        )


def _plan_json(plan: TopicFilePlan, secrets: Mapping[str, str]) -> dict[str, object]:
    return {
        "topics": {
            "added": [topic.name for topic in plan.added],
            "changed": [{"name": c.topic.name, "changes": c.says} for c in plan.changed],
            "removed": [topic.name for topic in plan.removed],
            "same": plan.same,
        },
        "named": {
            "added": [change.name for change in plan.named if change.before is None],
            "changed": [change.name for change in plan.named if change.before is not None],
            "removed": [query.name for query in plan.named_removed],
            "same": plan.named_same,
        },
        # Shown this once, as without --json.
        "secrets": [{"webhook": url, "secret": secret} for url, secret in secrets.items()],
    }


def _common_id(topics: Sequence[Topic], named: Sequence[NamedQuery]) -> str:
    """Return the id of the one file that all were applied from; else a new one."""
    ids = {topic.managed_by for topic in topics} | {query.managed_by for query in named}
    only = ids.pop() if len(ids) == 1 else None
    return only or "exported"


def _on_one_line(query: str, named: Mapping[str, str]) -> str:
    """Write a query on one line: as it is read, when its lines or comments matter."""
    from scheduler.query.language.parser import parse_query
    from storage.errors import QueryError

    if "\n" not in query and "\r" not in query and not query.startswith("#"):
        return query
    try:
        return str(parse_query(query, named))
    except QueryError:
        return " ".join(query.split())
