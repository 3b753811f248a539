"""Accounts: the people who may see or change things on the web pages, and their sessions."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from storage.errors import InputError, NotFoundError
from storage.sql.schema import accounts as _t
from storage.sql.schema import sessions as _sessions


class AccountRole(StrEnum):
    """What somebody may do; each may also do what those before it may."""

    VIEWER = "viewer"  # see
    EDITOR = "editor"  # change sources, topics and stories, send again
    ADMIN = "admin"  # accounts, tokens, settings and the audit log

    def includes(self, other: AccountRole) -> bool:
        """Tell whether this role may do what the other may."""
        order = list(AccountRole)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may log in; `password` is as argon2 writes it."""

    id: int
    name: str
    role: AccountRole
    created_at: datetime
    disabled_at: datetime | None = None
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Session:
    """A log-in that lasts; `csrf` is what its forms must send along."""

    id: int
    account: Account
    csrf: str = field(repr=False)
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    client: str


def add(conn: Connection, *, name: str, password: str, role: AccountRole, now: datetime) -> Account:
    """Add an account; the password is hashed already. Raises InputError for a name that is taken."""
    if by_name(conn, name) is not None:
        raise InputError(f"there is an account {name!r} already; see: wirewatch account list")
    account_id = conn.execute(
        insert(_t)
        .values(name=name, password=password, role=role, created_at=now)
        .returning(_t.c.id)
    ).scalar_one()
    return get(conn, account_id)


def get(conn: Connection, account_id: int) -> Account:
    """Return an account. Raises NotFoundError."""
    row = conn.execute(select(_t).where(_t.c.id == account_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"there is no account {account_id}; see: wirewatch account list")
    return _account(row)


def named(conn: Connection, name: str) -> Account:
    """Return the account of that name. Raises NotFoundError."""
    account = by_name(conn, name)
    if account is None:
        raise NotFoundError(f"there is no account {name!r}; see: wirewatch account list")
    return account


def by_name(conn: Connection, name: str) -> Account | None:
    """Return the account of that name, in whatever case; None when there is none."""
    row = conn.execute(select(_t).where(func.lower(_t.c.name) == name.lower())).one_or_none()
    return None if row is None else _account(row)


def list_all(conn: Connection) -> list[Account]:
    """Return all accounts, disabled ones too, by name."""
    return [_account(row) for row in conn.execute(select(_t).order_by(func.lower(_t.c.name)))]


def any_there(conn: Connection) -> bool:
    """Tell whether somebody was ever set up."""
    return conn.execute(select(_t.c.id).limit(1)).first() is not None


def set_password(conn: Connection, account_id: int, password: str) -> None:
    """Change a password, hashed already, and end all of the account's sessions."""
    conn.execute(update(_t).where(_t.c.id == account_id).values(password=password))
    end_all(conn, account_id)


def rehash(conn: Connection, account_id: int, password: str) -> None:
    """Keep the same password hashed by newer parameters."""
    conn.execute(update(_t).where(_t.c.id == account_id).values(password=password))


def set_role(conn: Connection, account_id: int, role: AccountRole) -> None:
    """Give an account another role. Raises InputError when no admin would be left."""
    _keep_an_admin(conn, account_id, stays=role is AccountRole.ADMIN)
    conn.execute(update(_t).where(_t.c.id == account_id).values(role=role))


def disable(conn: Connection, account_id: int, now: datetime) -> None:
    """Let an account log in no more, and end its sessions. Raises InputError for the last admin."""
    _keep_an_admin(conn, account_id, stays=False)
    conn.execute(update(_t).where(_t.c.id == account_id).values(disabled_at=now))
    end_all(conn, account_id)


def enable(conn: Connection, account_id: int) -> None:
    """Let an account log in again."""
    conn.execute(update(_t).where(_t.c.id == account_id).values(disabled_at=None))


def begin_session(
    conn: Connection,
    account: Account,
    *,
    secret: str,
    csrf: str,
    client: str,
    now: datetime,
    lasts: timedelta,
) -> None:
    """Keep a log-in by the hash of its secret, and drop sessions that are over."""
    conn.execute(delete(_sessions).where(_sessions.c.expires_at <= now))
    conn.execute(
        insert(_sessions).values(
            account_id=account.id,
            hash=hash_of(secret),
            csrf=csrf,
            created_at=now,
            seen_at=now,
            expires_at=now + lasts,
            client=client,
        )
    )


def session(conn: Connection, secret: str, now: datetime) -> Session | None:
    """Return the session of a secret, unless it is over or its account is disabled."""
    s = _sessions.c
    row = conn.execute(
        select(_sessions).where(s.hash == hash_of(secret), s.expires_at > now)
    ).one_or_none()
    if row is None:
        return None
    account = get(conn, row.account_id)
    return None if account.disabled_at is not None else _session(row, account)


def saw(conn: Connection, session_id: int, now: datetime, lasts: timedelta) -> None:
    """Keep that a session is in use, which makes it last longer."""
    conn.execute(
        update(_sessions)
        .where(_sessions.c.id == session_id)
        .values(seen_at=now, expires_at=now + lasts)
    )


def sessions_of(conn: Connection, account: Account, now: datetime) -> list[Session]:
    """Return an account's sessions, the one used last first."""
    rows = conn.execute(
        select(_sessions)
        .where(_sessions.c.account_id == account.id, _sessions.c.expires_at > now)
        .order_by(_sessions.c.seen_at.desc())
    )
    return [_session(row, account) for row in rows]


def end(conn: Connection, session_id: int) -> None:
    """Log a session out."""
    conn.execute(delete(_sessions).where(_sessions.c.id == session_id))


def end_all(conn: Connection, account_id: int, *, but: int | None = None) -> None:
    """Log an account out everywhere, but for one session."""
    where = [_sessions.c.account_id == account_id]
    if but is not None:
        where.append(_sessions.c.id != but)
    conn.execute(delete(_sessions).where(*where))


def hash_of(secret: str) -> str:
    """Hash a secret of 256 random bits: there is nothing to guess, so a quick hash will do."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _keep_an_admin(conn: Connection, account_id: int, *, stays: bool) -> None:
    admins = conn.execute(
        select(_t.c.id).where(_t.c.role == AccountRole.ADMIN, _t.c.disabled_at.is_(None))
    ).scalars()
    if not stays and list(admins) == [account_id]:
        raise InputError("this is the last admin: make another account an admin first")


def _account(row: Row[Any]) -> Account:
    return Account(**dict(row._mapping) | {"role": AccountRole(row.role)})


def _session(row: Row[Any], account: Account) -> Session:
    return Session(
        id=row.id,
        account=account,
        csrf=row.csrf,
        created_at=row.created_at,
        seen_at=row.seen_at,
        expires_at=row.expires_at,
        client=row.client,
    )
