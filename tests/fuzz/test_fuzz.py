"""A short run of the fuzzer on each reader; by hand a million: `python -m tests.bench fuzz`."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from tests.fixtures.parts import in_ci
from tests.fuzz.harness import fuzz
from tests.fuzz.targets import names

pytestmark = pytest.mark.early

RUNS = {
    # A reader that costs microseconds is run 100,000 times; what costs milliseconds as its time allows.
    "html": 4_000,
    "feed": 20_000,
    "sitemap": 20_000,
    "webhook_reply": 15_000,
    "email_header": 6_000,
    "config": 40_000,
    "query": 60_000,
}
USUAL = 100_000

IS_THERE = importlib.util.find_spec("atheris") is not None


@pytest.mark.skipif(not IS_THERE and not in_ci(), reason="atheris is not made for this machine")
@pytest.mark.parametrize("name", names())
def test_whatever_the_bytes_are_they_are_read_or_refused_by_name(name: str, tmp_path: Path) -> None:
    wanted = RUNS.get(name, USUAL)
    found = fuzz(name, tmp_path, wanted, seed=1, most_bytes=1500, seconds=400)
    assert found.well, found.failure
    assert found.runs >= wanted - 500
    assert found.slowest_s <= 1
