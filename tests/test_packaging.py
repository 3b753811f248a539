"""What is installed is what is in the tree: a file that a wheel would leave out fails here."""

from __future__ import annotations

import subprocess
import tomllib
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("crawler", "scheduler", "storage")


def _kept_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", *PACKAGES], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


def test_every_file_of_the_packages_is_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    patterns = project["tool"]["setuptools"]["package-data"]["*"]
    # A room's README is for who reads the tree.
    data = [path for path in _kept_files() if path.suffix not in (".py", ".md")]
    assert data
    left_out = [p for p in data if not any(fnmatch(p.name, pattern) for pattern in patterns)]
    assert left_out == []
