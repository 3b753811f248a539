"""Passages as bytes: nothing is lost, and little is taken up."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine

import storage
from storage.models import Passage
from storage.sql.database import Database
from storage.stories import stories
from storage.stories.passages import pack, unpack
from tests.storage.world import NOON, a_page, a_source, a_verdict, an_article

OFFSETS = st.integers(0, 10_000_000)
PASSAGES = st.lists(st.builds(Passage, OFFSETS, OFFSETS, OFFSETS, OFFSETS)).map(tuple)


@given(PASSAGES)
def test_what_was_packed_comes_back(passages: tuple[Passage, ...]) -> None:
    assert unpack(pack(passages)) == passages


def test_a_whole_text_of_some_thousand_characters_takes_a_few_bytes() -> None:
    assert len(pack([Passage(20, 4_020, 0, 4_000)])) == 5
    assert pack([]) == b""


@pytest.mark.parametrize("packed", [b"\x80", b"\x02", b"\x02\x02\x02\x02\x02"])
def test_bytes_that_are_cut_off_are_refused(packed: bytes) -> None:
    with pytest.raises(ValueError, match=r"number|argument"):
        unpack(packed)


def test_passages_that_an_earlier_version_stored_as_objects_are_kept(tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    _make_as_0003(old, like=_with_a_copy(tmp_path / "new.db"))
    database = Database.open(old)
    with database.connect() as conn:
        [_, copy] = stories.members(conn, 1)
    database.close()
    assert copy.verdict == a_verdict(of_article_id=1)


def _with_a_copy(path: Path) -> Path:
    database = Database.open(path)
    with database.begin() as conn:
        source = a_source(conn)
        first = an_article(conn, a_page(conn, source, "a"))
        copy = an_article(conn, a_page(conn, source, "b"), first.story_id)
        stories.add_copy(conn, copy.id, a_verdict(first.id), NOON)
    database.close()
    return path


def _make_as_0003(path: Path, *, like: Path) -> None:
    """Make a database of version 0003 with the rows of a newer one."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as conn:
        config = Config()
        config.set_main_option("script_location", str(Path(storage.__path__[0]) / "migrations"))
        config.attributes["connection"] = conn
        command.upgrade(config, "0003")
    engine.dispose()
    plain = sqlite3.connect(path)
    plain.execute("ATTACH ? AS newer", [str(like)])
    for table in ("sources", "pages", "stories", "articles", "copies"):
        names = ", ".join(row[1] for row in plain.execute(f"PRAGMA main.table_info({table})"))
        plain.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM newer.{table}")
    objects = [{"start": 0, "end": 10, "other_start": 5, "other_end": 15}]
    plain.execute("UPDATE main.copies SET passages = ?", [json.dumps(objects)])
    plain.commit()
    plain.close()
