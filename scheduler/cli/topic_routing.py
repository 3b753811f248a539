"""`wirewatch topic tell`, `untell`, `mute`, `unmute`, `snooze`: who is told of a topic, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.cli.context import context_of
from scheduler.cli.options import (
    DryRun,
    RecipientOptions,
    note_dry_run,
    print_secrets,
    warn_managed,
    warn_without_relay,
    with_recipient_options,
)
from scheduler.cli.output import local_time, print_line, print_note

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.models.recipients import Recipient
    from storage.models.topics import Topic

app = typer.Typer()

OneRecipient = Annotated[
    str | None, typer.Option("--recipient", help="One of its recipients; else the whole topic.")
]


@app.command()
@with_recipient_options
def tell(
    ctx: typer.Context, name: str, *, options: RecipientOptions, dry_run: DryRun = False
) -> None:
    """Tell somebody of a topic; of who is told already, change when."""
    from scheduler.actions.recipients import add_recipients
    from scheduler.runtime.clock import utc_now
    from scheduler.wording.routing_text import routing_words
    from storage.errors import InputError
    from storage.topics import topics

    context, now = context_of(ctx), utc_now()
    settings = context.settings()
    wanted = options.recipients(settings)
    if not wanted:
        raise InputError("say whom: --email, --webhook or --apprise")
    change = options.routing_change()
    with context.write(dry_run=dry_run) as conn:
        topic = topics.get(conn, name)
        stored = add_recipients(conn, context.actor, topic.id, wanted, change, now=now)
    for recipient in stored:
        print_line(
            f"{recipient.channel} {recipient.address}: {routing_words(recipient.routing, now)}"
        )
    if _ended(topic, dry_run=dry_run):
        return
    print_secrets((recipient.address, recipient.secret) for recipient in stored)
    warn_without_relay(settings, wanted)


@app.command()
def untell(
    ctx: typer.Context,
    name: str,
    who: Annotated[list[str], typer.Argument(help="Addresses; of a webhook its host will do.")],
    dry_run: DryRun = False,
) -> None:
    """Tell somebody no longer; deliveries that wait are still made."""
    from scheduler.actions.recipients import remove_recipients
    from scheduler.runtime.clock import utc_now
    from storage.topics import topics

    context = context_of(ctx)
    with context.write(dry_run=dry_run) as conn:
        topic = topics.get(conn, name)
        removed = {each.id: each for each in (recipient_of(topic, address) for address in who)}
        remove_recipients(conn, context.actor, topic.id, removed.keys(), utc_now())
    for recipient in removed.values():
        print_line(f"{recipient.channel} {recipient.address} is no longer told of {topic.name}")
    if len(removed) == len(topic.recipients):
        print_note("Nobody is told of its matches now; they are recorded and shown.")
    _ended(topic, dry_run=dry_run)


@app.command()
def mute(
    ctx: typer.Context, name: str, recipient: OneRecipient = None, dry_run: DryRun = False
) -> None:
    """Tell nobody, or one recipient nothing, until `unmute`; matches are recorded."""
    from scheduler.actions import topics as actions
    from scheduler.runtime.clock import utc_now

    context = context_of(ctx)
    with context.write(dry_run=dry_run) as conn:
        topic, one = _topic_and_recipient(conn, name, recipient)
        actions.mute(conn, context.actor, topic.id, utc_now(), recipient=one)
    print_line(f"{_named(topic, one)} is muted; to undo it: wirewatch topic unmute")
    note_dry_run(dry_run=dry_run)


@app.command()
def unmute(
    ctx: typer.Context, name: str, recipient: OneRecipient = None, dry_run: DryRun = False
) -> None:
    """Tell again who was muted or snoozed."""
    from scheduler.actions import topics as actions
    from scheduler.runtime.clock import utc_now

    context = context_of(ctx)
    with context.write(dry_run=dry_run) as conn:
        topic, one = _topic_and_recipient(conn, name, recipient)
        actions.unmute(conn, context.actor, topic.id, utc_now(), recipient=one)
    print_line(f"{_named(topic, one)} is told again")
    note_dry_run(dry_run=dry_run)


@app.command()
def snooze(
    ctx: typer.Context,
    name: str,
    until: Annotated[list[str], typer.Argument(help="8h, 3d, or until 2026-12-24T08:00.")],
    recipient: OneRecipient = None,
    dry_run: DryRun = False,
) -> None:
    """Tell nobody, or one recipient nothing, for some time; matches are recorded."""
    from scheduler.actions import topics as actions
    from scheduler.runtime.clock import utc_now
    from scheduler.wording.routing_text import read_until

    context, now = context_of(ctx), utc_now()
    end = read_until(" ".join(until), now)
    with context.write(dry_run=dry_run) as conn:
        topic, one = _topic_and_recipient(conn, name, recipient)
        actions.snooze(conn, context.actor, topic.id, end, now, recipient=one)
    print_line(
        f"{_named(topic, one)} is snoozed until {local_time(end)}; to undo it: wirewatch topic unmute"
    )
    note_dry_run(dry_run=dry_run)


@app.command("new-secret")
def new_secret(
    ctx: typer.Context,
    name: str,
    webhook: Annotated[str, typer.Argument(help="Its address, or its host.")],
    *,
    overlap: Annotated[
        str, typer.Option(help="How long the old one signs beside it: 90m, 24h, 3d.")
    ] = "24h",
) -> None:
    """Give a webhook a new secret, shown once here; both sign until the receiver has changed over."""
    from scheduler.actions.recipients import change_secret
    from scheduler.runtime.clock import utc_now
    from scheduler.wording.routing_text import read_until
    from storage.topics import topics

    context, now = context_of(ctx), utc_now()
    until = read_until(overlap, now)
    with context.write() as conn:
        topic = topics.get(conn, name)
        recipient = recipient_of(topic, webhook)
        secret = change_secret(conn, context.actor, topic, recipient, until=until, now=now)
    warn_managed(topic)
    print_line(f"secret of {recipient.address}: {secret}")
    print_note(f"The old one signs beside it until {local_time(until)}.")


def _topic_and_recipient(
    conn: Connection, name: str, address: str | None
) -> tuple[Topic, Recipient | None]:
    from storage.topics import topics

    topic = topics.get(conn, name)
    return topic, None if address is None else recipient_of(topic, address)


def _named(topic: Topic, recipient: Recipient | None) -> str:
    of = "" if recipient is None else f"{recipient.address} of "
    return f"{of}topic {topic.name}"


def recipient_of(topic: Topic, who: str) -> Recipient:
    """Return a recipient by its address, or a webhook by its host.

    Raises InputError when several have that host, and NotFoundError.
    """
    from scheduler.wording.formatters import host
    from storage.errors import InputError, NotFoundError

    for name in (lambda recipient: recipient.address, lambda recipient: host(recipient.address)):
        recipients = [recipient for recipient in topic.recipients if name(recipient) == who]
        if len(recipients) == 1:
            return recipients[0]
        if recipients:
            raise InputError(
                f"topic {topic.name!r} tells {len(recipients)} of {who!r}; give the address"
            )
    raise NotFoundError(
        f"topic {topic.name!r} tells no {who!r}; see: wirewatch topic show {topic.name!r}"
    )


def _ended(topic: Topic, *, dry_run: bool) -> bool:
    """Say what becomes of a change; whether it was tried only."""
    if not dry_run:
        warn_managed(topic)
    note_dry_run(dry_run=dry_run)
    return dry_run
