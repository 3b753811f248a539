"""Runs the fuzzer on a target in a process of its own, and reads what it found."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scheduler.demo.orphan_guard import guarded

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Fuzzed:
    """What came of it: the runs that were made, the slowest of them, and what failed."""

    runs: int
    slowest_s: float
    failure: str

    @property
    def well(self) -> bool:
        return not self.failure


def fuzz(
    name: str, folder: Path, runs: int, *, seed: int, most_bytes: int, seconds: float
) -> Fuzzed:
    """Fuzz a target; an input that fails is left in the folder."""
    done = subprocess.run(
        guarded(
            *(sys.executable, "-m", "tests.fuzz", name, str(folder)),
            *(f"-runs={runs}", f"-seed={seed}", f"-max_len={most_bytes}"),
        ),
        cwd=ROOT,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=seconds,
        check=False,
    )
    file = folder / "report.json"
    told: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
    said = done.stderr + done.stdout  # what was raised stands in the latter
    failed = done.returncode != 0 or "Uncaught Python exception" in said
    return Fuzzed(told.get("runs", 0), told.get("slowest_s", 0.0), said[-3000:] if failed else "")
