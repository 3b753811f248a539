"""The daemon under SIGKILL, at named points and at random moments: what is lost, what is told twice."""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
from pathlib import Path
from typing import Any

from tests.kill_runs.kill_run import kill_often


def add_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)


def run(args: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="wirewatch-kill-") as folder:
        tally = asyncio.run(kill_often(Path(folder), args.kills, random.Random(args.seed)))
    return {
        "kills": tally.kills,
        "killed_at": dict(sorted(tally.at.items())),
        "alerts": tally.alerts,
        "lost": tally.lost,
        "duplicate_ids": tally.duplicate_ids,
        "redelivered": tally.redelivered,
        "most_redelivered_by_one_kill": tally.most_redelivered_by_one,
        "other_bytes": tally.other_bytes,
        "max_ready_s": round(max(tally.ready_s), 2),
        "integrity_failures": tally.integrity_failures,
    }
