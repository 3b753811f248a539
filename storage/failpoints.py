"""Points at which a process kills itself when it was asked to, as a crash just there would.

For the proof that nothing is lost then (`python -m tests.bench kill`). Nothing is armed in use.
"""

from __future__ import annotations

import os
import signal

from storage.errors import InputError

POINTS = {
    "fetch": "an answer has come, and nothing of it is stored",
    "parse": "a page was read, and nothing of it is stored",
    "write": "a write is about to begin",
    "commit": "all of a write was done, and it is not committed",
    "committed": "a write was committed, and nobody knows yet",
    "send": "a delivery is about to be sent",
    "sent": "the recipient took a delivery, and nothing of it is recorded",
    "mark": "a delivery is about to be recorded, in its transaction",
    "backup": "a copy is written and checked, and not in its place",
    "migration": "the schema was changed, and it is not committed",
}


ALONE = frozenset({"backup", "migration"})
"""Points that a daemon at work does not pass."""


class _Armed:
    """The point that is armed, and how often it is passed before."""

    def __init__(self) -> None:
        self.name = ""
        self.left = 0


_ARMED = _Armed()  # of the process: a crash is one


def arm(text: str) -> None:
    """Arm "name" or "name:n", the n-th time that it is reached. Raises InputError."""
    name, _, times = text.partition(":")
    if name not in POINTS or not (times or "1").isdecimal() or int(times or 1) < 1:
        raise InputError(f"{text!r} is no failpoint; there are {', '.join(POINTS)}, as in commit:3")
    _ARMED.name, _ARMED.left = name, int(times or 1)


def reach(name: str) -> None:
    """Pass a point; the process ends here, at once, when it is the one that was armed."""
    if _ARMED.name == name:
        _ARMED.left -= 1
        if _ARMED.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
