"""Writes that share a commit: each is still a transaction of its own to whoever asked for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, event

from storage.process import counters
from storage.sql.database import Database
from storage.sql.group_commit import WriteQueue

pytestmark = pytest.mark.both_engines


class Commits:
    """Counts the commits of a database, and fails one of them when asked to."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.number = 0
        self.failing_after: int | None = None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        with self._db.begin() as conn:
            yield conn
            if self.number == self.failing_after:
                raise OSError("disk full")
        self.number += 1


@pytest.fixture
def commits(db: Database) -> Commits:
    return Commits(db)


@pytest.fixture
def writing(commits: Commits) -> Iterator[WriteQueue]:
    writing = WriteQueue(commits.transaction)
    yield writing
    writing.close()


@contextmanager
def busy(writing: WriteQueue) -> Iterator[None]:
    """Keep the writer at a write, so that those asked for meanwhile wait together."""
    began, go_on = threading.Event(), threading.Event()

    def write(_conn: Connection) -> None:
        began.set()
        go_on.wait(10)

    held = writing.submit(write)
    assert began.wait(10)
    try:
        yield
    finally:
        go_on.set()
        held.result(10)


def one(conn: Connection) -> int:
    counters.add(conn, "n", 1)
    return counters.get(conn, "n")


def broken(conn: Connection) -> None:
    counters.add(conn, "n", 100)
    raise LookupError("a bug in one of them")


def test_those_that_wait_together_are_one_commit_in_their_order(
    writing: WriteQueue, commits: Commits
) -> None:
    with busy(writing):
        futures = [writing.submit(one) for _ in range(20)]
    assert [future.result(10) for future in futures] == list(range(1, 21))
    assert commits.number == 2  # the one that kept the writer busy, and one for the twenty


def test_no_commit_has_more_than_so_many(writing: WriteQueue, commits: Commits) -> None:
    with busy(writing):
        futures = [writing.submit(one) for _ in range(65)]
    assert futures[-1].result(10) == 65
    assert commits.number == 3


def test_one_that_fails_is_undone_and_told_and_the_others_are_stored(
    writing: WriteQueue, db: Database
) -> None:
    with busy(writing):
        before, failing, after = (writing.submit(each) for each in (one, broken, one))
    assert (before.result(10), after.result(10)) == (1, 2)
    with pytest.raises(LookupError, match="a bug in one"):
        failing.result(10)
    with db.connect() as conn:
        assert counters.get(conn, "n") == 2


def test_a_commit_that_fails_is_told_to_all_and_stores_nothing(
    writing: WriteQueue, commits: Commits, db: Database
) -> None:
    with busy(writing):
        futures = [writing.submit(one) for _ in range(3)]
        commits.failing_after = 1
    for future in futures:
        with pytest.raises(OSError, match="disk full"):
            future.result(10)
    commits.failing_after = None
    assert writing.submit(one).result(10) == 1


def test_one_that_nobody_waits_for_any_more_is_not_begun(writing: WriteQueue, db: Database) -> None:
    with busy(writing):
        kept, left = writing.submit(one), writing.submit(one)
        assert left.cancel()
    assert kept.result(10) == 1
    with db.connect() as conn:
        assert counters.get(conn, "n") == 1


async def test_many_tasks_of_one_database_share_commits(db: Database) -> None:
    commits = 0

    def count(_conn: object) -> None:
        nonlocal commits
        commits += 1

    event.listen(db._engine, "commit", count)
    await asyncio.gather(*(db.write(counters.add, "n", 1) for _ in range(200)))
    assert await db.read(counters.get, "n") == 200
    assert commits < 100
