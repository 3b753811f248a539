"""Accounts and tokens: added, changed and taken back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from scheduler.actions.actor import Actor
from storage.errors import InputError
from storage.operators import accounts, tokens
from storage.operators.accounts import Account, AccountRole
from storage.operators.tokens import Token, TokenScope


def add_account(
    conn: Connection, actor: Actor, *, name: str, password: str, role: AccountRole, now: datetime
) -> Account:
    """Let somebody log in; the password is hashed already."""
    made = accounts.add(conn, name=name, password=password, role=role, now=now)
    actor.did(conn, "account added", f"account {name}", role, now=now)
    return made


def set_password(
    conn: Connection, actor: Actor, account_id: int, password: str, now: datetime
) -> None:
    """Change a password, hashed already; all sessions of the account end."""
    account = accounts.get(conn, account_id)
    accounts.set_password(conn, account_id, password)
    actor.did(conn, "password changed", f"account {account.name}", now=now)


def change_account(
    conn: Connection,
    actor: Actor,
    account_id: int,
    *,
    what: str,
    role: AccountRole | None,
    now: datetime,
) -> None:
    """Give an account another role, or `disable` or `enable` it. Raises InputError."""
    account = accounts.get(conn, account_id)
    if role is not None:
        accounts.set_role(conn, account_id, role)
        actor.did(conn, "role changed", f"account {account.name}", role, now=now)
    elif what == "disable":
        accounts.disable(conn, account_id, now)
        actor.did(conn, "account disabled", f"account {account.name}", now=now)
    elif what == "enable":
        accounts.enable(conn, account_id)
        actor.did(conn, "account enabled", f"account {account.name}", now=now)
    else:
        raise InputError(f"{what!r} can't be done to an account: disable, enable or role")


def make_token(
    conn: Connection,
    actor: Actor,
    *,
    name: str,
    scope: TokenScope,
    topic_id: int | None,
    expires_at: datetime | None,
    now: datetime,
) -> tuple[Token, str]:
    """Make a token; it and its secret, which is shown once."""
    token, secret = tokens.create(
        conn, name=name, scope=scope, topic_id=topic_id, expires_at=expires_at, now=now
    )
    actor.did(conn, "token made", f"token {name}", scope, now=now)
    return token, secret


def revoke_token(conn: Connection, actor: Actor, token_id: int, now: datetime) -> None:
    """Take a token back."""
    token = tokens.get(conn, token_id)
    tokens.revoke(conn, token_id, now)
    actor.did(conn, "token revoked", f"token {token.name}", now=now)
