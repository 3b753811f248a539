"""`wirewatch topic`: what is watched, and who is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.cli.context import context_of
from scheduler.cli.output import as_json, line, say, table

if TYPE_CHECKING:
    from scheduler.settings import Settings
    from storage.models import NewRecipient

app = typer.Typer(help="What is watched: add, list, remove, test.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Emails = Annotated[list[str] | None, typer.Option("--email", help="Who is told by e-mail.")]
Webhooks = Annotated[list[str] | None, typer.Option("--webhook", help="What address is called.")]


@app.command()
def add(
    ctx: typer.Context,
    name: str,
    query: Annotated[str, typer.Option(help="Words, phrases, AND, OR, NOT, brackets.")],
    email: Emails = None,
    webhook: Webhooks = None,
) -> None:
    """Watch a topic. A webhook's secret is shown once, here."""
    from scheduler.assembly import utc_now
    from scheduler.watch.language.reading import parse_query
    from storage import topics

    context = context_of(ctx)
    parse_query(query)
    if not name.strip():
        raise typer.BadParameter("a topic needs a name")
    settings = context.settings()
    recipients = _recipients(settings, email or [], webhook or [])
    with context.writing() as conn:
        topic = topics.add(conn, name=name, query=query, recipients=recipients, now=utc_now())
    line(f"topic {topic.name}: {topic.query}")
    for recipient in topic.recipients:
        line(f"{recipient.channel}: {recipient.address}")
        if recipient.secret:
            say("This secret verifies the webhook's signature; it is not shown again:")
            line(f"secret: {recipient.secret}")
    if not topic.recipients:
        say("Nobody is told of its matches yet; they are recorded and shown.")
    if email and settings.email.host is None:
        say("E-mail waits until a relay is set: email.host in wirewatch.toml.")


@app.command("list")
def list_topics(ctx: typer.Context, json: Json = False) -> None:
    """List all topics."""
    from storage import topics

    with context_of(ctx).reading() as conn:
        found = topics.list_all(conn)
    if json:
        as_json(found)
        return
    table(
        ("name", "query", "recipients"),
        [(t.name, t.query, ", ".join(r.address for r in t.recipients)) for t in found],
    )


@app.command()
def remove(ctx: typer.Context, name: str) -> None:
    """Stop watching a topic; alerts that were made are still delivered."""
    from scheduler.assembly import utc_now
    from storage import topics

    with context_of(ctx).writing() as conn:
        topics.remove(conn, name, utc_now())
    line(f"topic {name} is removed")


def _recipients(settings: Settings, emails: list[str], webhooks: list[str]) -> list[NewRecipient]:
    from scheduler import assembly
    from scheduler.alerts.letter import is_address
    from scheduler.alerts.webhook import new_secret
    from storage.errors import BlockedAddressError, InputError
    from storage.models import Channel, NewRecipient

    for address in emails:
        if not is_address(address):
            raise InputError(f"--email {address!r} is no address; one looks like desk@example.org")
    egress = assembly.egress(settings)
    for url in webhooks:
        try:
            egress.check_url(url)
        except (BlockedAddressError, InputError) as error:
            raise InputError(f"--webhook {url}: {error}") from error
    return [
        *(NewRecipient(Channel.EMAIL, address) for address in emails),
        *(NewRecipient(Channel.WEBHOOK, url, new_secret()) for url in webhooks),
    ]
