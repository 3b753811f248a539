"""`python -m tests [pytest's arguments]`: fetch what pip could not bring, then run the tests.

Without arguments all of them, in four processes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from tests.fixtures.parts import BROWSER, PARTS, PROMTOOL, in_ci

INSTALL = "DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends"
PACKAGES = {BROWSER: "chromium", PROMTOOL: "prometheus"}
# Most tests wait for other processes. The files in their own order: the longest come first.
TOGETHER = ("-n", "4", "--dist", "loadfile", "--no-loadscope-reorder", "--durations", "10")


def main(arguments: list[str]) -> None:
    """Run the tests in place of this process; in CI end with 1 when a part is missing."""
    wanted = [package for part, package in PACKAGES.items() if part.find() is None]
    if wanted and shutil.which("apt-get") and os.geteuid() == 0:
        _install(wanted)
    missing = [part for part in PARTS if part.find() is None]
    for part in missing:
        print(f"missing: {part.name}. Its tests can't run; to get it: {part.remedy}", flush=True)
    if missing and in_ci():
        sys.exit("In CI every real part must be there.")
    if not arguments:
        _compile()
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *(arguments or TOGETHER)])


def _install(packages: list[str]) -> None:
    print(
        f"Installing {', '.join(packages)} for the tests (apt-get, about a minute) ...", flush=True
    )
    for command in ("apt-get update -q", f"{INSTALL} {' '.join(packages)}"):
        done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"`{command}` failed:\n{done.stderr[-1000:]}", flush=True)
            return


def _compile() -> None:
    """Compile the loops once: else each process, and each daemon of a test, would at the same time."""
    from crawler.copies import detector
    from scheduler.query.language.parser import parse_query
    from scheduler.query.matching.document import Document
    from scheduler.query.matching.matcher import Matcher
    from storage.hot.fingerprints import rows

    detector.warm_up()
    rows.warm_up()
    matcher = Matcher()
    matcher.add(1, parse_query('ferry NEAR/3 strike OR "night ferry"'))
    matcher.check(Document(title="Ferry strike", text="A night ferry waits."))


if __name__ == "__main__":
    main(sys.argv[1:])
