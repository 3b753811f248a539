"""What an engine said went wrong, as errors that say whether a transaction may be run again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from storage.errors import ConflictError, CorruptError, FullError, StorageError, UnreachableError

_SERIALIZATION, _DEADLOCK, _LOCK_TIMEOUT = "40001", "40P01", "55P03"
_UNIQUE = "23505"
_FEW_TRIES, _MANY_TRIES = 5, 50
_AWAY = ("08", "57P")  # connection exceptions; a server that shuts down, restarts or recovers
_FULL, _SQLITE_FULL = "53100", "disk is full"
_SQLITE_DAMAGED = ("malformed", "file is not a database")
_READ_ONLY = "25006"  # a standby, as after a fail-over


def storage_error(error: exc.DBAPIError) -> StorageError:
    """Return the error by its name, in words for operators."""
    state = _sqlstate(error)
    message = str(error.orig).strip()
    if ends_transaction(error) and not _is_away(error):
        # A row that is there already may have been stored by another one; or this one is wrong.
        tries = _FEW_TRIES if state == _UNIQUE else _MANY_TRIES
        return ConflictError(f"two transactions met; the database said: {message}", tries=tries)
    if _is_away(error):
        return UnreachableError(f"the database can't be reached: {message}")
    if state == _FULL or (state is None and _SQLITE_FULL in message):
        return FullError(f"the database's disk is full; make room there: {message}")
    if state is None and any(damage in message for damage in _SQLITE_DAMAGED):
        return CorruptError(message)
    return StorageError(f"the database said: {message}")


def ends_transaction(error: exc.DBAPIError) -> bool:
    """Whether all that the transaction did is lost, and it may be run again from its start.

    A row that is there already counts as well: with a server of many writers, another one may have
    stored it since this transaction began.
    """
    conflict = (_SERIALIZATION, _DEADLOCK, _LOCK_TIMEOUT, _UNIQUE)
    return _sqlstate(error) in conflict or _is_away(error)


@contextmanager
def commit_in_doubt() -> Iterator[None]:
    """Around a commit: when the connection is lost in it, nobody knows whether it was stored.

    Raises StorageError then.
    """
    try:
        yield
    except exc.DBAPIError as error:
        if _is_away(error):
            raise StorageError(
                f"the connection was lost while a transaction was stored, or not: {error.orig}"
            ) from error
        raise


def _is_away(error: exc.DBAPIError) -> bool:
    state = _sqlstate(error)
    if state is None:  # SQLite's, or a driver that got no answer at all
        away = error.connection_invalidated or isinstance(error, exc.OperationalError)
        return away and type(error.orig).__module__.startswith("psycopg")
    return state.startswith(_AWAY) or state == _READ_ONLY


def _sqlstate(error: exc.DBAPIError) -> str | None:
    state = getattr(error.orig, "sqlstate", None)
    return state if isinstance(state, str) else None
