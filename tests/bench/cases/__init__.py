"""Inputs on which people met faults, each with what is right: how many the product gets right.

A file has one JSON object a line: `id`, `family`, `kind` (page, feed, sitemap, section, query, mail, address,
config), `role` (reported, variant, control), the input itself, and `expect`: all its keys must hold, and of
`any_of` one of the list.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.cases.answers import ANSWERS
from tests.bench.cases.expectations import failures_of
from tests.bench.report import progress

Case = dict[str, Any]
_MOST_SHOWN = 500


@dataclass(frozen=True, slots=True)
class JudgedCase:
    """A case, and in which of its expectations the product fails it, a line each."""

    case: Case
    failures: Sequence[str]


def add_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--file", type=Path, required=True, help="cases, JSON Lines, .gz or not")
    parser.add_argument("--family", help="only the cases of this family")
    parser.add_argument("--id", help="only this case")


def run(args: argparse.Namespace) -> dict[str, Any]:
    judged = [
        judge(case)
        for case in read_cases(args.file)
        if args.family in (None, case["family"]) and args.id in (None, case["id"])
    ]
    for each in judged:
        if each.failures:
            says = f"{each.case['id']}: {'; '.join(each.failures)}".replace("\n", " ")
            progress(says[:_MOST_SHOWN])
    return figures(judged)


def read_cases(path: Path) -> Iterator[Case]:
    """Yield the cases of a file."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def judge(case: Case) -> JudgedCase:
    """Ask the product, and hold its answer against what is right."""
    try:
        answer = ANSWERS[case["kind"]](case)
    except Exception as error:  # noqa: BLE001 - a crash is the product's failure, not the bench's
        return JudgedCase(case, [f"crash: {type(error).__name__}: {error}"])
    return JudgedCase(case, list(failures_of(case["kind"], case["expect"], answer)))


def figures(judged: Sequence[JudgedCase]) -> dict[str, Any]:
    """Count what passed, in all, by family and by kind: [passed, all]."""
    failed = sum(1 for each in judged if each.failures)
    return {
        "cases": len(judged),
        "passed": len(judged) - failed,
        "failed": failed,
        "by_family": _by("family", judged),
        "by_kind": _by("kind", judged),
        "controls_failed": sum(
            1 for each in judged if each.failures and each.case.get("role") == "control"
        ),
    }


def _by(key: str, judged: Sequence[JudgedCase]) -> dict[str, list[int]]:
    whole = Counter(each.case[key] for each in judged)
    passed = Counter(each.case[key] for each in judged if not each.failures)
    return {name: [passed[name], whole[name]] for name in sorted(whole)}
