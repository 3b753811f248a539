"""Accounts, their sessions, and tokens: added, changed and taken back."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection

from scheduler.actions.audit_log import Actor, AuditAction
from storage.errors import InputError
from storage.operators import accounts, tokens
from storage.operators.accounts import Account, AccountRole, Session
from storage.operators.audit import Interface
from storage.operators.tokens import Token, TokenScope

_SECRET_BYTES = 32


def add_account(
    conn: Connection, actor: Actor, *, name: str, password: str, role: AccountRole, now: datetime
) -> Account:
    """Let somebody log in; the password is hashed already.

    Raises InputError for a name that is taken.
    """
    account = accounts.add(conn, name=name, password=password, role=role, now=now)
    actor.record(conn, AuditAction.ACCOUNT_ADDED, _about(account), new=role, now=now)
    return account


def add_first_account(conn: Connection, *, name: str, password: str, now: datetime) -> Account:
    """Let the first admin log in, who set it up; the password is hashed already.

    Raises InputError when there is an account.
    """
    if accounts.any_there(conn):
        raise InputError("there is an account already: log in")
    actor = Actor(name, Interface.WEB)
    return add_account(conn, actor, name=name, password=password, role=AccountRole.ADMIN, now=now)


def set_password(
    conn: Connection, actor: Actor, account_id: int, password: str, now: datetime
) -> None:
    """Change a password, hashed already; all sessions of the account end. Raises NotFoundError."""
    account = accounts.get(conn, account_id)
    accounts.set_password(conn, account_id, password)
    says = "another password; all sessions ended"
    actor.record(conn, AuditAction.PASSWORD_CHANGED, _about(account), new=says, now=now)


def rehash_password(conn: Connection, account_id: int, password: str) -> None:
    """Keep the same password hashed by newer parameters; nobody changed anything."""
    accounts.rehash(conn, account_id, password)


def change_role(
    conn: Connection, actor: Actor, account_id: int, role: AccountRole, now: datetime
) -> None:
    """Give an account another role. Raises InputError for the last admin, and NotFoundError."""
    account = accounts.get(conn, account_id)
    accounts.set_role(conn, account_id, role)
    about = _about(account)
    actor.record(conn, AuditAction.ROLE_CHANGED, about, old=account.role, new=role, now=now)


def disable_account(conn: Connection, actor: Actor, account_id: int, now: datetime) -> None:
    """Let an account log in no more, and end its sessions.

    Raises InputError for the last admin, and NotFoundError.
    """
    account = accounts.get(conn, account_id)
    accounts.disable(conn, account_id, now)
    _record_state(conn, actor, AuditAction.ACCOUNT_DISABLED, account, now)


def enable_account(conn: Connection, actor: Actor, account_id: int, now: datetime) -> None:
    """Let an account log in again. Raises NotFoundError."""
    account = accounts.get(conn, account_id)
    accounts.enable(conn, account_id)
    _record_state(conn, actor, AuditAction.ACCOUNT_ENABLED, account, now)


def start_session(
    conn: Connection, account: Account, *, client: str, now: datetime, lasts: timedelta
) -> str:
    """Log an account in; return the secret that its cookie bears."""
    secret, csrf = (secrets.token_urlsafe(_SECRET_BYTES) for _ in range(2))
    accounts.begin_session(
        conn, account, secret=secret, csrf=csrf, client=client, now=now, lasts=lasts
    )
    actor = Actor(account.name, Interface.WEB)
    actor.record(conn, AuditAction.SESSION_STARTED, _about(account), new=client, now=now)
    return secret


def end_session(conn: Connection, actor: Actor, session: Session, now: datetime) -> None:
    """Log a session out."""
    accounts.end(conn, session.id)
    about = _about(session.account)
    actor.record(conn, AuditAction.SESSION_ENDED, about, old=session.client, now=now)


def end_other_sessions(conn: Connection, actor: Actor, session: Session, now: datetime) -> None:
    """Log an account out everywhere but in one session."""
    accounts.end_all(conn, session.account.id, but=session.id)
    about, says = _about(session.account), "all but one"
    actor.record(conn, AuditAction.SESSIONS_ENDED, about, old=says, now=now)


def create_token(
    conn: Connection,
    actor: Actor,
    *,
    name: str,
    scope: TokenScope,
    topic_id: int | None,
    expires_at: datetime | None,
    now: datetime,
) -> tuple[Token, str]:
    """Make a token; return it and its secret, which is shown once."""
    token, secret = tokens.create(
        conn, name=name, scope=scope, topic_id=topic_id, expires_at=expires_at, now=now
    )
    actor.record(conn, AuditAction.TOKEN_CREATED, _about_token(token), new=scope, now=now)
    return token, secret


def revoke_token(conn: Connection, actor: Actor, token_id: int, now: datetime) -> None:
    """Let a token be good for nothing from now on. Raises NotFoundError."""
    token = tokens.get(conn, token_id)
    tokens.revoke(conn, token_id, now)
    actor.record(conn, AuditAction.TOKEN_REVOKED, _about_token(token), old=token.scope, now=now)


def _about(account: Account) -> str:
    return f"account {account.name}"


def _about_token(token: Token) -> str:
    return f"token {token.id}, {token.name}"


def _record_state(
    conn: Connection, actor: Actor, action: AuditAction, before: Account, now: datetime
) -> None:
    old, new = (
        "enabled" if account.disabled_at is None else "disabled"
        for account in (before, accounts.get(conn, before.id))
    )
    actor.record(conn, action, _about(before), old=old, new=new, now=now)
