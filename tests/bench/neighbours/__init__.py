"""Hostile neighbours on the true daemon: the named cases, and random worlds held against a model.

Some worlds at a time share a daemon; each has hosts, topics and recipients of its own. Meanwhile a
process of its own asks the daemon for a few bytes, and a loop that does nothing else for the same:
how long either is silent at most is told side by side.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.bench.neighbours.silence import Silence, probed
from tests.bench.report import progress
from tests.neighbours.case_run import play_all
from tests.neighbours.cases import CASES
from tests.neighbours.model import Tally
from tests.neighbours.world_run import play_worlds
from tests.neighbours.worlds import World, draw_world

_FAULTS = 20  # that are told


def add_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--worlds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=10, help="worlds that share a daemon")
    parser.add_argument("--first", type=int, default=0, help="the number of the first world")
    parser.add_argument("--no-cases", action="store_true", help="play the worlds alone")


def run(args: argparse.Namespace) -> dict[str, Any]:
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> dict[str, Any]:
    silence, tally = Silence(), Tally()
    failed = {} if args.no_cases else await _play_cases(silence)
    worlds = [draw_world(args.seed, args.first + number) for number in range(args.worlds)]
    for at in range(0, len(worlds), args.at_once):
        tally.add(await _play_worlds(worlds[at : at + args.at_once], silence))
        progress(f"{tally.worlds} worlds: lost {tally.lost}, repeated {tally.repeated}")
    for fault in (*failed.values(), *tally.faults):
        progress(fault)
    return {
        "seed": args.seed,
        "cases": 0 if args.no_cases else len(CASES),
        "cases_failed": sorted(failed),
        "worlds": tally.worlds,
        "sources": sum(len(world.hosts) for world in worlds),
        "hostile_sources": sum(len(world.hostile) for world in worlds),
        "powers": dict(Counter(power.value for world in worlds for power in world.powers)),
        "told_right": tally.told_right,
        "lost": tally.lost,
        "repeated": tally.repeated,
        "forbidden": tally.forbidden,
        "stories_owned": tally.owned,
        "wrong_original": round(tally.wrong_original / max(1, tally.owned), 4),
        "loop_silence_ms": round(silence.longest * 1000, 1),
        "idle_loop_silence_ms": round(silence.longest_idle * 1000, 1),
        "faults": tally.faults[:_FAULTS],
    }


async def _play_cases(silence: Silence) -> dict[str, str]:
    """Play all cases; those that failed by name, and how."""
    with tempfile.TemporaryDirectory(prefix="wirewatch-neighbours-") as folder:
        playing = play_all(Path(folder), CASES)
        async with playing as (opened, tasks), probed(opened.web_port, silence):
            outcomes = await asyncio.gather(*tasks.values(), return_exceptions=True)
    cases = zip(tasks, outcomes, strict=True)
    return {case.key: f"{case}: {error!r}"[:500] for case, error in cases if error is not None}


async def _play_worlds(worlds: Sequence[World], silence: Silence) -> Tally:
    with tempfile.TemporaryDirectory(prefix="wirewatch-neighbours-") as folder:
        return await play_worlds(
            Path(folder), worlds, beside=lambda opened: probed(opened.web_port, silence)
        )
