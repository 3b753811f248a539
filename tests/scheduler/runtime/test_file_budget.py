"""How many files may be open, and what of them is kept for crawl and delivery."""

from __future__ import annotations

import subprocess
import sys

import pytest

from scheduler.runtime.file_budget import file_budget


@pytest.mark.parametrize(
    ("limit", "concurrency", "connections", "is_enough"),
    [(256, 16, 32, False), (352, 16, 32, True), (1024, 16, 512, True), (8192, 256, 512, True)],
)
def test_the_pages_take_what_the_crawl_leaves(
    limit: int, concurrency: int, connections: int, is_enough: bool
) -> None:
    budget = file_budget(limit, concurrency)
    assert budget.connections == connections
    assert budget.is_enough is is_enough


@pytest.mark.parametrize(("soft", "hard", "raised"), [(256, 4096, 4096), (64, 64, 64)])
def test_a_process_raises_its_limit_as_far_as_it_may(soft: int, hard: int, raised: int) -> None:
    code = (
        "import resource; from scheduler.runtime.file_budget import *; "
        f"resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard})); raise_file_limit(); "
        "print(resource.getrlimit(resource.RLIMIT_NOFILE)[0], file_limit())"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert answer.stdout.split() == [b"%d" % raised] * 2
