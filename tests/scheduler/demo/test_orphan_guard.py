"""What a killed demo, bench or test had started is gone with it: daemons, and what these started."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil

from scheduler.demo.orphan_guard import guarded
from tests.waiting import eventually_sync

ROOT = Path(__file__).parents[3]

BENCH = """
import asyncio, sys
from pathlib import Path
from scheduler.demo.installation import DemoPorts, Installation, config_text, free_port

async def main():
    installation = Installation(Path(sys.argv[1]))
    ports = DemoPorts("http://127.0.0.1:9", free_port(), free_port(), free_port())
    installation.configure(config_text(ports))
    daemon = await installation.start_daemon()
    print(daemon.pid, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""

STARTER = """
import subprocess, sys
from scheduler.demo import orphan_guard

guard = "import runpy, sys; runpy.run_path(sys.argv[1])['main'](int(sys.argv[2]), '', sys.argv[3:], 'any')"
nap = "import signal; signal.pause()"
command = (sys.executable, "-c", guard, *orphan_guard.guarded(sys.executable, "-c", nap)[3:5])
process = subprocess.Popen([*command, sys.executable, "-c", nap])
print(process.pid, flush=True)
process.wait()
"""


def is_gone(process: psutil.Process) -> bool:
    """Tell whether it has ended; its new parent may not have asked how."""
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def started_by(code: str, *arguments: str) -> tuple[subprocess.Popen[str], psutil.Process]:
    """Start what starts a process, and return both."""
    parent = subprocess.Popen(
        guarded(sys.executable, "-c", code, *arguments),
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert parent.stdout is not None
    return parent, psutil.Process(int(parent.stdout.readline()))


def test_a_daemon_and_its_parsers_end_with_a_bench_that_is_killed(tmp_path: Path) -> None:
    bench, daemon = started_by(BENCH, str(tmp_path / "data"))
    with bench:
        parsers = eventually_sync(lambda: daemon.children(recursive=True))
        bench.kill()
    eventually_sync(lambda: all(map(is_gone, [daemon, *parsers])))


def test_where_the_kernel_offers_nothing_a_second_process_watches() -> None:
    starter, process = started_by(STARTER)
    with starter:
        [watch] = eventually_sync(process.children)
        assert process.is_running()
        starter.kill()
    eventually_sync(lambda: is_gone(process) and is_gone(watch))


def test_a_watch_ends_with_what_it_watches() -> None:
    starter, process = started_by(STARTER)
    with starter:
        [watch] = eventually_sync(process.children)
        process.kill()
        eventually_sync(lambda: is_gone(watch))


def test_the_command_keeps_its_id_its_status_and_its_output() -> None:
    code = "import os, sys; print(os.getpid()); sys.exit(3)"
    with subprocess.Popen(
        guarded(sys.executable, "-c", code), stdout=subprocess.PIPE, text=True
    ) as process:
        out, _ = process.communicate()
    assert (int(out), process.returncode) == (process.pid, 3)


def test_without_its_parent_the_command_does_not_begin() -> None:
    command = guarded(sys.executable, "-c", "print('began')")
    elsewhere = [*command[:4], "1", *command[5:]]  # as if the parent had ended in between
    done = subprocess.run(elsewhere, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
