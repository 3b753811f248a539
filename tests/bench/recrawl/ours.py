"""Our plan, made by the very functions of scheduler.recrawl, and the oracle's by the same rule."""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from scheduler.recrawl.beat import beat_of, on_the_beat
from scheduler.recrawl.rhythm import Prior, Rhythm, Span, Usual, expected, observe, usual_of
from scheduler.recrawl.steering import Steering, first_price, steer
from scheduler.recrawl.worth import worth_it
from tests.bench.recrawl.made import World
from tests.bench.recrawl.peers import LEAST, LONGEST, Planned, _starts

PRIOR = Prior(1 / 6, 6.0)
_STEERED = 1 / 60


def ours(world: World, a_day: float, *, beat: bool = True, price: float | None = None, prior=PRIOR, variant="") -> Planned:
    n = len(world.times)
    times = [t.tolist() for t in world.times]
    starts = _starts(world).tolist()
    polls = [[] for _ in range(n)]
    seen = [0] * n
    rhythms: list[Rhythm] = [None] * n
    queue = [(s, i) for i, s in enumerate(starts)]
    heapq.heapify(queue)
    steering = first_price(price or 1.0)
    usual = Usual()
    usual_at = world.polled_from
    steered = world.polled_from
    spent = 0
    budget = a_day * n / 24
    while queue:
        at, i = heapq.heappop(queue)
        if at - steered >= _STEERED:
            if price is None:
                steering = steer(steering, spent=spent, hours=at - steered, budget=budget, least=0.01)
            spent, steered = 0, at
            if at - usual_at > 6:
                usual_at = at
                usual = usual_of(r for r in rhythms if r)
        spent += 1
        polls[i].append(at)
        if at > world.end:
            continue
        t = times[i]
        by = bisect_right(t, at)
        window = int(world.windows[i])
        first = rhythms[i] is None
        new = t[max(seen[i], by - window):by]
        overlap = not first and by - seen[i] < window
        last = at
        if first:
            rhythms[i] = Rhythm(at=(min(new) if new and world.dated[i] else at - 1e-6), window=window)
        elif not overlap and world.dated[i]:
            rhythms[i] = replace(rhythms[i], at=max(rhythms[i].at, new[0]))
        r = rhythms[i]
        prev = polls[i][-2] if len(polls[i]) > 1 else at
        if world.dated[i]:
            r = observe(r, prior, usual, dated=new, now=at)
        else:
            r = observe(r, prior, usual, dated=(), undated=0 if first else len(new), now=at)
        rhythms[i] = r
        seen[i] = by
        found = worth_it(expected(r, prior, usual, at, LONGEST), steering.price / 60, r.window / 2)
        gap = found.hours
        if not first and not overlap:
            gap = min(gap, (at - prev) / 2)
        when = at + min(max(gap, LEAST), LONGEST)
        if beat and (b := beat_of(r.minutes)) is not None:
            when = on_the_beat(when, when - at, b)
        when = at + min(max(when - at, LEAST), LONGEST)
        heapq.heappush(queue, (when, i)) if at <= world.end else None
    ours.price = steering.price
    return tuple(np.array(p) for p in polls)


def oracle(world: World, price: float, beat: bool = False) -> Planned:
    polls = []
    for i, start in enumerate(_starts(world).tolist()):
        truth = world.intensity[i].tolist()
        own, at = [], start
        b = beat_of_truth(world.times[i]) if beat else None
        while at <= world.end:
            own.append(at)
            gap = worth_it(_known(truth, at, world.begin), price / 60).hours
            when = at + min(max(gap, LEAST), LONGEST)
            if b is not None:
                when = on_the_beat(when, when - at, b)
            at = at + min(max(when - at, LEAST), LONGEST)
        own.append(at)
        polls.append(np.array(own))
    return tuple(polls)


def beat_of_truth(times):
    m = np.bincount((np.round(times * 3600).astype(int) // 60) % 15, minlength=15)
    return beat_of([float(x) for x in m])


def _known(truth, at, begin):
    place = at - begin
    end = min(place + LONGEST, len(truth))
    while place < end:
        nxt = min(int(place) + 1.0, end)
        yield Span(nxt - place, truth[int(place)])
        place = nxt
