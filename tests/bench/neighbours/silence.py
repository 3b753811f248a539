"""How long the daemon's event loop is silent at most while something is played."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass

from scheduler.demo.orphan_guard import guarded

_PROBE = "tests.bench.neighbours.probe"


@dataclass
class Silence:
    """The longest silences, in seconds: the daemon's, and that of an idle loop at the same time."""

    longest: float = 0.0
    longest_idle: float = 0.0


@contextlib.asynccontextmanager
async def probed(port: int, silence: Silence) -> AsyncIterator[None]:
    """Have a process of its own ask the daemon for a few bytes all the while."""
    process = await asyncio.create_subprocess_exec(
        *guarded(sys.executable, "-m", _PROBE, f"http://127.0.0.1:{port}/livez"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield
    finally:
        out, _ = await process.communicate(b"")  # given nothing, its input stays open
        longest, idle = json.loads(out)
        silence.longest = max(silence.longest, longest)
        silence.longest_idle = max(silence.longest_idle, idle)
