"""What runs on others' machines when we push: with no rights, by commits that nobody can move."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def steps(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


@pytest.fixture(params=WORKFLOWS, ids=lambda path: str(path.name))
def workflow(request: pytest.FixtureRequest) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(request.param.read_text("utf-8"))
    return found


def test_a_workflow_has_no_rights_and_a_job_may_read_at_most(workflow: dict[str, Any]) -> None:
    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        assert job.get("permissions", {}) in ({}, {"contents": "read"})
        assert job["timeout-minutes"] <= 60


def test_each_action_is_pinned_by_its_whole_hash(workflow: dict[str, Any]) -> None:
    used = [step["uses"] for step in steps(workflow) if "uses" in step]
    assert used
    assert [each for each in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", each)] == []


def test_a_checkout_leaves_no_token_behind(workflow: dict[str, Any]) -> None:
    checkouts = [step for step in steps(workflow) if "actions/checkout@" in step.get("uses", "")]
    assert [step["with"]["persist-credentials"] for step in checkouts] == [False] * len(checkouts)


def test_the_checks_run_on_each_python_that_the_package_names() -> None:
    [checks] = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))[
        "jobs"
    ].values()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    named = [
        found[1]
        for each in project["classifiers"]
        if (found := re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", each))
    ]
    assert checks["strategy"]["matrix"]["python"] == named
    assert project["requires-python"] == f">={named[0]}"
    assert any(step.get("run") == "bash .ci/run" for step in checks["steps"])


def test_the_checks_print_the_ten_slowest_tests_and_compare_the_dependencies() -> None:
    from tests.__main__ import TOGETHER

    assert " ".join(TOGETHER).endswith("--durations 10")
    run = (ROOT / ".ci/run").read_text("utf-8")
    assert run.count(".venv/bin/deptry") == 2
