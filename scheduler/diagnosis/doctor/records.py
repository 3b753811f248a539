"""What the doctor finds, and what it is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from pathlib import Path

from scheduler.config.loader import LoadedSettings
from scheduler.config.settings import Settings
from storage.sql.engines.location import DATABASE_NAME, DatabaseLocation


class Grade(IntEnum):
    """How a check came out; the worst is the exit status of `wirewatch doctor`."""

    WELL = 0
    SKIPPED = -1  # there is nothing to check
    WARNING = 1
    BROKEN = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check says; a `remedy` for what is not well."""

    check: str
    grade: Grade
    says: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """An installation: its settings where they could be read, and where its parts are.

    `free` gives (total, free) bytes of a directory's disk, `files` how many may be open, and
    `origin` the file that a package comes from.
    """

    loaded: LoadedSettings | None
    data: Path
    environ: Mapping[str, str]
    clock: Callable[[], datetime]
    free: Callable[[Path], tuple[int, int]]
    files: Callable[[], int]
    origin: Callable[[str], str]
    seconds: float = 5.0  # for what asks the network

    @property
    def settings(self) -> Settings:
        """The settings; the defaults where they could not be read."""
        return Settings() if self.loaded is None else self.loaded.settings

    @property
    def place(self) -> DatabaseLocation:
        """Where the database is; in the data directory where the settings could not be read."""
        if self.loaded is None:
            return DatabaseLocation(path=self.data / DATABASE_NAME)
        return self.loaded.place(self.data)


def well(check: str, says: str) -> Finding:
    """Say that all is right."""
    return Finding(check, Grade.WELL, says)


def skipped(check: str, says: str) -> Finding:
    """Say that there is nothing to check."""
    return Finding(check, Grade.SKIPPED, says)


def warning(check: str, says: str, remedy: str) -> Finding:
    """Say what may hurt later."""
    return Finding(check, Grade.WARNING, says, remedy)


def broken(check: str, says: str, remedy: str) -> Finding:
    """Say what does not work."""
    return Finding(check, Grade.BROKEN, says, remedy)
