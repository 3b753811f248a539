"""No regular expression of the product explodes on a text that a stranger wrote."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.hostile.pattern_growth import explosive


def test_every_pattern_comes_to_an_end_on_what_makes_bad_ones_backtrack() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.hostile.pattern_growth"],
        capture_output=True,
        check=True,
        text=True,
    )
    *explosions, last = run.stdout.splitlines()
    assert explosions == []
    assert int(last.split()[0]) > 200, "the product's patterns are found"


@pytest.mark.parametrize("pattern", [r"(?:a+)+b", r"(?:a|aa)+b", r"(?:a*)*(?:a*)*b"])
def test_an_explosive_pattern_is_seen(pattern: str) -> None:
    assert explosive(re.compile(pattern)) == "a"
