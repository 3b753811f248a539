"""Keys that this installation signs with: made once, and kept in the database."""

from __future__ import annotations

import secrets

from sqlalchemy import Connection, insert, select

from storage.sql.schema import signing_keys as _t

LINKS = "links"
"""Signs the links in what was told."""

_BYTES = 32


def get(conn: Connection, name: str) -> bytes:
    """Return the key of that name; it is made when there is none, which needs a write transaction."""
    value: bytes | None = conn.execute(select(_t.c.value).where(_t.c.name == name)).scalar()
    if value is None:
        value = secrets.token_bytes(_BYTES)
        conn.execute(insert(_t).values(name=name, value=value))
    return value
