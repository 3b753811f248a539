"""`wirewatch` on a machine whose clock is off: `python -m tests.kill_runs.skewed SECONDS COMMAND`.

`@FILE` in place of the seconds: by as many as stand in the file, which may change while it runs.
"""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path

from scheduler.runtime import clock


def main() -> None:
    given = sys.argv.pop(1)
    right = clock.utc_now

    def utc_now() -> datetime:
        seconds = Path(given[1:]).read_text("ascii") if given.startswith("@") else given
        return right() + timedelta(seconds=float(seconds))

    sys.modules["numba"] = None  # type: ignore[assignment] # see newsroom.PLAIN
    clock.utc_now = utc_now  # before anything else has taken it
    from scheduler.cli import main as command

    command()


if __name__ == "__main__":
    main()
