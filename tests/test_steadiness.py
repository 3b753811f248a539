"""On a busy machine the tests are as right as on an idle one: none sleeps, none looks at a clock."""

from __future__ import annotations

import ast
from pathlib import Path

TESTS = Path(__file__).parent
CLOCKS = {"monotonic", "perf_counter", "process_time", "thread_time"}
BY_TRADE = {
    "crawler/fetch/site.py": "says when it was asked, for the gap between two requests",
    "crawler/visits/test_visits.py": "a site that trickles",
    "fuzz/__main__.py": "the processor's time that an input takes",
    "hostile/cases/answers.py": "sites that trickle and reset",
    "hostile/web.py": "the processor's time that a case takes",
    "kill_runs/kill_run.py": "kills at a random moment",
    "waiting.py": "waits for all others",
}


def calls(path: Path) -> list[str]:
    """Return what a file calls of clocks, and where it sleeps for longer than its turn."""
    return [
        f"{path.relative_to(TESTS)}:{node.lineno}: {node.func.attr}"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and (node.func.attr in CLOCKS or (node.func.attr == "sleep" and _is_long(node)))
    ]


def _is_long(call: ast.Call) -> bool:
    [seconds] = call.args
    return not (isinstance(seconds, ast.Constant) and seconds.value == 0)


def test_no_test_sleeps_or_looks_at_a_clock() -> None:
    paths = [path for path in TESTS.rglob("*.py") if "bench" not in path.relative_to(TESTS).parts]
    unexpected = [
        line
        for path in paths
        if str(path.relative_to(TESTS)) not in BY_TRADE
        for line in calls(path)
    ]
    assert unexpected == []


def test_those_that_may_still_do() -> None:
    assert [name for name in BY_TRADE if not calls(TESTS / name)] == []
