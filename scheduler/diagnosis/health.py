"""Is the installation well? A word, the reason, and what is broken; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum

from scheduler.config.roles import ALL_OF_IT, ProcessRole
from scheduler.diagnosis.broken import Broken, find_broken
from storage.process.workers import WorkerOverview
from storage.reports.statistics import Overview

_SIGN_OF_LIFE = timedelta(seconds=60)  # the daemon gives one every 15 seconds


class Verdict(IntEnum):
    """How it is; the numbers are the exit statuses of `wirewatch status`."""

    WELL = 0
    DEGRADED = 1
    DOWN = 2


@dataclass(frozen=True, slots=True)
class Health:
    """How an installation is, and why; `pid` is the daemon's, when it runs."""

    verdict: Verdict
    says: str
    pid: int | None
    broken: tuple[Broken, ...]


def judge(seen: Overview | None, pid: int | None, crew: WorkerOverview | None = None) -> Health:
    """Judge what is stored (None when there is no data) and the daemon's process.

    Where several processes share the work, the `crew` stands in the daemon's place. What is broken
    and mends by itself, such as a site that failed once, makes nothing degraded.
    """
    broken = () if seen is None else find_broken(seen)
    if crew is not None and seen is not None:
        verdict, says = _of_crew(seen, crew, broken)
    else:
        verdict, says = _verdict(seen, pid, broken)
    return Health(verdict, says, pid, broken)


def judge_crew(crew: WorkerOverview) -> str | None:
    """Say what the processes that share the work lack; None when they lack nothing."""
    if not crew.alive:
        return "no process works; start some with: wirewatch run --role ROLE"
    there = {role for each in crew.alive for role in each.role.split("+")}
    missing = () if ALL_OF_IT in there else [role for role in ProcessRole if role not in there]
    if missing:
        return f"no process has the role {' or '.join(missing)}"
    stuck = [each for each in crew.alive if each.problem]
    return f"{stuck[0].id} ({stuck[0].role}) waits: {stuck[0].problem}" if stuck else None


def _of_crew(
    seen: Overview, crew: WorkerOverview, broken: tuple[Broken, ...]
) -> tuple[Verdict, str]:
    lacks = judge_crew(crew)
    if lacks is not None:
        return Verdict.DEGRADED if crew.alive else Verdict.DOWN, lacks
    says = f"{len(crew.alive)} processes work"
    if seen.last_read is None:
        return Verdict.DOWN, f"{says}, but no source was ever read"
    if any(each.grave for each in broken):
        return Verdict.DEGRADED, f"{says}, and something needs you"
    return Verdict.WELL, says


def _verdict(
    seen: Overview | None, pid: int | None, broken: tuple[Broken, ...]
) -> tuple[Verdict, str]:
    if seen is None:
        return Verdict.DOWN, "there is no data yet; begin with: wirewatch source add URL"
    if pid is None:
        return Verdict.DOWN, "no daemon runs; start it with: wirewatch run"
    if seen.last_read is None:
        return Verdict.DOWN, f"the daemon runs (pid {pid}), but no source was ever read"
    if not any(seen.at - job.started_at <= _SIGN_OF_LIFE for job in seen.jobs):
        return Verdict.DEGRADED, f"the daemon (pid {pid}) gives no sign of life; it starts or hangs"
    if any(each.grave for each in broken):
        return Verdict.DEGRADED, f"the daemon runs (pid {pid}), and something needs you"
    return Verdict.WELL, f"the daemon runs (pid {pid})"
