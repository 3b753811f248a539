"""What every command begins with: the configuration, the data directory, the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import typer

from storage.errors import InputError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from scheduler.actions.audit_log import Actor
    from scheduler.config.loader import LoadedSettings
    from scheduler.config.settings import Settings
    from storage.sql.database import Database
    from storage.sql.engines.location import DatabaseLocation


_PATIENCE = 5.0  # seconds that a command waits for a server


@dataclass
class Context:
    """The global options; the rest is read when a command asks for it."""

    config: Path | None
    data_option: Path | None

    def loaded(self) -> LoadedSettings:
        """Read the configuration. Raises ConfigError."""
        from scheduler.config.loader import environment, find_file, load_settings

        return load_settings(find_file(self.config), environment())

    def settings(self) -> Settings:
        """Return the settings, and set up logging and Sentry by them."""
        from scheduler.observability import sentry

        settings = self.loaded().settings
        sentry.set_up(settings)
        return settings

    def data(self) -> Path:
        """Return the data directory: --data, else the configured one, else the platform's."""
        return self.data_option or self.loaded().data()

    def stale_days(self) -> int:
        """Say by how many days a text is older than its date before it is a stale repost."""
        return self.loaded().settings.copies.stale_days

    def place(self) -> DatabaseLocation:
        """Say where the database is: on a server, or in the data directory."""
        return self.loaded().place(self.data())

    def has_data(self) -> bool:
        """Tell whether there is a database; one on a server is always there."""
        path = self.place().path
        return path is None or path.exists()

    def database_path(self) -> Path:
        """Say where the database's file is. Raises InputError when it is on a server."""
        location = self.place()
        if location.path is None:
            raise InputError(
                f"the database is on a server ({location.shown}), not in a file: back it up, restore "
                "it and look after it with the server's own programs, such as pg_dump"
            )
        return location.path

    @contextmanager
    def database(self) -> Iterator[Database]:
        """Open the database, making it when there is none."""
        from storage.sql.database import Database

        data = self.data()
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        db = Database.open(self.place(), patience=_PATIENCE)
        try:
            yield db
        finally:
            db.close()

    @contextmanager
    def read(self, *, or_empty: bool = False) -> Iterator[Connection]:
        """Yield a read transaction; `or_empty` gives that of an empty store when there is none.

        Raises InputError when nothing was ever stored there.
        """
        if not or_empty and not self.has_data():
            raise InputError(
                f"there is no data in {self.data()} yet; begin with: wirewatch source add URL "
                "(or name the right directory with --data)"
            )
        with self._database_or_empty() as db, db.connect() as conn:
            yield conn

    @property
    def actor(self) -> Actor:
        """Who the audit log says it was: whoever is logged in at this machine."""
        import getpass

        from scheduler.actions.audit_log import Actor
        from storage.operators.audit import Interface

        try:
            return Actor(getpass.getuser(), Interface.CLI)
        except (OSError, KeyError):  # a user without a name
            import os

            return Actor(f"user {os.getuid()}", Interface.CLI)

    @contextmanager
    def write(self, *, dry_run: bool = False) -> Iterator[Connection]:
        """Yield a write transaction, of which nothing is stored when it is a dry run."""
        with self._database_or_empty() if dry_run else self.database() as db, db.begin() as conn:
            yield conn
            if dry_run:
                conn.rollback()

    @contextmanager
    def _database_or_empty(self) -> Iterator[Database]:
        """Open the database; an empty one that is thrown away when there is none."""
        if self.has_data():
            with self.database() as db:
                yield db
            return
        from tempfile import TemporaryDirectory

        from storage.sql.database import Database
        from storage.sql.engines.location import DATABASE_NAME

        with TemporaryDirectory() as directory:
            db = Database.open(Path(directory) / DATABASE_NAME)
            try:
                yield db
            finally:
                db.close()


def context_of(ctx: typer.Context) -> Context:
    """Return what the global options said."""
    return cast("Context", ctx.obj)
