"""`wirewatch delivery`: the outbox and the dead letters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.cli.context import Context, context_of
from scheduler.cli.output import as_json, line, local, table

if TYPE_CHECKING:
    from storage.models import DeliveryState

app = typer.Typer(help="The outbox and the dead letters: list, dead, replay.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
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
    from storage.models import DeliveryState

    known = [each.value for each in DeliveryState]
    if state is not None and state not in known:
        raise InputError(f"--state {state!r} is none of {', '.join(known)}")
    _print(context_of(ctx), DeliveryState(state) if state else None, limit, as_json_wanted=json)


@app.command()
def dead(ctx: typer.Context, limit: Limit = 50, json: Json = False) -> None:
    """List the dead letters: given up, with the reason, replayable."""
    from storage.models import DeliveryState

    _print(context_of(ctx), DeliveryState.DEAD, limit, as_json_wanted=json)


@app.command()
@app.command("retry")
def replay(ctx: typer.Context, delivery_id: int) -> None:
    """Send a delivery again now: the same id, the same bytes, a fresh schedule."""
    from scheduler.assembly import utc_now
    from storage import outbox

    with context_of(ctx).writing() as conn:
        delivery = outbox.replay(conn, delivery_id, utc_now())
    line(f"delivery {delivery.id} ({delivery.uid}) is due now")


def _print(
    context: Context, state: DeliveryState | None, limit: int, *, as_json_wanted: bool
) -> None:
    from scheduler.web.wording import recipient
    from storage import outbox

    with context.reading() as conn:
        found = outbox.list_by(conn, state, limit)
    if as_json_wanted:
        as_json(found)
        return
    table(
        ("id", "state", "channel", "to", "attempts", "next or done", "error or wait", "uid"),
        [
            (
                d.id,
                d.state,
                d.channel,
                recipient(d),
                d.attempts,
                local(d.delivered_at or d.next_attempt_at),
                d.last_error,
                d.uid,
            )
            for d in found
        ],
    )
