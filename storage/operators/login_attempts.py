"""Log-ins that were tried, by what each is counted under; kept until they are an hour old."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from storage.sql.schema import login_attempts as _t


@dataclass(frozen=True, slots=True)
class LoginAttempts:
    """How many were tried and did not pass, or are being checked, and when the last one began."""

    number: int
    last_at: datetime


def get(conn: Connection, keys: Sequence[str]) -> Mapping[str, LoginAttempts]:
    """Return the attempts of those keys that have any."""
    names = {_name(key): key for key in keys}
    rows = conn.execute(select(_t).where(_t.c.key.in_(names)))
    return {names[row.key]: LoginAttempts(row.number, row.last_at) for row in rows}


def put(conn: Connection, key: str, attempts: LoginAttempts) -> None:
    """Keep a key's attempts in the place of those before."""
    forget(conn, key)
    conn.execute(
        insert(_t).values(key=_name(key), number=attempts.number, last_at=attempts.last_at)
    )


def take_back(conn: Connection, key: str) -> None:
    """Count one attempt of a key less: it passed."""
    where = _t.c.key == _name(key), _t.c.number > 0
    conn.execute(update(_t).where(*where).values(number=_t.c.number - 1))


def forget(conn: Connection, key: str) -> None:
    """Forget a key's attempts."""
    conn.execute(delete(_t).where(_t.c.key == _name(key)))


def forget_until(conn: Connection, until: datetime) -> None:
    """Forget all whose last attempt is as old, or older."""
    conn.execute(delete(_t).where(_t.c.last_at <= until))


def _name(key: str) -> str:
    """Hash a key: a name that was typed may be a password, and an address is nobody's business."""
    return hashlib.sha256(key.encode()).hexdigest()
