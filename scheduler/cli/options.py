"""What several `wirewatch topic` commands are given: queries, recipients, and their routing."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from crawler.extract.markup.clean_text import terminal_text
from scheduler.cli.output import print_line, print_note

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import TypeVar

    from sqlalchemy import Connection

    from scheduler.cli.context import Context
    from scheduler.config.settings import Settings
    from scheduler.wording.routing_text import RoutingChange
    from storage.models.recipients import NewRecipient, Recipient, RecipientKey
    from storage.models.topics import Topic

    T = TypeVar("T")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done; store nothing.")]
QueryText = Annotated[
    str | None,
    typer.Option("--query", help="As in 'ferry AND (strike OR sinks)', quoted for the shell."),
]
QueryFile = Annotated[
    Path | None, typer.Option("--query-file", help="A file that holds the query; - for a pipe.")
]

_MOST_BYTES = 1024 * 1024
_MOST_READ = 500  # characters of a query that are worth a look


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientOptions:
    """Who gets a topic's alerts, and by which routing: options that several commands have."""

    email: Annotated[list[str] | None, typer.Option("--email", help="Who is told by e-mail.")] = (
        None
    )
    webhook: Annotated[
        list[str] | None, typer.Option("--webhook", help="What address is called.")
    ] = None
    header: Annotated[
        list[str] | None,
        typer.Option(
            "--header",
            help="Goes with each call of the webhook: 'Authorization: Bearer …', @FILE, or none.",
        ),
    ] = None
    apprise: Annotated[
        list[str] | None,
        typer.Option("--apprise", help="Another service: its address for Apprise."),
    ] = None
    mode: Annotated[
        str | None, typer.Option(help="Tell of which stories: every, first-of-day or spike.")
    ] = None
    updates: Annotated[
        bool | None, typer.Option("--updates/--no-updates", help="Tell a story's changes too.")
    ] = None
    time_zone: Annotated[str | None, typer.Option(help="As in Europe/Berlin.")] = None
    quiet: Annotated[
        str | None, typer.Option(help="Local hours to wait in: 22:00-07:00, or none.")
    ] = None
    digest: Annotated[
        str | None,
        typer.Option(
            help="All in one message: hourly, daily 07:30, weekly mon 07:30, cron …, or none."
        ),
    ] = None
    most_an_hour: Annotated[
        int | None,
        typer.Option(help="So many an hour at once, the rest in a summary; 0 for no limit.", min=0),
    ] = None

    def routing_change(self) -> RoutingChange:
        """Return what is said of the routing. Raises InputError that names the option."""
        from scheduler.calendar.digest_schedule import read_digest
        from scheduler.wording.routing_text import RoutingChange, read_mode, read_quiet, read_zone

        return RoutingChange(
            mode=_option("--mode", read_mode, self.mode),
            updates=self.updates,
            time_zone=_option("--time-zone", read_zone, self.time_zone),
            quiet=_option("--quiet", read_quiet, self.quiet),
            digest=_option("--digest", read_digest, self.digest),
            most_an_hour=self.most_an_hour,
        )

    def recipients(self, settings: Settings) -> list[NewRecipient]:
        """Return the recipients, each once. Raises InputError that names the option."""
        from scheduler.actions.recipients import address_check, new_recipient
        from storage.errors import InputError
        from storage.models.recipients import Channel

        change, check = self.routing_change(), address_check(settings)
        headers = None if self.header is None else header_lines(self.header)
        if headers is not None and not self.webhook:
            raise InputError("--header goes with --webhook")
        wanted = {
            Channel.EMAIL: self.email,
            Channel.WEBHOOK: self.webhook,
            Channel.APPRISE: self.apprise,
        }
        recipients: dict[RecipientKey, NewRecipient] = {}
        for channel, addresses in wanted.items():
            for address in addresses or ():
                try:
                    typed = check(channel, address)
                    fixed = headers if channel is Channel.WEBHOOK else None
                    recipient = new_recipient(channel, typed.address, change, check, headers=fixed)
                except InputError as error:
                    raise InputError(f"--{channel}: {terminal_text(str(error))}") from error
                for note in typed.notes:
                    print_note(f"note: {terminal_text(note)}")
                recipients.setdefault(recipient.key, recipient)
        return list(recipients.values())


def with_recipient_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of `RecipientOptions`, which it takes as its one `options`."""
    declared = get_type_hints(RecipientOptions, include_extras=True)
    hints = get_type_hints(command, include_extras=True) | declared
    defaults = {field.name: field.default for field in fields(RecipientOptions)}
    own = inspect.signature(command)
    parameters = [
        parameter.replace(
            name=name, annotation=hints[name], default=defaults.get(name, parameter.default)
        )
        for parameter in own.parameters.values()
        for name in (declared if parameter.name == "options" else (parameter.name,))
    ]

    def run(**arguments: Any) -> None:  # noqa: ANN401 - of any command
        options = RecipientOptions(**{name: arguments.pop(name) for name in declared})
        command(**arguments, options=options)

    run.__doc__, run.__name__ = command.__doc__, command.__name__
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    # What typer asks for: inspect.signature reads it.
    run.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
    return run


def header_lines(given: Iterable[str]) -> str:
    """Return a webhook's headers as they are kept: as they were typed, or of the lines of @FILE.

    Raises InputError, which never shows a value.
    """
    from scheduler.addresses.webhook_headers import read_headers
    from storage.errors import InputError

    lines: list[str] = []
    for text in given:
        if not text.startswith("@"):
            lines.append(text)
            continue
        try:
            lines += read_bytes(Path(text[1:]), _MOST_BYTES).decode("utf-8-sig").splitlines()
        except UnicodeDecodeError as error:
            raise InputError(f"{text[1:]} is no text") from error
    try:
        return read_headers(lines)
    except InputError as error:
        raise InputError(f"--header: {error}") from error


def query_text(query: str | None, query_file: Path | None) -> str:
    """Return the query that was typed, or that stands in a file. Raises InputError."""
    from storage.errors import InputError

    if (query is None) == (query_file is None):
        raise InputError("give a --query or a --query-file, one of them")
    if query is not None:
        return query.strip()
    raw = read_bytes(query_file or Path("-"), _MOST_BYTES)
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n").strip()
    except UnicodeDecodeError as error:
        raise InputError(f"--query-file {query_file}: it is not UTF-8") from error


def read_bytes(path: Path, most: int) -> bytes:
    """Read a file, or standard input for -, up to one byte more than `most`.

    Raises InputError when it can't be read, or holds more.
    """
    from storage.errors import InputError

    try:
        if str(path) == "-":
            raw = sys.stdin.buffer.read(most + 1)
        else:
            with path.open("rb") as file:
                raw = file.read(most + 1)
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror or error}") from error
    if len(raw) > most:
        raise InputError(f"{path} has more than {most // 1024 // 1024} MB; split it")
    return raw


def check_query(text: str, named: Mapping[str, str], *, part: bool = False) -> None:
    """Read a query, and say how it is read; an error shows its place.

    A `part` of others may say only what must not appear. Raises QueryError.
    """
    from scheduler.query.language.caret import with_caret
    from scheduler.query.language.parser import parse_with_notes
    from storage.errors import QueryError

    try:
        reading = parse_with_notes(text, named, part=part)
    except QueryError as error:
        if text:
            error.add_note(terminal_text(with_caret(text, error.position)))
        raise
    for note in reading.notes:
        print_note(f"note: {terminal_text(note)}")
    read = str(reading.query)
    if read.casefold() != text.casefold() and len(read) <= _MOST_READ:
        print_note(f"read as: {terminal_text(read)}")


def print_secrets(secrets: Iterable[tuple[str, str | None]]) -> None:
    """Show the (address, secret) of new webhooks, for once."""
    shown = [(address, secret) for address, secret in secrets if secret]
    if shown:
        print_note("A secret verifies its webhook's signature; it is not shown again:")
    for address, secret in shown:
        print_line(f"secret of {address}: {secret}")


def warn_without_relay(settings: Settings, recipients: Iterable[NewRecipient | Recipient]) -> None:
    """Say that e-mail waits while no relay is set."""
    from storage.models.recipients import Channel

    if settings.email.host is None and any(
        recipient.channel is Channel.EMAIL for recipient in recipients
    ):
        print_note("E-mail waits until a relay is set: email.host in wirewatch.toml.")


def warn_managed(topic: Topic) -> None:
    """Say that a file will undo a change that is made by hand."""
    if topic.managed_by:
        print_note(
            f"topic {topic.name} is applied from the file {topic.managed_by!r}: "
            "the next `topic apply` of it undoes this, unless the file says the same."
        )


def topics_version(conn: Connection) -> tuple[object, ...]:
    """Return what differs once topics or named queries have changed."""
    from storage.topics import named_queries, topics

    return topics.version(conn), *named_queries.list_all(conn)


@contextmanager
def write_if_unchanged(
    context: Context, seen: tuple[object, ...], *, dry_run: bool
) -> Iterator[Connection]:
    """Yield a write transaction for what was decided by a look at the topics.

    Looking takes seconds when they are many, and whoever writes makes the daemon wait. Raises
    StorageError when they have changed since.
    """
    from storage.errors import StorageError

    with context.write(dry_run=dry_run) as conn:
        if topics_version(conn) != seen:
            raise StorageError("topics were changed by somebody else just now; do it again")
        yield conn


def note_dry_run(*, dry_run: bool) -> None:
    """Say that nothing came of it, when it was tried only."""
    if dry_run:
        print_note("Nothing is stored: --dry-run.")


def _option(name: str, read: Callable[[str], T], text: str | None) -> T | None:
    from storage.errors import InputError

    try:
        return None if text is None else read(text)
    except InputError as error:
        raise InputError(f"{name} {error}") from error
