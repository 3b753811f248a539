"""Whether the disk of the database has room for what is fetched; deliveries need little, and go on."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from storage.errors import FullError

_LOOKED_EVERY = 1.0  # seconds
_MB = 1_000_000


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


class DiskGuard:
    """Looks at a disk once a second at most; `least_mb` of it are kept for what must be written.

    Without a `folder` the database is elsewhere, and its server's business.
    """

    def __init__(
        self,
        folder: Path | None,
        least_mb: int,
        *,
        free: Callable[[Path], int] = _free,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._least = least_mb * _MB
        self._free = free
        self._monotonic = monotonic
        self._looked_at = -_LOOKED_EVERY
        self._shortage: FullError | None = None

    def shortage(self) -> FullError | None:
        """Say why nothing more is to be fetched; None while there is room."""
        now = self._monotonic()
        if self._folder is not None and now - self._looked_at >= _LOOKED_EVERY:
            self._looked_at = now
            self._shortage = self._judged(self._folder)
        return self._shortage

    def _judged(self, folder: Path) -> FullError | None:
        try:
            free = self._free(folder)
        except OSError:  # whoever writes there will say what is wrong
            return None
        if free >= self._least:
            return None
        return FullError(
            f"{free // _MB} MB are free on the disk of {folder}, fewer than the "
            f"{self._least // _MB} of storage.min_free_mb: nothing is fetched until there is room; "
            "alerts are sent all the same"
        )
