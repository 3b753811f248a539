"""The keys that every benchmark's line holds."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any


def common_keys(name: str, seconds: float) -> dict[str, Any]:
    """Which benchmark, of which commit, on what, and how long it took."""
    return {
        "bench": name,
        "commit": _commit(),
        "python": platform.python_version(),
        "cores": os.cpu_count() or 1,
        "seconds": round(seconds, 2),
    }


def progress(text: str) -> None:
    """Tell whoever is watching; standard output is for the result alone."""
    print(text, file=sys.stderr, flush=True)


def _commit() -> str:
    """Short hash of the checkout, with a plus when files differ from it; "unknown" outside git."""
    here = Path(__file__).parent
    try:
        head = _git(here, "rev-parse", "--short", "HEAD")
        changed = _git(here, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return head + ("+" if changed else "")


def _git(where: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=where, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
