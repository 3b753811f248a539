"""The engines that hold the truth: SQLite in a file, PostgreSQL where several machines share it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit, urlunsplit

from storage.errors import ConfigError

DATABASE_NAME = "wirewatch.db"
"""Of the file, in the data directory."""

_POSTGRES = ("postgresql", "postgres")


@dataclass(frozen=True, slots=True)
class DatabaseLocation:
    """Where a database is: a file, or a server's address."""

    path: Path | None = None
    url: str = ""

    @classmethod
    def of(cls, where: Path | str | Self) -> Self:
        """Read a path or an address. Raises ConfigError for an address of something else."""
        if isinstance(where, cls):
            return where
        if isinstance(where, Path):
            return cls(path=where)
        scheme = urlsplit(str(where)).scheme
        if scheme not in _POSTGRES:
            raise ConfigError(
                f"storage.database names an address of {scheme or 'nothing'}; what is understood is "
                "postgresql://USER:PASSWORD@HOST:PORT/NAME"
            )
        return cls(url=str(where))

    @property
    def is_shared(self) -> bool:
        """Whether processes on several machines can use it together."""
        return self.path is None

    @property
    def shown(self) -> str:
        """Say where it is, without its password."""
        if self.path is not None:
            return str(self.path)
        parts = urlsplit(self.url)
        login, at, host = parts.netloc.rpartition("@")
        netloc = f"{login.partition(':')[0]}{at}{host}"
        return urlunsplit((parts.scheme, netloc, parts.path, "", ""))
