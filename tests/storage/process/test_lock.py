"""The lock on a data directory: one daemon, freed by any death."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from storage.errors import DataLockedError
from storage.process.lock import DELIVERIES, data_lock, holder

HOLD = (
    "import sys, pathlib; from storage.process.lock import data_lock\n"
    "with data_lock(pathlib.Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
)


def test_a_second_daemon_is_refused_and_told_the_first_ones_pid(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, stdin=subprocess.PIPE
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == b"held\n"
        with pytest.raises(DataLockedError, match=str(first.pid)) as caught, data_lock(tmp_path):
            pass
        assert caught.value.pid == first.pid
        assert holder(tmp_path) == first.pid
        first.kill()
        first.wait()
    assert holder(tmp_path) is None
    with data_lock(tmp_path):
        assert (tmp_path / "daemon.lock").read_text() == str(os.getpid())


def test_a_lock_file_that_says_nothing_leaves_the_process_unnamed(tmp_path: Path) -> None:
    with data_lock(tmp_path):
        for text in ("", "no number", "12 34"):
            (tmp_path / "daemon.lock").write_text(text)
            assert holder(tmp_path) is None
            with (
                pytest.raises(DataLockedError, match=r"daemon \(pid unknown\) works on") as caught,
                data_lock(tmp_path),
            ):
                pass
            assert caught.value.pid is None
            assert "stop it first, or give this one another --data directory" in str(caught.value)


def test_each_part_of_the_work_has_a_lock_of_its_own(tmp_path: Path) -> None:
    with data_lock(tmp_path), data_lock(tmp_path, DELIVERIES):
        assert holder(tmp_path, DELIVERIES) == os.getpid()
    assert holder(tmp_path / "nowhere") is None
