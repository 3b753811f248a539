"""README's two commands are the ones that the project promises, and .ci/run runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LARGEST = 10_000  # bytes: one sitting
COMMANDS = {
    "set-up": "python3 -m venv .venv && .venv/bin/pip install -q '.[demo]' && .venv/bin/wirewatch demo",
    "tests": "python3 -m venv .venv && .venv/bin/pip install -q -e '.[demo,test]' && .venv/bin/python -m tests",
}


@pytest.mark.parametrize("name", COMMANDS)
def test_readme_gives_the_command_once_in_a_block_of_its_own(name: str) -> None:
    readme = (ROOT / "README.md").read_text()
    blocks = re.findall(rf"<!-- command: {name} -->\n+```\w*\n(.+?)\n```", readme, re.DOTALL)
    assert blocks == [COMMANDS[name]]


def test_ci_runs_the_command_that_readme_gives() -> None:
    assert "<!-- command: tests -->" in (ROOT / ".ci" / "run").read_text()


def test_readme_is_read_in_one_sitting() -> None:
    assert len((ROOT / "README.md").read_bytes()) <= LARGEST
