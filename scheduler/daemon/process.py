"""The process of the daemon: its locks and its database, and one daemon after another on each reload."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from datetime import timedelta
from pathlib import Path

import structlog

from scheduler.config.loader import environment
from scheduler.config.roles import ALL, ProcessRole, check_roles
from scheduler.daemon.context import DaemonContext
from scheduler.daemon.daemon import Daemon
from scheduler.daemon.settings_reload import (
    PreparedSettings,
    ReadSettings,
    SettingsReload,
    apply_logging,
    prepare,
)
from scheduler.runtime.agreed_clock import AgreedClock
from scheduler.runtime.clock import utc_now
from scheduler.runtime.clock_steps import ClockStepMonitor
from scheduler.runtime.file_budget import raise_file_limit
from scheduler.runtime.lifecycle import signalled
from scheduler.runtime.systemd_notify import SystemdNotifier
from storage.errors import StorageError, WirewatchError
from storage.process.lock import DELIVERIES, data_lock
from storage.sql.database import Database
from storage.upkeep.clock_rollback import move_back
from storage.upkeep.integrity import check_start

_START_PATIENCE = 30.0  # seconds that a start waits for the database's server


def run_daemon(
    read_settings: ReadSettings,
    data: Path,
    *,
    roles: frozenset[ProcessRole] = ALL,
    delivers: bool = True,
) -> int:
    """Run until SIGTERM or SIGINT; the exit status. Raises DataLockedError for a second daemon.

    On SIGHUP the settings are read again. Without what it `delivers`, another process is to:
    `scheduler.daemon.delivery_service`. Raises ConfigError when the roles need what is not set.
    """
    first = read_settings()
    check_roles(roles, first.settings)
    raise_file_limit()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = first.place(data)
    if not delivers:
        roles -= {ProcessRole.DELIVERY}
    with contextlib.ExitStack() as locks:
        if not place.is_shared:
            locks.enter_context(data_lock(data))
            if delivers:
                locks.enter_context(data_lock(data, DELIVERIES))
        if place.path is not None:
            check_start(place.path)
        db = Database.open(place, patience=_START_PATIENCE)
        try:
            asyncio.run(_serve(prepare(first, data), read_settings, data, db, roles))
        finally:
            db.close()
    return 0


async def _serve(
    prepared: PreparedSettings,
    read_settings: ReadSettings,
    data: Path,
    db: Database,
    roles: frozenset[ProcessRole],
) -> None:
    """Run one daemon after another: each reload that is right begins the next, with all it needs.

    To begin anew takes a second or two in which nothing is lost, and no part is left with a mixture
    of old and new settings. Where the new ones do not start, the old ones are started again.
    """
    stopping, notifier = signalled(), SystemdNotifier(environment())
    clock = AgreedClock(utc_now)
    reload = SettingsReload(read_settings, data, db, clock)
    steps = ClockStepMonitor(utc_now)
    step_watch = asyncio.create_task(steps.watch(functools.partial(_set_back, db, clock, reload)))
    before: PreparedSettings | None = None
    while not stopping.is_set():
        context = DaemonContext.of(prepared, data, db, clock, roles, reread=read_settings)
        daemon = Daemon(context, steps, notifier)
        try:
            following = await daemon.run(stopping, reload, is_reload=before is not None)
        except WirewatchError as error:
            if before is None:
                raise
            await reload.refused(error)
            prepared, before = before, None
            continue
        if following is None:
            step_watch.cancel()
            return
        notifier.reloading()
        apply_logging(following.loaded)
        prepared, before = following, prepared


async def _set_back(
    db: Database, clock: AgreedClock, reload: SettingsReload, by: timedelta
) -> None:
    """Move what waits for a time that has gone, and begin all parts anew: each holds times of its own.

    Where processes share a database its server's clock is theirs, and they only look at it.
    """
    if not db.is_embedded:
        await clock.measure(db)
        return
    try:
        moved = await db.write(move_back, by, clock())
    except StorageError as error:
        structlog.get_logger("clock").error("nothing_moved", reason=str(error))
        return
    structlog.get_logger("clock").info("moved_back", times=moved)
    reload.begin_anew()
