"""PostgreSQL as an engine: every write transaction is as if it were alone (SERIALIZABLE).

So all code that is right with SQLite's single writer is right with many. The price is that two
transactions that meddle with each other can't both be: the later one is run again, see
`storage.sql.retry`. (Ports and Grittner, “Serializable Snapshot Isolation in PostgreSQL”, VLDB 2012.)
"""

from __future__ import annotations

from importlib.util import find_spec

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection

from storage.errors import ConfigError

_READERS, _WRITERS, _SPARE = 4, 1, 3
_CONNECT_SECONDS = 5
# A peer that is gone without a word is noticed within half a minute, not in two hours.
_ALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
_SETTINGS = {
    "timezone": "UTC",
    "datestyle": "ISO",  # the only one in which the driver reads times
    "synchronous_commit": "on",  # an alert that was committed survives a power cut
    "lock_timeout": "30s",
    "idle_in_transaction_session_timeout": "60s",  # a worker that was cut off lets go
    "application_name": "wirewatch",
}


def postgres_engine(url: str) -> Engine:
    """Return the engine of a database on a server. Raises ConfigError without the driver."""
    if find_spec("psycopg") is None:
        raise ConfigError(
            "PostgreSQL needs its driver; install it with: pip install 'wirewatch[shared]'"
        )
    address = make_url(url).set(drivername="postgresql+psycopg")
    ours = " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items())
    engine = create_engine(
        address,
        isolation_level="REPEATABLE READ",
        pool_size=_READERS + _WRITERS,
        max_overflow=_SPARE,
        connect_args={
            "connect_timeout": _CONNECT_SECONDS,
            "tcp_user_timeout": 20_000,
            "client_encoding": "utf8",
            "options": " ".join((*_given_options(address), ours)),
            **_ALIVE,
        },
    )
    event.listen(engine, "connect", _stay_in_one_schema)
    return engine


def _given_options(address: URL) -> tuple[str, ...]:
    """Return what the operator's address sets, such as a search_path; ours come after, and win."""
    given = address.query.get("options", ())
    return (given,) if isinstance(given, str) else tuple(given)


def _stay_in_one_schema(connection: DBAPIConnection, _record: object) -> None:
    """Let names be of one schema: the first of the role's search_path in which tables can be made.

    Otherwise a table of another program of the same name, `alembic_version` above all, would be taken
    for ours where its schema comes later in the search_path. One that names no schema that there is
    means public.
    """
    cursor = connection.cursor()
    cursor.execute(
        "SELECT set_config('search_path', quote_ident(coalesce(current_schema(), 'public')), false)"
    )
    cursor.close()
    connection.commit()
