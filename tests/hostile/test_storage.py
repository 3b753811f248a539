"""S01 to S08: disks that are full, fail, are cut off or damaged; what was acknowledged is stored."""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from crawler.visits.crawl import Crawl
from scheduler.diagnosis.judge import Facts, judge
from scheduler.runtime.disk_guard import DiskGuard
from storage.crawl import pages
from storage.delivery import alerts, outbox
from storage.errors import (
    CorruptError,
    DataLockedError,
    FullError,
    SchemaTooNewError,
    StorageError,
)
from storage.hot.frontier import Due, FrontierKey
from storage.hot.frontier.memory import MemoryFrontier
from storage.models.deliveries import DeliveryState
from storage.models.pages import PageState
from storage.process import counters
from storage.process.lock import data_lock
from storage.sql.database import Database
from storage.stories import articles
from storage.upkeep.backup import back_up, restore
from storage.upkeep.integrity import check_start, examine
from tests.crawler.fetch.site import answer, site
from tests.crawler.news import NOON, STORY, html
from tests.crawler.visits.visits import Collector, due, services
from tests.crawler.world import World
from tests.scheduler.alerts.test_worker import Channels, working
from tests.scheduler.watch.test_watcher import a_topic, watching
from tests.waiting import eventually

pytestmark = pytest.mark.early

PAGE = b"<p>News.</p>"


class Failing:
    """A disk that fails at the n-th write from now."""

    def __init__(self, db: Database) -> None:
        self.left = 0
        self.failed = False
        self._writing: set[Any] = set()
        event.listen(db._engine, "before_cursor_execute", self._hear)
        self._commit = db._engine.dialect.do_commit
        db._engine.dialect.do_commit = self._commits  # type: ignore[assignment,method-assign]

    def at(self, number: int) -> None:
        self.left, self.failed = number, False

    def _commits(self, proxied: Any) -> None:
        raw = proxied.dbapi_connection
        if raw in self._writing:
            self._writing.discard(raw)
            self._pass()
        self._commit(proxied)

    def _hear(self, _conn: Any, cursor: Any, statement: str, *_: Any) -> None:
        said = statement.lstrip().upper()
        if said.startswith("BEGIN IMMEDIATE"):
            self._writing.add(cursor.connection)
        elif said.startswith("BEGIN"):
            self._writing.discard(cursor.connection)
        if said.startswith(("INSERT", "UPDATE", "DELETE", "BEGIN IMMEDIATE")):
            self._pass()

    def _pass(self) -> None:
        self.left -= 1
        if self.left == 0:
            self.failed = True
            raise sqlite3.OperationalError("disk I/O error")


async def persistently(step: Callable[[], Any], tries: int = 4) -> None:
    """Do a step as the daemon does: again, when the store said no."""
    for _ in range(tries):
        try:
            await step()
        except (StorageError, sqlite3.OperationalError):
            continue
        return
    raise AssertionError("it never came through")


async def test_whichever_write_fails_the_news_is_stored_told_and_told_once(
    tmp_path: Path, sqlite_template: Path
) -> None:
    """Fail the first write, then the second, and so on, until a run from page to alert is clean."""
    number, failures = 1, 0
    while True:
        world = World(Database.open(shutil.copy(sqlite_template, tmp_path / f"{number}.db")))
        a_topic(world.db, "ferries", "ferry")
        disk = Failing(world.db)
        await persistently(world.open)
        source = world.source(alert_backlog=True)
        disk.at(number)
        await _from_listing_to_delivery(world, source)
        failures += disk.failed
        _as_if_nothing_had_been(world.db)
        world.db.close()
        if not disk.failed:
            break
        number += 1
    assert failures >= 20, "each write of each transaction was tried"


async def _from_listing_to_delivery(world: World, source: Any) -> None:
    async def listed() -> None:
        await world.listing(source, "a")

    async def read() -> None:
        with world.db.connect() as conn:
            [page] = pages.of_source(conn, source.id, PageState.DUE) or pages.recent(
                conn, source.id, 1
            )
        await world.answer(f"page:{page.id}", page.url, html("Ferries", STORY))

    await persistently(listed)
    await persistently(read)
    later = iter(timedelta(minutes=30) * n for n in range(1000))
    async with watching(world.db, clock=lambda: world.now + next(later)) as room:

        def is_matched() -> bool:
            room.watcher.wake()  # instead of the pause after a failure
            return not room._pending()

        await eventually(is_matched)
    channels = Channels()
    async with working(world.db, channels) as post:

        def are_settled() -> bool:
            post.time.now += timedelta(minutes=30)
            post.worker.wake()
            return all(each.state is not DeliveryState.PENDING for each in post.stored())

        await eventually(are_settled)


def _as_if_nothing_had_been(db: Database) -> None:
    with db.connect() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM articles").scalar() == 1
        assert conn.exec_driver_sql("SELECT count(*) FROM stories").scalar() == 1
        assert len(alerts.list_recent(conn, 9)) == 1
        sent = outbox.list_by(conn, None, 9)
        assert len(sent) == 2
        assert {each.state for each in sent} == {DeliveryState.DELIVERED}
        assert articles.get(conn, 1).title == "Ferries"
        assert conn.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


CHILD = """
import asyncio, json, random, resource, signal, sys, threading, time
from pathlib import Path
from storage.sql.database import Database
from storage.errors import StorageError

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
db = Database.open(Path(sys.argv[1]))
rng, ended, faults = random.Random(int(sys.argv[2])), threading.Event(), 0
unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)[1]

def meddle():
    # The kernel refuses to write beyond so many bytes of a file: EFBIG, now and then.
    while not ended.wait(rng.uniform(0, 0.004)):
        resource.setrlimit(resource.RLIMIT_FSIZE, (rng.choice((0, 4096, 40_000)), unlimited))
        ended.wait(rng.uniform(0, 0.002))
        resource.setrlimit(resource.RLIMIT_FSIZE, (unlimited, unlimited))

def insert(conn, number):
    conn.exec_driver_sql("INSERT INTO counters (name, value) VALUES (?, ?)", (f"n{number}", number))

async def one(number):
    try:
        await db.write(insert, number)
    except StorageError:
        return None
    return number

async def main():
    acked, refused = [], 0
    for begin in range(0, int(sys.argv[3]), 20):
        done = await asyncio.gather(*(one(n) for n in range(begin, begin + 20)))
        acked += [n for n in done if n is not None]
        refused += sum(n is None for n in done)
    print(json.dumps({"acked": acked, "refused": refused}))

meddler = threading.Thread(target=meddle)
meddler.start()
try:
    asyncio.run(main())
finally:
    ended.set()
    meddler.join()
    resource.setrlimit(resource.RLIMIT_FSIZE, (unlimited, unlimited))
db.close()
"""


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_was_acknowledged_is_stored_and_what_was_refused_is_not(
    tmp_path: Path, seed: int
) -> None:
    """S02: the kernel itself refuses writes, in the middle of anything."""
    path = tmp_path / "w.db"
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(CHILD), str(path), str(seed), "1200"],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr[-2000:]
    said = json.loads(done.stdout)
    with closing(sqlite3.connect(path)) as conn:
        stored = {
            int(n) for (n,) in conn.execute("SELECT value FROM counters WHERE name LIKE 'n%'")
        }
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert said["refused"] > 20, "it was no test"
    assert stored == set(said["acked"])


async def test_a_full_database_refuses_and_heals(tmp_path: Path) -> None:
    """S01: with writes that share a commit, too."""
    db = Database.open(tmp_path / "w.db")

    def insert(conn: Any, number: int) -> None:
        name = f"n{number}" + "x" * 900
        conn.exec_driver_sql("INSERT INTO counters (name, value) VALUES (?, ?)", (name, number))

    def limit(conn: Any, more: int) -> None:
        size = conn.exec_driver_sql("PRAGMA page_count").scalar()
        conn.exec_driver_sql(f"PRAGMA max_page_count = {size + more}")

    await db.write(limit, 40)
    results = await asyncio.gather(
        *(db.write(insert, number) for number in range(800)), return_exceptions=True
    )
    acked = {number for number, result in enumerate(results) if result is None}
    refused = [result for result in results if result is not None]
    assert acked
    assert refused
    assert all(isinstance(error, FullError) for error in refused), refused[:3]
    await db.write(limit, 4000)
    with db.connect() as conn:
        rows = conn.exec_driver_sql("SELECT value FROM counters WHERE name LIKE 'n%'").scalars()
        assert set(rows) == acked
    await db.write(insert, 9999)
    db.close()


async def test_while_the_disk_has_no_room_nothing_is_fetched_and_then_all_is() -> None:
    free = [10_000_000]
    clock = iter(range(10_000))
    room = DiskGuard(
        Path("/data"), 200, free=lambda _folder: free[0], monotonic=lambda: next(clock)
    )
    frontier, visitor = MemoryFrontier(60), Collector()
    async with site({"/": answer(200, PAGE)}) as home:
        await frontier.put(
            Due(FrontierKey.parse("page:1"), home.url("/"), "here", due(home.url("/")).due_at)
        )
        crawl = Crawl(frontier, visitor, services(home.port), room.shortage)
        running = asyncio.create_task(crawl.run())
        await eventually(lambda: "10 MB are free" in crawl.waits_because)
        assert home.connects == 0
        [finding] = judge(Facts(shortage=str(room.shortage())))
        assert "alerts are sent all the same" in finding.reason
        assert finding.is_broken
        free[0] = 900_000_000
        await visitor.wait_for(1)
        assert crawl.waits_because == ""
        assert room.shortage() is None
        await crawl.stop()
        await running


def test_a_disk_that_can_not_be_asked_is_no_reason_to_stop() -> None:
    def gone(_folder: Path) -> int:
        raise OSError

    assert DiskGuard(Path("/data"), 200, free=gone).shortage() is None
    assert DiskGuard(None, 200).shortage() is None


async def test_a_database_that_another_holds_is_waited_for(tmp_path: Path) -> None:
    """S03."""
    db = Database.open(tmp_path / "w.db")
    with closing(sqlite3.connect(tmp_path / "w.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(db.write(counters.add, "n", 1))
        assert await db.read(counters.get, "n") == 0, "who reads does not wait"
        assert not writing.done()
        other.execute("COMMIT")
        await writing
    assert await db.read(counters.get, "n") == 1
    db.close()


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    path = tmp_path / "w.db"
    db = Database.open(path)
    with db.begin() as conn:
        for number in range(3000):
            counters.put(conn, f"{number}" + "x" * 200, number)
    db.close()
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def damage(path: Path, seed: int) -> None:
    rng, size = random.Random(seed), path.stat().st_size
    with path.open("r+b") as file:
        for _ in range(30):
            file.seek(rng.randrange(8192, size - 4096))
            file.write(rng.randbytes(200))


def faults_of(path: Path) -> str:
    """Say what doctor and `db check` find; it may be that not even the schema can be read."""
    try:
        return "; ".join(examine(path).faults) or "ok"
    except StorageError as error:
        return str(error)


@pytest.mark.parametrize("seed", range(5))
def test_a_damaged_database_is_refused_with_what_to_do(filled: Path, seed: int) -> None:
    """S04."""
    copy = filled.with_name("copy.db")
    back_up(filled, copy)
    damage(filled, seed)
    before = filled.read_bytes()
    with pytest.raises(CorruptError, match="wirewatch restore COPY"):
        check_start(filled)
    assert filled.read_bytes() == before
    assert faults_of(filled) != "ok"
    filled.unlink()
    restore(copy, filled, NOON)
    check_start(filled)


def test_damage_that_is_met_at_work_is_named(filled: Path) -> None:
    db = Database.open(filled)
    with filled.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(os.urandom(filled.stat().st_size - 4096 * 3))
    with pytest.raises(StorageError, match="restore COPY"), db.connect() as conn:
        conn.exec_driver_sql("SELECT count(*), max(name) FROM counters WHERE value >= 0").all()
    db.close()


def test_what_is_whole_or_not_there_starts(filled: Path, tmp_path: Path) -> None:
    check_start(filled)
    check_start(tmp_path / "nothing.db")


def test_a_folder_that_is_read_only_is_named(tmp_path: Path) -> None:
    """S05: as somebody whom permissions bind, also where root runs the tests."""
    code = (
        "import os, sys; from pathlib import Path; from storage.sql.database import Database;"
        "from storage.errors import StorageError\n"
        "Database.open(Path(sys.argv[1]) / 'w.db').close()\n"  # imports what root alone may read
        "if os.geteuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "try: Database.open(Path(sys.argv[2]) / 'w.db')\n"
        "except StorageError as error: sys.exit(f'refused: {error}')"
    )
    with tempfile.TemporaryDirectory(prefix="closed-") as folder:
        Path(folder).chmod(0o555)
        done = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path), folder],
            capture_output=True,
            text=True,
            check=False,
            cwd=Path(__file__).parents[2],
        )
        assert done.returncode == 1
        assert "refused: " in done.stderr, done.stderr[-2000:]
        assert list(Path(folder).iterdir()) == []


def test_a_database_that_is_read_only_is_named(filled: Path) -> None:
    """S05: as root, who may write anywhere, by the file system's own word."""
    code = f"import sqlite3; sqlite3.connect('file:{filled}?immutable=1', uri=True).execute('CREATE TABLE x (y)')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "readonly" in done.stderr


def test_of_two_daemons_the_second_is_refused(tmp_path: Path) -> None:
    """S07."""
    with data_lock(tmp_path), pytest.raises(DataLockedError), data_lock(tmp_path):
        pass


def test_a_newer_schema_is_refused(filled: Path) -> None:
    """S08."""
    with closing(sqlite3.connect(filled)) as conn, conn:
        conn.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaTooNewError):
        Database.open(filled)
