"""`wirewatch reload`: the settings are read again, and it is said what came of it."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from datetime import datetime

from scheduler.cli.context import Context
from scheduler.cli.output import print_line
from scheduler.runtime.clock import utc_now
from storage.errors import ConfigError, InputError
from storage.process import jobs
from storage.process.jobs import JobRun
from storage.process.lock import holder
from storage.settings import StorageSettings

_EVERY = 0.1


def reload_daemon(context: Context, seconds: float) -> None:
    """Ask the daemon, and wait. Raises InputError without one, ConfigError when it refuses."""
    context.loaded()  # what is wrong is said here, with its place, before anybody is asked
    storage = context.loaded().settings.storage
    if storage.redis is not None:
        number = asyncio.run(_tell_all(storage))
        print_line(
            f"{number} processes were asked to read their settings again; their logs say more"
        )
        return
    pid = holder(context.data())
    if pid is None:
        raise InputError("no daemon runs; start it with: wirewatch run")
    asked = utc_now()
    os.kill(pid, signal.SIGHUP)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        run = _last(context)
        if run is not None and _has_ended(run, asked):
            if run.error:
                raise ConfigError(run.error)
            print_line("the new settings are in force")
            return
        time.sleep(_EVERY)
    raise InputError(f"the daemon (pid {pid}) did not answer within {seconds:g} s; see its log")


async def _tell_all(storage: StorageSettings) -> int:
    """Ask all processes that share the work; how many heard it. Raises HotStateError."""
    from storage.hot.redis.bus import RELOAD, publish_once
    from storage.hot.redis.connection import RedisConnection

    url = storage.redis.get_secret_value() if storage.redis is not None else ""
    connection = RedisConnection.at(url, prefix=storage.redis_prefix)
    try:
        return await publish_once(connection, RELOAD)
    finally:
        await connection.close()


def _has_ended(run: JobRun, asked: datetime) -> bool:
    ended = run.finished_at
    return run.started_at >= asked and ended is not None and ended >= run.started_at


def _last(context: Context) -> JobRun | None:
    with context.read() as conn:
        return next((job for job in jobs.list_all(conn) if job.name == jobs.RELOAD), None)
