"""The embedded fingerprints on disk, so that a start need not read every text again.

A snapshot is only ever a help: one that is missing, damaged, or of texts that were read in another
way is not taken, and the index is built from the database.
"""

from __future__ import annotations

import os
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from storage.hot.fingerprints.memory import MemoryFingerprints

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An index as it was at a time."""

    index: MemoryFingerprints
    taken_at: datetime


def arrays_of(
    index: MemoryFingerprints, *, form: str, now: datetime
) -> dict[str, NDArray[np.generic]]:
    """Copy an index for `write`, which may then run in another thread.

    `form` names the way in which texts are made shingles: a snapshot is only good for the same.
    """
    copied = {name: array.copy() for name, array in index.arrays().items()}
    return {**copied, "form": np.array(form), "taken_at": np.array(now.isoformat())}


def write(arrays: dict[str, NDArray[np.generic]], path: Path) -> None:
    """Put a snapshot in the place of the one before; a crash leaves one or the other whole."""
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def read(path: Path, *, form: str) -> Snapshot | None:
    """Return the snapshot; None when there is none that can be used."""
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        if str(arrays["form"]) != form:
            return None
        index = MemoryFingerprints.of_arrays(arrays)
        return Snapshot(index, datetime.fromisoformat(str(arrays["taken_at"])))
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile):
        return None
