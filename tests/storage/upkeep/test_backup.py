"""A backup is of one moment and whole; put back, it tells nothing that may have been told."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from storage.crawl import sources
from storage.errors import InputError
from storage.process import counters
from storage.sql.database import Database
from storage.stories import articles
from storage.topics import match_work
from storage.upkeep.backup import back_up, hold_backlog, restore
from tests.kill_runs.kill_run import is_whole
from tests.storage.world import NOON, a_page, a_source, an_article, listing_of

pytestmark = pytest.mark.both_engines


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "wirewatch.db"


def test_a_copy_that_is_made_under_writes_is_whole_and_of_one_moment(path: Path) -> None:
    db = Database.open(path)
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            with db.begin() as conn:
                counters.add(conn, "one", 1)
                counters.add(conn, "other", 1)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            target = path.with_name(f"copy-{number}.db")
            assert back_up(path, target) == target.stat().st_size
            assert is_whole(target)
            copy = Database.open(target)
            with copy.connect() as conn:
                assert counters.get(conn, "one") == counters.get(conn, "other")
            copy.close()
    finally:
        stop.set()
        writer.join()
        db.close()


def test_a_copy_takes_the_place_of_the_database_and_that_is_kept(path: Path) -> None:
    db = Database.open(path)
    with db.begin() as conn:
        counters.put(conn, "n", 1)
    copy = path.with_name("copy.db")
    back_up(path, copy)
    with db.begin() as conn:
        counters.put(conn, "n", 2)
    db.close()
    kept = restore(copy, path, NOON)
    assert kept is not None
    for file, value in ((path, 1), (kept, 2)):
        opened = Database.open(file)
        with opened.connect() as conn:
            assert counters.get(conn, "n") == value
        opened.close()


@pytest.mark.parametrize("content", [b"", b"no database at all" * 1000])
def test_what_is_no_backup_is_refused_and_nothing_changes(path: Path, content: bytes) -> None:
    Database.open(path).close()
    before = path.read_bytes()
    wrong = path.with_name("wrong.db")
    wrong.write_bytes(content)
    with pytest.raises(InputError, match="no whole database"):
        restore(wrong, path, NOON)
    assert path.read_bytes() == before


def test_a_place_that_can_not_be_written_is_named(path: Path) -> None:
    Database.open(path).close()
    with pytest.raises(InputError, match="can't be written"):
        back_up(path, path.parent / "nowhere" / "copy.db")


def test_a_backup_that_is_killed_leaves_the_one_before(path: Path) -> None:
    db = Database.open(path)
    target = path.with_name("copy.db")
    back_up(path, target)
    before = target.read_bytes()
    with db.begin() as conn:
        counters.put(conn, "n", 1)
    db.close()
    code = (
        "import sys; from pathlib import Path; from storage.upkeep.backup import back_up;"
        "from storage.failpoints import arm; arm('backup');"
        "back_up(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    command = [sys.executable, "-c", code, str(path), str(target)]
    assert subprocess.run(command, timeout=60, check=False).returncode == -9
    assert target.read_bytes() == before
    assert is_whole(path)


def test_what_was_found_and_not_told_yet_is_backlog_after_a_restore(db: Database) -> None:
    with db.begin() as conn:
        source = a_source(conn)
        read = an_article(conn, a_page(conn, source, "a"))
        match_work.add(conn, story_id=read.story_id, article_id=read.id, now=NOON)
        waiting = a_page(conn, source, "b")
        hold_backlog(conn)
        assert sources.get(conn, source.id).health.primed_at is None
        assert articles.get(conn, read.id).backlog
        assert listing_of(conn, waiting).backlog
