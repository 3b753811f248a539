"""A short run of the fuzzer on each reader; by hand a million: `python -m tests.bench fuzz`."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from tests.fixtures.parts import in_ci
from tests.fuzz.harness import fuzz
from tests.fuzz.targets import names

pytestmark = pytest.mark.early

RUNS = {
    # A reader that costs microseconds is run 12,500 times; what costs milliseconds as its time allows.
    "html": 600,
    "feed": 3_000,
    "sitemap": 3_000,
    "webhook_reply": 2_500,
    "email_header": 1_500,
    "config": 5_000,
    "query": 7_500,
}
USUAL = 12_500

IS_THERE = importlib.util.find_spec("atheris") is not None
HAS_TO_BE = in_ci() and sys.platform == "linux" and sys.version_info < (3, 14)


@pytest.mark.skipif(
    not IS_THERE and not HAS_TO_BE,
    reason="no atheris; to get it: pip install atheris, with Python 3.13 or older on Linux",
)
@pytest.mark.parametrize("name", names())
def test_whatever_the_bytes_are_they_are_read_or_refused_by_name(name: str, tmp_path: Path) -> None:
    wanted = RUNS.get(name, USUAL)
    found = fuzz(name, tmp_path, wanted, seed=1, most_bytes=1500, seconds=400)
    assert found.well, found.failure
    assert found.runs >= wanted - 500
    assert found.slowest_s <= 1
