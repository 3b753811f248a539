"""`wirewatch delivery`: the outbox and the dead letters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.cli.context import Context, context_of
from scheduler.cli.options import DryRun, Json, note_dry_run
from scheduler.cli.output import local_time, print_json, print_line, print_table

if TYPE_CHECKING:
    from storage.models.deliveries import DeliveryState, Endpoint

app = typer.Typer(
    help="The outbox and the dead letters: list, dead, retry, endpoints, enable, test.",
    no_args_is_help=True,
)

Limit = Annotated[int, typer.Option(help="How many.", min=1)]


@app.command("list")
def list_deliveries(
    ctx: typer.Context,
    state: Annotated[str | None, typer.Option(help="pending, delivered or dead.")] = None,
    limit: Limit = 50,
    json: Json = False,
) -> None:
    """List deliveries, newest first."""
    from storage.errors import InputError
    from storage.models.deliveries import DeliveryState

    states = [name.value for name in DeliveryState]
    if state is not None and state not in states:
        raise InputError(f"--state {state!r} is none of {', '.join(states)}")
    _print(context_of(ctx), DeliveryState(state) if state else None, limit, as_json_wanted=json)


@app.command()
def dead(ctx: typer.Context, limit: Limit = 50, json: Json = False) -> None:
    """List the dead letters: given up, with the reason, replayable."""
    from storage.models.deliveries import DeliveryState

    _print(context_of(ctx), DeliveryState.DEAD, limit, as_json_wanted=json)


@app.command()
@app.command("retry")
def replay(ctx: typer.Context, delivery_id: int, dry_run: DryRun = False) -> None:
    """Send a delivery again now: the same id, the same bytes, a fresh schedule."""
    from scheduler.actions import deliveries
    from scheduler.runtime.clock import utc_now

    context = context_of(ctx)
    with context.write(dry_run=dry_run) as conn:
        delivery = deliveries.replay(conn, context.actor, delivery_id, utc_now())
    print_line(f"delivery {delivery.id} ({delivery.uid}) is due now")
    note_dry_run(dry_run=dry_run)


@app.command("endpoints")
def list_endpoints(ctx: typer.Context, json: Json = False) -> None:
    """List the webhooks and the relay that fail or are disabled, and how much waits for each."""
    from scheduler.runtime.clock import utc_now
    from scheduler.wording.formatters import endpoint as named
    from storage.delivery import endpoints, outbox
    from storage.models.deliveries import DeliveryState

    now = utc_now()
    with context_of(ctx).read() as conn:
        unwell = [each.seen_at(now) for each in endpoints.unwell(conn).values()]
        waiting = outbox.count_by_endpoint(conn, DeliveryState.PENDING)
    if json:
        print_json(
            [{"endpoint": status, "waiting": waiting.get(status.name, 0)} for status in unwell]
        )
        return
    print_table(
        ("endpoint", "state", "since", "failures", "tried again", "waiting", "last error"),
        [
            (
                named(status.name),
                "disabled" if status.disabled_at else "failing",
                local_time(status.disabled_at or status.failing_since),
                status.failures,
                _next_try(status),
                waiting.get(status.name, 0),
                status.last_error,
            )
            for status in unwell
        ],
    )


def _next_try(endpoint: Endpoint) -> str:
    if endpoint.disabled_at is not None:
        return ""
    if endpoint.open_until is None:
        return "with the next delivery that is due"
    return local_time(endpoint.open_until)


@app.command()
def enable(
    ctx: typer.Context,
    endpoint: Annotated[str, typer.Argument(help="A webhook's address or host, or: email.")],
    dry_run: DryRun = False,
) -> None:
    """Send to an endpoint again now: one that said that it is gone, or that is being let be."""
    from scheduler.actions import deliveries
    from scheduler.runtime.clock import utc_now
    from scheduler.wording.formatters import endpoint as named
    from storage.delivery import endpoints
    from storage.errors import NotFoundError

    context = context_of(ctx)
    with context.write(dry_run=dry_run) as conn:
        names = [name for name in endpoints.unwell(conn) if endpoint in (name, named(name))]
        if not names:
            raise NotFoundError(
                f"no endpoint {endpoint!r} fails or is disabled; see: wirewatch delivery endpoints"
            )
        for name in names:
            deliveries.enable(conn, context.actor, name, utc_now())
    for name in names:
        print_line(f"{named(name)} is sent to again")
    note_dry_run(dry_run=dry_run)


@app.command("test")
def send_tests(
    ctx: typer.Context,
    topic: str,
    recipient: Annotated[
        str | None, typer.Option(help="One of its recipients, by address or host; else all.")
    ] = None,
) -> None:
    """Send a test to those who are told of a topic."""
    from scheduler.actions.recipients import send_test
    from scheduler.cli.topic_routing import recipient_of
    from scheduler.runtime.clock import utc_now
    from scheduler.wording.formatters import recipient as named
    from storage.errors import InputError
    from storage.topics import topics

    context = context_of(ctx)
    sender = context.settings().email.sender
    with context.write() as conn:
        watched = topics.get(conn, topic)
        recipients = [recipient_of(watched, recipient)] if recipient else list(watched.recipients)
        if not recipients:
            raise InputError(f"topic {topic!r} tells nobody; see: wirewatch topic tell")
        deliveries = [
            send_test(conn, context.actor, watched, one, sender=sender, now=utc_now())
            for one in recipients
        ]
    for delivery in deliveries:
        print_line(f"delivery {delivery.id} ({delivery.uid}) to {named(delivery)} is due now")


def _print(
    context: Context, state: DeliveryState | None, limit: int, *, as_json_wanted: bool
) -> None:
    from scheduler.shapes.alerts import delivery_shape
    from scheduler.wording.formatters import recipient
    from storage.delivery import outbox

    with context.read() as conn:
        deliveries = outbox.list_by(conn, state, limit)
    if as_json_wanted:
        print_json([delivery_shape(delivery) for delivery in deliveries])
        return
    print_table(
        ("id", "state", "channel", "to", "attempts", "next or done", "error or wait", "uid"),
        [
            (
                d.id,
                d.state,
                d.channel,
                recipient(d),
                d.attempts,
                local_time(d.delivered_at or d.next_attempt_at),
                d.last_error,
                d.uid,
            )
            for d in deliveries
        ],
    )
