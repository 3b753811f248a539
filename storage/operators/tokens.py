"""API tokens: secrets that stand for what a program may do, kept as their hashes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, update

from storage.errors import NotFoundError
from storage.operators.accounts import hash_of
from storage.sql.schema import tokens as _t

_PREFIX = "ww"
_BYTES = 32
_SEEN_EVERY = timedelta(minutes=1)  # that a token is in use is not worth a write each time


class TokenScope(StrEnum):
    """What a token is for."""

    READ = "read"  # what a viewer sees
    WRITE = "write"  # what an editor may change
    ADMIN = "admin"
    FEED = "feed"  # the feeds of topics, in whose addresses it stands, and nothing else
    METRICS = "metrics"  # /metrics and nothing else


@dataclass(frozen=True, slots=True)
class Token:
    """A token; of its secret nobody knows more than the hash. A `topic_id` limits it to one feed."""

    id: int
    name: str
    scope: TokenScope
    created_at: datetime
    topic_id: int | None = None
    expires_at: datetime | None = None
    used_at: datetime | None = None
    revoked_at: datetime | None = None


def create(
    conn: Connection,
    *,
    name: str,
    scope: TokenScope,
    now: datetime,
    topic_id: int | None = None,
    expires_at: datetime | None = None,
) -> tuple[Token, str]:
    """Make a token; it and its secret, which is shown once."""
    secret = f"{_PREFIX}_{scope}_{secrets.token_urlsafe(_BYTES)}"
    token_id = conn.execute(
        insert(_t)
        .values(
            name=name,
            hash=hash_of(secret),
            scope=scope,
            topic_id=topic_id,
            created_at=now,
            expires_at=expires_at,
        )
        .returning(_t.c.id)
    ).scalar_one()
    return get(conn, token_id), secret


def get(conn: Connection, token_id: int) -> Token:
    """Return a token. Raises NotFoundError."""
    row = conn.execute(select(_t).where(_t.c.id == token_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"there is no token {token_id}; see: wirewatch token list")
    return _token(row)


def find(conn: Connection, secret: str, now: datetime) -> Token | None:
    """Return the token of a secret, unless it was revoked or is over."""
    row = conn.execute(
        select(_t).where(
            _t.c.hash == hash_of(secret),
            _t.c.revoked_at.is_(None),
            or_(_t.c.expires_at.is_(None), _t.c.expires_at > now),
        )
    ).one_or_none()
    return None if row is None else _token(row)


def is_news(token: Token, now: datetime) -> bool:
    """Tell whether it should be kept that a token is used now."""
    return token.used_at is None or now - token.used_at >= _SEEN_EVERY


def used(conn: Connection, token_id: int, now: datetime) -> None:
    """Keep when a token was used last."""
    conn.execute(update(_t).where(_t.c.id == token_id).values(used_at=now))


def list_all(conn: Connection) -> list[Token]:
    """Return all tokens, the newest first, revoked ones too."""
    return [_token(row) for row in conn.execute(select(_t).order_by(_t.c.id.desc()))]


def of_topic(conn: Connection, topic_id: int) -> list[Token]:
    """Return the tokens that are good for a topic's feeds, the newest first."""
    rows = conn.execute(
        select(_t)
        .where(_t.c.topic_id == topic_id, _t.c.revoked_at.is_(None))
        .order_by(_t.c.id.desc())
    )
    return [_token(row) for row in rows]


def revoke(conn: Connection, token_id: int, now: datetime) -> None:
    """Let a token be good for nothing from now on. Raises NotFoundError."""
    get(conn, token_id)
    conn.execute(update(_t).where(_t.c.id == token_id).values(revoked_at=now))


def _token(row: Row[Any]) -> Token:
    values = dict(row._mapping)
    del values["hash"]
    return Token(**values | {"scope": TokenScope(row.scope)})
