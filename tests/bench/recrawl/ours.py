"""Our plan, made by the very functions of scheduler.recrawl, and the oracle's by the same rule."""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np

from scheduler.config.settings import RecrawlSettings
from scheduler.recrawl.plan import (
    VisitTerms,
    moved_after_peak,
    peak_minute,
    plan_source,
    visit_worth,
)
from scheduler.recrawl.request_price import PriceState, first_price, next_price
from scheduler.recrawl.rhythm import BEAT, FLAT, RateSpan, as_hours, as_moment, usual_shape
from scheduler.recrawl.source_history import SourceHistory, history_with, prior_of
from storage.models.sources import SourceKind
from tests.bench.recrawl.made import Floats, World
from tests.bench.recrawl.peers import LEAST, LONGEST, Planned, starts

_STEERED = 1 / 60  # hours, as the daemon does
_USUAL_LEARNED = 6.0  # hours
_LEAST_PRICE = 0.01  # so low that the budget alone decides
_PRIOR = prior_of(SourceKind.FEED, None)


class Simulation:
    """All sources of a world, polled when our plan says so, at a price that a budget steers."""

    def __init__(self, world: World, a_day: float) -> None:
        count = len(world.times)
        self._world = world
        self._times: list[list[float]] = [times.tolist() for times in world.times]
        self._settings = RecrawlSettings(
            requests_per_hour=a_day * count / 24, price_article_minutes=_LEAST_PRICE
        )
        self._known: list[SourceHistory | None] = [None] * count
        self._seen = [0] * count
        self._polls: list[list[float]] = [[] for _ in range(count)]
        self._usual = FLAT
        self.steering: PriceState = first_price(1.0)

    def run(self) -> Planned:
        """Poll until the end; the moments of each source's polls."""
        due = [(at, number) for number, at in enumerate(starts(self._world).tolist())]
        heapq.heapify(due)
        steered = learned = self._world.polled_from
        spent = 0
        while due:
            at, number = heapq.heappop(due)
            if at - steered >= _STEERED:
                self._steer(spent, at - steered)
                steered, spent = at, 0
            if at - learned >= _USUAL_LEARNED:
                self._usual = usual_shape(known.rhythm for known in self._known if known)
                learned = at
            spent += 1
            then = self._poll(number, at)
            if at <= self._world.end:
                heapq.heappush(due, (then, number))
        return tuple(np.array(polls) for polls in self._polls)

    def _steer(self, spent: int, hours: float) -> None:
        self.steering = next_price(
            self.steering,
            spent=spent,
            hours=hours,
            budget=self._settings.requests_per_hour,
            least=_LEAST_PRICE,
        )

    def _poll(self, number: int, at: float) -> float:
        """Read a source's listing and plan the next visit."""
        before = self._polls[number][-1] if self._polls[number] else None
        new, covered = self._new(number, at)
        covered = covered or before is None
        dated = bool(self._world.dated[number])
        kept = self._known[number]
        first, told = kept is None, min(new, default=at) if dated else at
        known = history_with(
            kept.rhythm if kept else None,
            _PRIOR,
            self._usual,
            dated=new if dated else (),
            undated=0 if dated or first else len(new),
            since=told if first or (dated and not covered) else None,
            now=at,
        )
        if kept is None:
            window = int(self._world.windows[number])
            known = replace(known, rhythm=replace(known.rhythm, window=window))
        self._known[number] = known
        self._polls[number].append(at)
        uncovered = None if covered or before is None else timedelta(hours=at - before)
        terms = VisitTerms(price=self.steering.value, uncovered=uncovered)
        return as_hours(plan_source(known, terms, now=as_moment(at), settings=self._settings).at)

    def _new(self, number: int, at: float) -> tuple[Sequence[float], bool]:
        """Return what the listing shows that was not seen, and whether it reaches back so far."""
        times, window = self._times[number], int(self._world.windows[number])
        now, seen = bisect_right(times, at), self._seen[number]
        self._seen[number] = now
        return times[max(seen, now - window) : now], now - seen < window


def oracle(world: World, price: float, *, beat: bool) -> Planned:
    """Plan by the same rule, at one price, with the true articles an hour of every hour ahead.

    With `beat` it knows too at which minutes each source publishes, from all its articles.
    """
    return tuple(
        _foreseen(world, number, start, price, beat=beat)
        for number, start in enumerate(starts(world).tolist())
    )


def _foreseen(world: World, number: int, start: float, price: float, *, beat: bool) -> Floats:
    truth: list[float] = world.intensity[number].tolist()
    minute = _true_beat(world.times[number]) if beat else None
    polls, at = [start], start
    while at <= world.end:
        gap = visit_worth(_ahead(truth, at - world.begin), price / 60).hours
        then = at + min(max(gap, LEAST), LONGEST)
        if minute is not None:
            then = moved_after_peak(then, then - at, minute)
        at += min(max(then - at, LEAST), LONGEST)
        polls.append(at)
    return np.array(polls)


def _ahead(truth: Sequence[float], place: float) -> Iterator[RateSpan]:
    end = min(place + LONGEST, len(truth))
    while place < end:
        following = min(int(place) + 1.0, end)
        yield RateSpan(following - place, truth[int(place)])
        place = following


def _true_beat(times: Floats) -> int | None:
    minutes = np.round(times * 3600).astype(np.int64) // 60 % BEAT
    return peak_minute([float(count) for count in np.bincount(minutes, minlength=BEAT)])
