"""How others plan: a fixed interval, Nutch's AdaptiveFetchSchedule, Miniflux's entry_frequency.

Each has the same least and longest gap as ours, starts at a moment of chance within the first
hour, and one parameter that is tuned until it makes as many requests as ours.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from storage.machine_code import can_compile, compiled
from tests.bench.recrawl.made import Floats, World

LEAST, LONGEST = 5 / 60, 24.0  # hours
_FIRST_STEP, _MOST_STEP = 0.3, 1.5
_TRIES, _CLOSE = 16, 0.003

Planned = tuple[Floats, ...]
Loop = Callable[..., int]


def starts(world: World) -> Floats:
    """Return the first polls: by chance within an hour, the same for every plan."""
    return world.polled_from + np.random.default_rng(7).random(len(world.times))


def fixed(world: World, interval: float) -> Planned:
    """Poll every source every `interval` hours."""
    return tuple(np.arange(start, world.end + interval, interval) for start in starts(world))


def nutch(world: World, more: float, *, less: float = 0.2, sync: float = 0.3) -> Planned:
    """Lengthen the interval by `more` when nothing was new, shorten it by `less` otherwise.

    `sync` moves the next poll towards when the source changed (SYNC_DELTA_RATE); zero does not.
    """
    loop = _compiled(_nutch)
    return _run(
        world, lambda times, start, polls: loop(times, start, world.end, more, less, sync, polls)
    )


def miniflux(world: World, factor: float) -> Planned:
    """Poll so many times as often as the source published in the last week."""
    loop = _compiled(_miniflux)
    return _run(world, lambda times, start, polls: loop(times, start, world.end, factor, polls))


def tuned(
    plan: Callable[[float], Planned],
    requests: Callable[[Planned], int],
    wanted: int,
    first: float,
) -> Planned:
    """Find the parameter with which a plan makes as many requests as wanted, by secants in logs."""
    parameters, errors, best = [math.log(first)], [], plan(first)
    errors.append(math.log(requests(best) / wanted))
    parameters.append(parameters[0] + _FIRST_STEP)
    for _ in range(_TRIES):
        if min(abs(error) for error in errors) < _CLOSE:
            break
        planned = plan(math.exp(parameters[-1]))
        errors.append(math.log(requests(planned) / wanted))
        if abs(errors[-1]) <= min(abs(error) for error in errors):
            best = planned
        run, rise = parameters[-1] - parameters[-2], errors[-1] - errors[-2]
        step = -errors[-1] * run / rise if rise else -run / 2
        parameters.append(parameters[-1] + min(max(step, -_MOST_STEP), _MOST_STEP))
    return best


def _run(world: World, loop: Callable[[Floats, float, Floats], int]) -> Planned:
    room = np.empty(int((world.end - world.polled_from) / LEAST) + 4)
    return tuple(
        room[: loop(times, start, room)].copy()
        for times, start in zip(world.times, starts(world), strict=True)
    )


def _compiled(loop: Loop) -> Loop:
    return compiled(loop) if can_compile() else loop


def _nutch(  # noqa: PLR0917 - compiled: arrays go in by position
    times: Floats, start: float, end: float, more: float, less: float, sync: float, polls: Floats
) -> int:
    """Plan one source; `polls` takes the moments, the answer is how many."""
    at, interval, count = start, 1.0, 0
    seen = np.searchsorted(times, at)
    while at <= end:
        polls[count] = at
        count += 1
        now_seen = np.searchsorted(times, at)
        reference = at
        if now_seen > seen:
            interval *= 1 - less
            since = at - times[now_seen - 1]
            interval = max(interval, since) if sync > 0 else interval
            reference = at - sync * since
        else:
            interval *= 1 + more
        seen = now_seen
        interval = min(max(interval, 5 / 60), 24.0)
        at = max(reference + interval, at + 5 / 60)
    polls[count] = at
    return count + 1


def _miniflux(times: Floats, start: float, end: float, factor: float, polls: Floats) -> int:
    """Plan one source; `polls` takes the moments, the answer is how many."""
    at, count = start, 0
    while at <= end:
        polls[count] = at
        count += 1
        # In the first days less than a week is known: what is known stands for it.
        known = min(168.0, max(at - times[0], 1.0)) if len(times) else 168.0
        weekly = (np.searchsorted(times, at) - np.searchsorted(times, at - 168.0)) * 168.0 / known
        interval = 24.0 if weekly <= 0 else 168.0 / (weekly * factor)
        at += min(max(interval, 5 / 60), 24.0)
    polls[count] = at
    return count + 1
