"""The archive's index of words: FTS5 in SQLite, a tsvector with a GIN index in PostgreSQL."""

from __future__ import annotations

from sqlalchemy import Connection, TextClause, text

from storage.stories.archive_keys import (
    ArchiveKey,
    ArchiveKeys,
    Narrowing,
    asked,
    asked_of_postgres,
    stored,
)

_SQLITE = {
    "put": text("INSERT INTO archive_words (rowid, words) VALUES (:id, :words)"),
    "has": text("SELECT 1 FROM archive_words WHERE archive_words MATCH :asked AND rowid = :id"),
    "find": text("SELECT rowid FROM archive_words WHERE archive_words MATCH :asked"),
    "newest": text(
        "SELECT rowid FROM archive_words WHERE archive_words MATCH :asked "
        "ORDER BY rowid DESC LIMIT :most"
    ),
    "clear": text("INSERT INTO archive_words (archive_words) VALUES ('delete-all')"),
}
# The keys are lexemes as they are: no configuration of a language is to part or to stem them.
_POSTGRES = {
    "put": text(
        "INSERT INTO archive_words (id, words) "
        "VALUES (:id, array_to_tsvector(string_to_array(:words, ' ')))"
    ),
    "has": text("SELECT 1 FROM archive_words WHERE words @@ CAST(:asked AS tsquery) AND id = :id"),
    "find": text("SELECT id FROM archive_words WHERE words @@ CAST(:asked AS tsquery)"),
    "newest": text(
        "SELECT id FROM archive_words WHERE words @@ CAST(:asked AS tsquery) "
        "ORDER BY id DESC LIMIT :most"
    ),
    "clear": text("DELETE FROM archive_words"),
}


def put(conn: Connection, row_id: int, keys: ArchiveKeys) -> None:
    """Index a row's keys."""
    conn.execute(_of(conn)["put"], {"id": row_id, "words": stored(keys)})


def has(conn: Connection, row_id: int, key: ArchiveKey) -> bool:
    """Tell whether a row has a key."""
    find = {"asked": _asked(conn, key), "id": row_id}
    return conn.execute(_of(conn)["has"], find).first() is not None


def find(conn: Connection, narrowing: Narrowing, most: int | None) -> list[int]:
    """Return the rows that have what is asked for; of at `most` so many, the last ones."""
    wanted: dict[str, object] = {"asked": _asked(conn, narrowing)}
    if most is None:
        return list(conn.execute(_of(conn)["find"], wanted).scalars())
    return list(conn.execute(_of(conn)["newest"], wanted | {"most": most}).scalars())


def clear(conn: Connection) -> None:
    """Empty the index."""
    conn.execute(_of(conn)["clear"])


def _of(conn: Connection) -> dict[str, TextClause]:
    return _SQLITE if conn.dialect.name == "sqlite" else _POSTGRES


def _asked(conn: Connection, narrowing: Narrowing) -> str:
    return asked(narrowing) if conn.dialect.name == "sqlite" else asked_of_postgres(narrowing)
