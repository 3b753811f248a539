"""A daemon that is killed at any moment loses no alert and tells of none twice.

What may be repeated is a delivery that was sent and not yet recorded: with the same id and the
same bytes, so that the recipient can tell.
"""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from storage.failpoints import ALONE, POINTS
from storage.sql import migrate
from storage.sql.database import Database
from tests.kill_runs.kill_run import is_whole, kill_often

pytestmark = pytest.mark.early


@pytest.mark.parametrize(
    ("kills", "seed"),
    [(8, 1), *(pytest.param(60, seed, marks=pytest.mark.slow) for seed in range(2, 4))],
)
async def test_no_alert_is_lost_and_none_gets_a_second_id(
    tmp_path: Path, kills: int, seed: int
) -> None:
    tally = await kill_often(tmp_path, kills, random.Random(seed))
    assert tally.kills == kills
    assert tally.alerts > 0
    assert (tally.lost, tally.duplicate_ids, tally.other_bytes) == (0, 0, 0)
    assert tally.redelivered <= kills
    assert tally.integrity_failures == 0
    if kills >= 6 * len(POINTS):
        assert set(tally.at) >= set(POINTS) - ALONE


def test_a_migration_that_is_killed_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "w.db"
    code = (
        "import sys; from pathlib import Path; from storage.sql.database import Database;"
        "from storage.failpoints import arm; arm('migration'); Database.open(Path(sys.argv[1]))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], timeout=60, check=False)
    assert done.returncode == -9
    assert is_whole(path)
    db = Database.open(path)
    with db.connect() as conn:
        assert migrate.current_revision(conn) == migrate.newest_revision()
    db.close()
