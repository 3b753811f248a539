"""Ends a process when the one that started it has ended, SIGKILL included, so that none is orphaned.

Run by its path, it becomes the command that it is given: the process keeps its id.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import sys
import time

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_LOOK_SECONDS = 0.5


def guarded(*command: str, user: str | None = None) -> tuple[str, ...]:
    """Return the command to start in place of `command`, as a child of this very process.

    On Linux it ends with the thread that started it. `user` is who it is to run as, by name.
    """
    return (sys.executable, "-I", "-S", __file__, str(os.getpid()), user or "", *command)


def main(parent: int, user: str, command: list[str], platform: str = sys.platform) -> None:
    """Become the command, unless the parent has ended already."""
    if user:
        _become(user)
    if platform == "linux":
        ctypes.CDLL(None).prctl(
            _PR_SET_PDEATHSIG, signal.SIGKILL
        )  # kept over exec, not over setuid
    else:
        _watch(parent)
    if os.getppid() == parent:
        os.execvp(command[0], command)  # noqa: S606  # the command of who started us  # nosec B606


def _become(user: str) -> None:
    entry = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def _watch(parent: int) -> None:
    """Leave a process behind that ends this one when the parent has ended."""
    ours = os.getpid()
    if os.fork():
        return
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):  # who reads the command's output is not to wait for the watch
        os.dup2(nothing, stream)
    while os.getppid() == ours:
        try:
            os.kill(parent, 0)
        except ProcessLookupError:
            os.kill(ours, signal.SIGKILL)
            break
        time.sleep(_LOOK_SECONDS)
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3:])
