"""One daemon a data directory: an advisory lock that a killed process lets go of by itself."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from storage.errors import DataLockedError


@contextmanager
def data_lock(directory: Path) -> Iterator[None]:
    """Hold the data directory. Raises DataLockedError naming the process that holds it."""
    with (directory / "daemon.lock").open("a+", encoding="ascii") as file:
        _take(file, directory)
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        yield


def holder(directory: Path) -> int | None:
    """Give the process id of the daemon that holds the directory; None when none does."""
    path = directory / "daemon.lock"
    if not path.exists():
        return None
    with path.open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _pid(file)
    return None


def _take(file: IO[str], directory: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid = _pid(file)
        raise DataLockedError(
            f"another Wirewatch daemon (pid {pid or 'unknown'}) works on {directory}; "
            "stop it first, or give this one another --data directory",
            pid=pid,
        ) from None


def _pid(file: IO[str]) -> int | None:
    file.seek(0)
    text = file.read().strip()
    return int(text) if text.isdigit() else None
