"""`wirewatch demo`, as a stranger runs it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from scheduler.demo.orphan_guard import guarded

COMMAND = [sys.executable, "-m", "scheduler.cli", "demo"]


def played(data: Path) -> str:
    """Play it once, and return what it printed."""
    done = subprocess.run(
        guarded(*COMMAND, "--data", str(data)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_demo_tells_the_whole_story(tmp_path: Path) -> None:
    said = played(tmp_path / "data")
    assert re.search(r"pages fetched\s+19\b", said)
    assert re.search(r"articles\s+19\b", said)
    assert re.search(r"stories\s+12\b", said)
    assert re.search(r"copies folded\s+7\b", said)
    assert "original  meridian-wire.example" in said
    for host in (
        "harbor-herald",
        "ridgeline-post",
        "salt-basin-gazette",
        "newsblast-247",
        "daily-viral-desk",
    ):
        assert re.search(rf"copy\s+{host}\.example .* stands here", said)
    assert said.count("Subject:") == 1
    assert "verified with the topic's secret" in said
    assert re.search(r"http://127\.0\.0\.1:\d+/", said)
    assert "\x1b[" not in said, "a pipe gets plain text"


def test_ctrl_c_ends_the_demo_cleanly(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with subprocess.Popen(
        guarded(*COMMAND, "--data", str(data)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as demo:
        assert demo.stdout is not None
        pid = next(
            int(found[1])
            for line in demo.stdout
            if (found := re.search(r"wirewatch run\s+\(pid (\d+)\)", line))
        )
        demo.send_signal(signal.SIGINT)
        rest = demo.stdout.read()
        assert demo.wait() == 130
    assert "Traceback" not in rest
    assert not _runs(pid), "the daemon ended with the demo"


def test_the_demo_keeps_its_hands_off_other_data(tmp_path: Path) -> None:
    (tmp_path / "wirewatch.toml").write_text("# mine\n", encoding="utf-8")
    done = subprocess.run(
        [*COMMAND, "--data", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "holds no demo" in done.stdout
    assert (tmp_path / "wirewatch.toml").read_text(encoding="utf-8") == "# mine\n"


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
