"""What the parts of one daemon share: its settings, database, clock, chance, hot state and disk."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from scheduler.config.roles import ProcessRole
from scheduler.config.settings import Settings
from scheduler.daemon.settings_reload import PreparedSettings, ReadSettings, not_in_force
from scheduler.runtime.agreed_clock import AgreedClock
from scheduler.runtime.disk_guard import DiskGuard
from scheduler.runtime.hot_state import HotState, open_hot_state
from storage.sql.database import Database


@dataclass(frozen=True, slots=True)
class DaemonContext:
    """One daemon's own, from its start until it ends or its settings change."""

    prepared: PreparedSettings
    reread: ReadSettings
    data: Path
    db: Database
    clock: AgreedClock
    roles: frozenset[ProcessRole]
    rng: random.Random
    hot_state: HotState
    disk_guard: DiskGuard

    @classmethod
    def of(
        cls,
        prepared: PreparedSettings,
        data: Path,
        db: Database,
        clock: AgreedClock,
        roles: frozenset[ProcessRole],
        *,
        reread: ReadSettings,
    ) -> Self:
        """Return the context for settings that were found right."""
        settings, file = prepared.loaded.settings, prepared.loaded.place(data).path
        return cls(
            prepared=prepared,
            reread=reread,
            data=data,
            db=db,
            clock=clock,
            roles=roles,
            rng=random.Random(),  # noqa: S311 - jitter, not secrets  # nosec B311
            hot_state=open_hot_state(settings.storage, settings.copies),
            disk_guard=DiskGuard(
                None if file is None else file.parent, settings.storage.min_free_mb
            ),
        )

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.prepared.loaded.settings

    @property
    def database_file(self) -> Path | None:
        """The file of the database; None where it is on a server."""
        return self.prepared.loaded.place(self.data).path

    def settings_not_in_force(self) -> str:
        """Return why the settings as they stand are not in force; nothing when they are."""
        return not_in_force(self.reread, self.data, self.prepared)

    @property
    def is_alone(self) -> bool:
        """Whether no other process works on this database."""
        return self.db.is_embedded
