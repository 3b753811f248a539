"""One process for each part of the work on a data directory: locks that a kill lets go of."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from storage.errors import DataLockedError

DAEMON, DELIVERIES = "daemon", "deliveries"
"""The parts: all but the deliveries, and these, which may be a process of their own."""


_WORKER = {DAEMON: "daemon", DELIVERIES: "process that delivers"}


@contextmanager
def data_lock(directory: Path, part: str = DAEMON) -> Iterator[None]:
    """Hold a part of the data directory. Raises DataLockedError naming the process that does."""
    with open(directory / f"{part}.lock", "a+", encoding="ascii", opener=_private) as file:
        _take(file, directory, part)
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        yield


def holder(directory: Path, part: str = DAEMON) -> int | None:
    """Return the id of the process that holds a part of the directory; None when none does."""
    path = directory / f"{part}.lock"
    if not path.exists():
        return None
    with path.open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _pid(file)
    return None


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _take(file: IO[str], directory: Path, part: str) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid = _pid(file)
        raise DataLockedError(
            f"another Wirewatch {_WORKER[part]} (pid {pid or 'unknown'}) works on {directory}; "
            "stop it first, or give this one another --data directory",
            pid=pid,
        ) from None


def _pid(file: IO[str]) -> int | None:
    file.seek(0)
    text = file.read().strip()
    return int(text) if text.isdigit() else None
