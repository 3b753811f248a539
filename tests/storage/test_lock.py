"""The lock on a data directory: one daemon, freed by any death."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from storage.errors import DataLockedError
from storage.lock import data_lock, holder

HOLD = (
    "import sys, pathlib; from storage.lock import data_lock\n"
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
