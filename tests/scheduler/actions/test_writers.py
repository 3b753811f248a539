"""Commands, pages and API change nothing in the store themselves: only actions do."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
CHANGES = {"sqlalchemy.insert", "sqlalchemy.update", "sqlalchemy.delete"}
WAYS = ("scheduler.cli", "scheduler.web", "scheduler.api")
ALLOWED = {
    ("scheduler.cli.site_lookup", "storage.crawl.fetches.add"): "the ledger of requests",
    ("scheduler.web.pages.unsubscribe", "storage.operators.secret_keys.get"): "made when missing",
}


@cache
def trees() -> Mapping[str, ast.Module]:
    """Return the code by the dotted names of its modules."""
    found = {}
    for floor in ("storage", "crawler", "scheduler"):
        for path in sorted((ROOT / floor).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found[name.removesuffix(".__init__")] = ast.parse(path.read_text())
    return found


def names_of(module: str) -> Mapping[str, str]:
    """Return what a module's names stand for: imports, also within functions, and own functions."""
    tree = trees()[module]
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names |= {each.asname or each.name: f"{node.module}.{each.name}" for each in node.names}
    own = (node.name for node in tree.body if isinstance(node, ast.FunctionDef))
    return names | {name: f"{module}.{name}" for name in own}


def used_by(node: ast.AST, names: Mapping[str, str]) -> set[str]:
    """Return the dotted names that some code uses."""
    used = set()
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and each.id in names:
            used.add(names[each.id])
        elif isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name):
            used.add(f"{names.get(each.value.id, each.value.id)}.{each.attr}")
    return used


@cache
def writers() -> frozenset[str]:
    """Return the functions that change the store.

    Those are storage's own with SQL, and all that call such a one in the transaction that they were
    handed.
    """
    calls: dict[str, set[str]] = {}
    with_sql = set()
    for module, tree in trees().items():
        if module.startswith("scheduler.actions"):
            continue
        names = names_of(module)
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef):
                continue
            name, used = f"{module}.{node.name}", used_by(node, names)
            if module.startswith("storage.") and used & CHANGES:
                with_sql.add(name)
            first = node.args.args[0].annotation if node.args.args else None
            if first is not None and ast.unparse(first) == "Connection":
                calls[name] = used
    found = with_sql
    while more := {name for name, used in calls.items() if used & found} - found:
        found |= more
    return frozenset(found)


def test_the_functions_that_change_the_store_are_found() -> None:
    for name in (
        "storage.topics.topics.add",
        "storage.topics.topics.set_query",
        "storage.crawl.sources.pause",
        "storage.delivery.outbox.replay",
        "storage.operators.accounts.disable",
        "scheduler.alerts.preview.put_test",
        "scheduler.interchange.topic_file.applier.apply",
    ):
        assert name in writers()
    assert "storage.topics.topics.get" not in writers()


@pytest.mark.parametrize("way", WAYS)
def test_only_actions_change_the_store(way: str) -> None:
    broken = [
        (module, name)
        for module, tree in trees().items()
        if module == way or module.startswith(f"{way}.")
        for name in sorted(used_by(tree, names_of(module)) & writers())
        if (module, name) not in ALLOWED
    ]
    assert not broken, f"these change the store past scheduler/actions: {broken}"
