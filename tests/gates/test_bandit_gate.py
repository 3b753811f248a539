"""No finding of bandit stands that was not judged where it stands."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_bandit_finds_nothing_that_was_not_judged() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bandit", "-q", "-r", "crawler", "scheduler", "storage"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
