"""`wirewatch topic tell`, `untell`, `mute`, `unmute`, `snooze`: who is told of a topic, and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.cli.context import context_of
from scheduler.cli.output import line, local, say
from scheduler.cli.topic_options import (
    Digest,
    DryRun,
    Emails,
    Mode,
    MostAnHour,
    QuietHours,
    Services,
    Updates,
    Webhooks,
    Zone,
    mail_waits,
    managed_elsewhere,
    recipients,
    routing_change,
    said_if_dry,
    tell_secrets,
)

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from scheduler.wording.routing_text import RoutingChange
    from storage.models.recipients import NewRecipient, Recipient
    from storage.models.topics import Topic

app = typer.Typer()

OneRecipient = Annotated[
    str | None, typer.Option("--recipient", help="One of its recipients; else the whole topic.")
]


@app.command()
def tell(
    ctx: typer.Context,
    name: str,
    *,
    email: Emails = None,
    webhook: Webhooks = None,
    apprise: Services = None,
    mode: Mode = None,
    updates: Updates = None,
    time_zone: Zone = None,
    quiet: QuietHours = None,
    digest: Digest = None,
    most_an_hour: MostAnHour = None,
    dry_run: DryRun = False,
) -> None:
    """Tell somebody of a topic; of who is told already, change when."""
    from scheduler.runtime.clock import utc_now
    from scheduler.wording.routing_text import routing_words
    from storage.errors import InputError
    from storage.topics import topics

    change = routing_change(
        mode=mode,
        updates=updates,
        time_zone=time_zone,
        quiet=quiet,
        digest=digest,
        most_an_hour=most_an_hour,
    )
    settings = context_of(ctx).settings()
    wanted = recipients(settings, email, webhook, apprise, change)
    if not wanted:
        raise InputError("say whom: --email, --webhook or --apprise")
    with context_of(ctx).trying(dry_run=dry_run) as conn:
        before = topics.get(conn, name)
        topics.set_recipients(conn, before.id, _with(before, wanted, change), utc_now())
        topic = topics.get(conn, name)
    told = {(each.channel, each.address) for each in wanted}
    for each in topic.recipients:
        if (each.channel, each.address) in told:
            line(f"{each.channel} {each.address}: {routing_words(each.routing, utc_now())}")
    if _ended(before, dry_run=dry_run):
        return
    known = {each.id for each in before.recipients}
    tell_secrets((each.address, each.secret) for each in topic.recipients if each.id not in known)
    mail_waits(settings, wanted)


@app.command()
def untell(
    ctx: typer.Context,
    name: str,
    who: Annotated[list[str], typer.Argument(help="Addresses; of a webhook its host will do.")],
    dry_run: DryRun = False,
) -> None:
    """Tell somebody no longer; deliveries that wait are still made."""
    from scheduler.runtime.clock import utc_now
    from storage.topics import topics

    with context_of(ctx).trying(dry_run=dry_run) as conn:
        topic = topics.get(conn, name)
        gone = [recipient_of(topic, each) for each in who]
        kept = [_as_new(each) for each in topic.recipients if each not in gone]
        topics.set_recipients(conn, topic.id, kept, utc_now())
    for each in gone:
        line(f"{each.channel} {each.address} is no longer told of {topic.name}")
    if not kept:
        say("Nobody is told of its matches now; they are recorded and shown.")
    _ended(topic, dry_run=dry_run)


@app.command()
def mute(
    ctx: typer.Context, name: str, recipient: OneRecipient = None, dry_run: DryRun = False
) -> None:
    """Tell nobody, or one recipient nothing, until `unmute`; matches are recorded."""
    with context_of(ctx).trying(dry_run=dry_run) as conn:
        whose = _quiet(conn, name, recipient, lambda _: (True, None))
    line(f"{whose} is muted; to undo it: wirewatch topic unmute")
    said_if_dry(dry_run=dry_run)


@app.command()
def unmute(
    ctx: typer.Context, name: str, recipient: OneRecipient = None, dry_run: DryRun = False
) -> None:
    """Tell again who was muted or snoozed."""
    with context_of(ctx).trying(dry_run=dry_run) as conn:
        whose = _quiet(conn, name, recipient, lambda _: (False, None))
    line(f"{whose} is told again")
    said_if_dry(dry_run=dry_run)


@app.command()
def snooze(
    ctx: typer.Context,
    name: str,
    until: Annotated[list[str], typer.Argument(help="8h, 3d, or until 2026-12-24T08:00.")],
    recipient: OneRecipient = None,
    dry_run: DryRun = False,
) -> None:
    """Tell nobody, or one recipient nothing, for some time; matches are recorded."""
    from scheduler.runtime.clock import utc_now
    from scheduler.wording.routing_text import read_until

    end = read_until(" ".join(until), utc_now())
    with context_of(ctx).trying(dry_run=dry_run) as conn:
        whose = _quiet(conn, name, recipient, lambda muted: (muted, end))
    line(f"{whose} is snoozed until {local(end)}; to undo it: wirewatch topic unmute")
    said_if_dry(dry_run=dry_run)


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
    from scheduler.alerts.webhook import new_secret as made
    from scheduler.runtime.clock import utc_now
    from scheduler.wording.routing_text import read_until
    from storage.errors import InputError
    from storage.models.recipients import Channel
    from storage.topics import topics

    until, secret = read_until(overlap, utc_now()), made()
    with context_of(ctx).writing() as conn:
        topic = topics.get(conn, name)
        recipient = recipient_of(topic, webhook)
        if recipient.channel is not Channel.WEBHOOK:
            raise InputError(f"{webhook!r} is no webhook: only those have a secret")
        topics.change_secret(conn, recipient, secret, until)
    managed_elsewhere(topic)
    line(f"secret of {recipient.address}: {secret}")
    say(f"The old one signs beside it until {local(until)}.")


def _with(topic: Topic, wanted: list[NewRecipient], change: RoutingChange) -> list[NewRecipient]:
    """Put recipients to those of a topic; of who is one already only what is said changes."""
    new = {(each.channel, each.address): each for each in wanted}
    kept = [
        each._replace(routing=change.applied(each.routing)) if key in new else each
        for each in map(_as_new, topic.recipients)
        for key in [(each.channel, each.address)]
    ]
    known = {(each.channel, each.address) for each in kept}
    return kept + [each for key, each in new.items() if key not in known]


def _quiet(
    conn: Connection,
    name: str,
    who: str | None,
    quiet: Callable[[bool], tuple[bool, datetime | None]],
) -> str:
    """Mute or snooze a topic or one recipient of it, and say which it was."""
    from storage.topics import topics

    topic = topics.get(conn, name)
    if who is None:
        muted, until = quiet(topic.muted)
        topics.set_quiet(conn, topic.id, muted=muted, snoozed_until=until)
        return f"topic {topic.name}"
    recipient = recipient_of(topic, who)
    muted, until = quiet(recipient.routing.muted)
    routing = replace(recipient.routing, muted=muted, snoozed_until=until)
    topics.set_routing(conn, recipient.id, routing)
    return f"{recipient.address} of topic {topic.name}"


def recipient_of(topic: Topic, who: str) -> Recipient:
    """Find a recipient by address, or a webhook by its host. Raises InputError."""
    from scheduler.wording.formatters import host
    from storage.errors import InputError, NotFoundError

    for name in (lambda each: each.address, lambda each: host(each.address)):
        found = [each for each in topic.recipients if name(each) == who]
        if len(found) == 1:
            return found[0]
        if found:
            raise InputError(
                f"topic {topic.name!r} tells {len(found)} of {who!r}; give the address"
            )
    raise NotFoundError(
        f"topic {topic.name!r} tells no {who!r}; see: wirewatch topic show {topic.name!r}"
    )


def _as_new(recipient: Recipient) -> NewRecipient:
    from storage.models.recipients import NewRecipient

    return NewRecipient(recipient.channel, recipient.address, recipient.secret, recipient.routing)


def _ended(topic: Topic, *, dry_run: bool) -> bool:
    """Say what becomes of a change; whether it was tried only."""
    if not dry_run:
        managed_elsewhere(topic)
    said_if_dry(dry_run=dry_run)
    return dry_run
