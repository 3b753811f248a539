"""What the doctor is given, and how its checks come out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from scheduler.config.loader import LoadedSettings
from scheduler.config.settings import Settings
from scheduler.diagnosis.judge import Grade
from storage.sql.engines.location import DATABASE_NAME, DatabaseLocation


@dataclass(frozen=True, slots=True)
class CheckResult:
    """How one check came out, and a `remedy` for what is not well.

    The worst grade of all checks is the exit status of `wirewatch doctor`.
    """

    check: str
    grade: Grade
    says: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class ExaminedInstallation:
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


def well(check: str, says: str) -> CheckResult:
    """Return that all is right."""
    return CheckResult(check, Grade.WELL, says)


def skipped(check: str, says: str) -> CheckResult:
    """Return that there is nothing to check."""
    return CheckResult(check, Grade.SKIPPED, says)


def warning(check: str, says: str, remedy: str) -> CheckResult:
    """Return what may hurt later."""
    return CheckResult(check, Grade.WARNING, says, remedy)


def broken(check: str, says: str, remedy: str) -> CheckResult:
    """Return what does not work."""
    return CheckResult(check, Grade.BROKEN, says, remedy)
