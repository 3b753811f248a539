"""Checks of the Redis that processes share."""

from __future__ import annotations

from collections.abc import AsyncIterator

from scheduler.diagnosis.doctor.records import (
    CheckResult,
    ExaminedInstallation,
    broken,
    skipped,
    warning,
    well,
)
from scheduler.wording.formatters import size
from storage.errors import HotStateError
from storage.hot.redis.connection import RedisConnection
from storage.hot.redis.examination import LEAST_SERVER, examine

_NEARLY_FULL = 0.8


async def check_redis(installation: ExaminedInstallation) -> AsyncIterator[CheckResult]:
    """See that Redis answers, is new enough, takes writes, and throws nothing away by itself."""
    settings = installation.settings.storage
    if settings.redis is None:
        yield skipped("redis", "not used: one process keeps all in its memory")
        return
    connection = RedisConnection.at(settings.redis.get_secret_value(), prefix=settings.redis_prefix)
    try:
        found = await examine(connection)
    except HotStateError as error:
        yield broken("redis", str(error), "Start it, or correct storage.redis.")
        return
    finally:
        await connection.close()
    if found.version < LEAST_SERVER:
        least = ".".join(map(str, LEAST_SERVER))
        yield broken(
            "redis", f"it is {found.shown}, {least} is the oldest that will do", "Upgrade."
        )
    elif found.evicts:
        yield warning(
            "redis",
            f"when it is full it throws away what it likes (maxmemory-policy {found.policy})",
            "Set maxmemory-policy noeviction: what is needed would be filled in anew for ever.",
        )
    elif found.most and found.used > _NEARLY_FULL * found.most:
        says = f"{size(found.used)} of {size(found.most)} are used"
        yield warning("redis", says, "Raise its maxmemory, or lower copies.window_days.")
    else:
        yield well("redis", f"{found.shown}, {size(found.used)} used")
