"""`wirewatch` on a machine whose clock is off: `python -m tests.killing.skewed SECONDS COMMAND`."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta

from scheduler import clock


def main() -> None:
    off = timedelta(seconds=float(sys.argv.pop(1)))
    right = clock.utc_now

    def utc_now() -> datetime:
        return right() + off

    clock.utc_now = utc_now  # before anything else has taken it
    from scheduler.cli import main as command

    command()


if __name__ == "__main__":
    main()
