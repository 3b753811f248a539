"""`wirewatch token`: what programs may do through the API."""

from __future__ import annotations

from typing import Annotated

import typer

from scheduler.cli.context import context_of
from scheduler.cli.options import Json
from scheduler.cli.output import local_time, print_json, print_line, print_note, print_table

app = typer.Typer(
    help="What programs may do through the API: create, list, revoke.", no_args_is_help=True
)


@app.command()
def create(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="What it is for.")],
    *,
    scope: Annotated[str, typer.Option(help="read, write, admin, metrics or feed.")] = "read",
    topic: Annotated[
        str | None, typer.Option(help="Of a feed's token: the one topic it is for.")
    ] = None,
    expires: Annotated[str | None, typer.Option(help="When it ends: 30d, or a date.")] = None,
    json: Json = False,
) -> None:
    """Make a token. It is shown once, here."""
    from scheduler.actions import access
    from scheduler.runtime.clock import utc_now
    from scheduler.wording.routing_text import read_until
    from storage.errors import InputError
    from storage.operators.tokens import TokenScope
    from storage.topics import topics

    if scope not in list(TokenScope):
        raise InputError(f"--scope {scope!r} is none of {', '.join(TokenScope)}")
    if topic is not None and scope != TokenScope.FEED:
        raise InputError("--topic goes with --scope feed alone")
    context, now = context_of(ctx), utc_now()
    with context.write() as conn:
        token, secret = access.create_token(
            conn,
            context.actor,
            name=name,
            scope=TokenScope(scope),
            topic_id=None if topic is None else topics.get(conn, topic).id,
            expires_at=None if expires is None else read_until(expires, now),
            now=now,
        )
    if json:
        print_json({"token": token, "secret": secret})
        return
    print_line(secret)
    print_note(f"This is token {token.id}; it is not shown again.")


@app.command("list")
def list_tokens(ctx: typer.Context, json: Json = False) -> None:
    """List the tokens, the newest first; their secrets nobody knows."""
    from storage.operators import tokens

    with context_of(ctx).read() as conn:
        listed = tokens.list_all(conn)
    if json:
        print_json(listed)
        return
    print_table(
        ("id", "name", "scope", "made", "last used", "ends", "state"),
        [
            (
                token.id,
                token.name,
                token.scope
                if token.topic_id is None
                else f"{token.scope} of topic {token.topic_id}",
                local_time(token.created_at),
                local_time(token.used_at),
                local_time(token.expires_at),
                "revoked" if token.revoked_at else "",
            )
            for token in listed
        ],
    )


@app.command()
def revoke(ctx: typer.Context, token_id: int) -> None:
    """Let a token be good for nothing from now on."""
    from scheduler.actions import access
    from scheduler.runtime.clock import utc_now

    context = context_of(ctx)
    with context.write() as conn:
        access.revoke_token(conn, context.actor, token_id, utc_now())
    print_line(f"token {token_id} is revoked")
