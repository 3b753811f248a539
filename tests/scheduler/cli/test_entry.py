"""The entry: quick help, exit statuses, errors in words, and options anywhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scheduler.cli import global_first
from storage.sql.database import Database
from tests.scheduler.cli.conftest import Wirewatch

HEAVY = ("scrapy", "sqlalchemy", "trafilatura", "pydantic", "rich", "aiohttp", "asyncio", "lxml")


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv[1:] = ['--help']\n"
        "from scheduler.cli import main\n"
        "try: main()\n"
        f"finally: print('heavy:', *(m for m in {HEAVY} if m in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "heavy:"
    for name in ("run", "demo", "source", "topic", "status", "stats", "explain", "config"):
        assert f"\n  {name} " in done.stdout


@pytest.mark.parametrize("group", ["source", "topic", "story", "alert", "delivery", "config"])
def test_each_group_explains_itself(wirewatch: Wirewatch, group: str) -> None:
    said = wirewatch(group, "--help")
    assert said.status == 0
    assert "Commands:" in said.out


def test_the_version_is_that_of_the_package(wirewatch: Wirewatch) -> None:
    assert wirewatch("--version").out.startswith("wirewatch 0.")


@pytest.mark.parametrize(
    "arguments",
    [
        ("no-such-command",),
        ("source", "list", "--no-such-option"),
        ("--config", "missing.toml", "config", "check"),
        ("source", "list"),  # nothing was ever stored
        ("topic", "add", "x", "--query", "("),
        ("topic", "test"),
        ("stats", "--since", "a while", "--data", "filled"),
    ],
    ids=" ".join,
)
def test_wrong_input_exits_2_with_words_and_no_traceback(
    wirewatch: Wirewatch, data: Path, arguments: tuple[str, ...]
) -> None:
    said = wirewatch(*arguments)
    assert said.status == 2
    assert said.out == ""
    assert said.err.strip()
    assert "Traceback" not in said.err


def test_a_wrong_setting_is_one_line_that_names_its_place(wirewatch: Wirewatch, home: Path) -> None:
    (home / "wirewatch.toml").write_text("[web]\nprot = 1\n")
    said = wirewatch("config", "check")
    assert said.status == 2
    assert said.err == (
        "wirewatch: wirewatch.toml, line 2: web.prot: there is no such key; did you mean 'port'?\n"
    )


def test_a_database_that_is_none_exits_1(wirewatch: Wirewatch, home: Path) -> None:
    (home / "wirewatch.db").write_bytes(b"this is no database, whatever its name says" * 100)
    said = wirewatch("source", "list", "--data", ".")
    assert said.status == 1
    assert said.err.startswith("wirewatch: ")


def test_reading_makes_no_data_directory(wirewatch: Wirewatch, home: Path) -> None:
    wirewatch("status", "--data", "typo")
    wirewatch("source", "list", "--data", "typo")
    assert not (home / "typo").exists()


def test_the_data_directory_is_the_option_else_the_setting_else_the_platforms(
    wirewatch: Wirewatch, home: Path
) -> None:
    def add(*more: str) -> None:
        assert wirewatch("topic", "add", "t", "--query", "ferry", *more).status == 0

    add()
    assert (home / "share" / "wirewatch" / "wirewatch.db").exists()
    (home / "wirewatch.toml").write_text("[storage]\ndata = 'set'\n")
    add()
    add("--data", "given")
    assert (home / "set" / "wirewatch.db").exists()
    assert (home / "given" / "wirewatch.db").exists()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("status --data d", "--data d status"),
        ("--config c status --data=d --json", "--config c --data=d status --json"),
        ("topic add x --query ferry", "topic add x --query ferry"),
        ("topic add --data d -- --data", "--data d topic add -- --data"),
        ("status --data", "--data status"),
    ],
)
def test_global_options_may_stand_anywhere_before_two_dashes(typed: str, meant: str) -> None:
    assert global_first(typed.split()) == meant.split()


def test_a_newer_database_is_refused(wirewatch: Wirewatch, data: Path) -> None:
    db = Database.open(data / "wirewatch.db")
    with db.begin() as conn:
        conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    db.close()
    said = wirewatch("source", "list", "--data", str(data))
    assert said.status == 1
    assert "9999" in said.err
