"""`wirewatch account`: who may log in to the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.cli.context import context_of
from scheduler.cli.options import Json
from scheduler.cli.output import local_time, print_json, print_line, print_table

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.operators.accounts import Account, AccountRole

app = typer.Typer(
    help="Who may log in to the pages: add, list, password, role, disable, enable.",
    no_args_is_help=True,
)

Rank = Annotated[str, typer.Option("--role", help="viewer, editor or admin.")]


@app.command()
def add(ctx: typer.Context, name: str, role: Rank = "viewer") -> None:
    """Let somebody log in; the password is asked for, or read from a pipe."""
    from scheduler.access.passwords import account_name
    from scheduler.actions import access
    from scheduler.runtime.clock import utc_now

    context, rank, name = context_of(ctx), _role(role), account_name(name)
    hashed = _hashed(name)
    with context.write() as conn:
        access.add_account(
            conn, context.actor, name=name, password=hashed, role=rank, now=utc_now()
        )
    print_line(f"{name} may log in as {rank}")


@app.command("list")
def list_accounts(ctx: typer.Context, json: Json = False) -> None:
    """List the accounts."""
    from storage.operators import accounts

    with context_of(ctx).read() as conn:
        listed = accounts.list_all(conn)
    facts = [
        {
            "name": account.name,
            "role": account.role,
            "created_at": account.created_at,
            "disabled_at": account.disabled_at,
        }
        for account in listed
    ]
    if json:
        print_json(facts)
        return
    print_table(
        ("name", "role", "since", "disabled"),
        [
            (
                account.name,
                account.role,
                local_time(account.created_at),
                account.disabled_at and "disabled",
            )
            for account in listed
        ],
    )


@app.command()
def password(ctx: typer.Context, name: str) -> None:
    """Give somebody another password; all their sessions end."""
    from scheduler.actions import access
    from scheduler.runtime.clock import utc_now
    from storage.operators import accounts

    context = context_of(ctx)
    with context.read() as conn:
        account = accounts.named(conn, name)
    hashed = _hashed(account.name)
    with context.write() as conn:
        access.set_password(conn, context.actor, account.id, hashed, utc_now())
    print_line(f"{account.name} logs in with the new password")


@app.command()
def role(ctx: typer.Context, name: str, to: str) -> None:
    """Give somebody another role: viewer, editor or admin."""
    from scheduler.actions import access
    from scheduler.runtime.clock import utc_now

    context, wanted = context_of(ctx), _role(to)
    with context.write() as conn:
        account = _named(conn, name)
        access.change_role(conn, context.actor, account.id, wanted, utc_now())
    print_line(f"{account.name} is {wanted} now")


@app.command()
def disable(ctx: typer.Context, name: str) -> None:
    """Let somebody log in no more; their sessions end."""
    from scheduler.actions import access
    from scheduler.runtime.clock import utc_now

    context = context_of(ctx)
    with context.write() as conn:
        account = _named(conn, name)
        access.disable_account(conn, context.actor, account.id, utc_now())
    print_line(f"{account.name} may not log in")


@app.command()
def enable(ctx: typer.Context, name: str) -> None:
    """Let somebody log in again."""
    from scheduler.actions import access
    from scheduler.runtime.clock import utc_now

    context = context_of(ctx)
    with context.write() as conn:
        account = _named(conn, name)
        access.enable_account(conn, context.actor, account.id, utc_now())
    print_line(f"{account.name} may log in again")


def _named(conn: Connection, name: str) -> Account:
    from storage.operators import accounts

    return accounts.named(conn, name)


def _hashed(name: str) -> str:
    import sys

    from argon2 import PasswordHasher

    from scheduler.access.passwords import accepted_password

    if sys.stdin.isatty():
        given = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        given = sys.stdin.readline().rstrip("\r\n")
    return PasswordHasher().hash(accepted_password(given, name))


def _role(text: str) -> AccountRole:
    from storage.errors import InputError
    from storage.operators.accounts import AccountRole

    if text not in list(AccountRole):
        raise InputError(f"{text!r} is no role; write {', '.join(AccountRole)}")
    return AccountRole(text)
