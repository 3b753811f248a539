"""`wirewatch alert`: what was told."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.cli.context import context_of
from scheduler.cli.options import DryRun, Json, note_dry_run
from scheduler.cli.output import local_time, print_json, print_line, print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.models.deliveries import Delivery

app = typer.Typer(help="What was told: list, show, replay, preview, schema.", no_args_is_help=True)


@app.command("list")
def list_alerts(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option(help="How many.", min=1)] = 20,
    json: Json = False,
) -> None:
    """List the newest alerts."""
    from scheduler.shapes.alerts import alert_shape
    from storage.delivery import alerts
    from storage.reports import statistics

    with context_of(ctx).read() as conn:
        rows = [statistics.alert_row(conn, alert) for alert in alerts.list_recent(conn, limit)]
    if json:
        print_json([alert_shape(row) for row in rows])
        return
    print_table(
        ("alert", "made", "topic", "story", "what", "headline", "deliveries"),
        [
            (
                row.alert.uid,
                local_time(row.alert.created_at),
                row.topic,
                row.alert.story_id,
                "update" if row.alert.change else "story",
                row.headline,
                _summed_up(row.deliveries),
            )
            for row in rows
        ],
    )


def _summed_up(deliveries: Sequence[Delivery]) -> str:
    """Return how many recipients of each channel have it, by how their deliveries are."""
    counts = Counter(f"{delivery.channel} {delivery.state}" for delivery in deliveries)
    return ", ".join(says if number == 1 else f"{number} {says}" for says, number in counts.items())


@app.command()
def show(ctx: typer.Context, uid: str, json: Json = False) -> None:
    """Show an alert: why it was made, and every attempt to deliver it."""
    from scheduler.lists.alerts import held_recipients
    from scheduler.shapes.alerts import AttemptShape, alert_shape
    from scheduler.wording.formatters import recipient
    from storage.delivery import alerts, outbox
    from storage.reports import statistics

    with context_of(ctx).read() as conn:
        row = statistics.alert_row(conn, alerts.get(conn, uid))
        tries = {d.uid: outbox.attempts(conn, d.id) for d in row.deliveries}
        held = list(held_recipients(conn, row.alert))
    if json:
        attempts = {
            uid: [AttemptShape.model_validate(attempt) for attempt in made]
            for uid, made in tries.items()
        }
        print_json({"alert": alert_shape(row), "attempts": attempts})
        return
    print_line(f"{row.headline}")
    print_line(f"topic {row.topic}: {', '.join(row.alert.matched.clauses)}")
    print_line(f"story {row.alert.story_id}, made {local_time(row.alert.created_at)}")
    for says in row.alert.changes:
        print_line(f"update: {says}")
    for delivery in row.deliveries:
        print_line(f"{delivery.channel} {recipient(delivery)}: {delivery.state} ({delivery.uid})")
        if delivery.last_error.startswith(outbox.WAITS):
            print_line(f"  {delivery.last_error}")
        for attempt in tries[delivery.uid]:
            status = attempt.status or ""
            print_line(
                f"  {local_time(attempt.at)} {attempt.outcome} {status} {attempt.detail}".rstrip()
            )
    for who, why in held:
        print_line(f"{who}: held, {why}")


@app.command()
def replay(ctx: typer.Context, uid: str, dry_run: DryRun = False) -> None:
    """Send an alert's deliveries again now: the same ids, the same bytes."""
    from scheduler.actions import deliveries
    from scheduler.runtime.clock import utc_now
    from scheduler.wording.formatters import recipient

    context = context_of(ctx)
    with context.write(dry_run=dry_run) as conn:
        replayed = deliveries.replay_alert(conn, context.actor, uid, utc_now())
    if not replayed:
        print_line(f"nothing to send: all deliveries of {uid} are on their way")
    for delivery in replayed:
        print_line(f"delivery {delivery.id} to {recipient(delivery)} is due now")
    note_dry_run(dry_run=dry_run)


@app.command()
def schema() -> None:
    """Print the JSON Schema of what webhooks are sent, with examples."""
    from scheduler.alerts.webhook_body import published_schema

    print_line(published_schema())


@app.command()
def preview(
    ctx: typer.Context,
    story: int,
    *,
    topic: Annotated[str, typer.Option(help="The topic's name.")],
    channel: Annotated[str, typer.Option(help="email, webhook or apprise.")] = "email",
    out: Annotated[
        Path | None, typer.Option(help="A file for it, such as alert.eml; else it is printed.")
    ] = None,
) -> None:
    """Show what the alert of a stored story says, or would say; nothing is sent."""
    from scheduler.alerts.content import MessageStyle
    from scheduler.alerts.links import MessageLinks
    from scheduler.alerts.preview import preview as written
    from scheduler.runtime.clock import utc_now
    from storage.errors import InputError
    from storage.models.recipients import Channel
    from storage.topics import topics

    channels = [name.value for name in Channel]
    if channel not in channels:
        raise InputError(f"--channel {channel!r} is none of {', '.join(channels)}")
    context = context_of(ctx)
    settings = context.settings()
    with context.read() as conn:
        draft = written(
            conn,
            story,
            topics.get(conn, topic),
            Channel(channel),
            style=MessageStyle(
                sender=settings.email.sender,
                # Signed with no key of ours: the links of a preview do nothing.
                links=MessageLinks(
                    settings.web.url, b"preview", public=settings.web.public_url is not None
                ),
                stale_days=settings.copies.stale_days,
            ),
            now=utc_now(),
        )
    if out is None:
        print_line(draft.payload.decode())
        return
    try:
        out.write_bytes(draft.payload)
    except OSError as error:
        raise InputError(f"{out} can't be written: {error.strerror}") from error
    print_line(f"written to {out}")
