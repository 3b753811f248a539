"""Whether this process is ready: the database takes writes, and has the schema of this version."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from storage.errors import StorageError
from storage.process import counters
from storage.sql import migrate
from storage.sql.database import Database

_PATIENCE_SECONDS = 3.0


Unready = Callable[[], Awaitable[list[str]]]
"""Says what else is not there, such as Redis."""


async def unready_reasons(db: Database, beside: Unready | None = None) -> list[str]:
    """Say why this process can't do its work; nothing when it can."""
    reasons = await _of_database(db)
    if beside is not None:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                reasons += await beside()
        except TimeoutError:
            reasons.append(f"Redis did not answer within {_PATIENCE_SECONDS:.0f} s")
    return reasons


async def _of_database(db: Database) -> list[str]:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await db.write(counters.add, "readiness_probes", 1)
            current = await db.read(migrate.current_revision)
    except TimeoutError:
        return [f"the database took no write within {_PATIENCE_SECONDS:.0f} s"]
    except StorageError as error:
        return [str(error)]
    except RuntimeError:  # its threads take no more calls
        return ["the database is closed"]
    newest = migrate.newest_revision()
    if current != newest:
        return [f"the database has schema {current}, this version needs {newest}"]
    return []
