"""A story's past, shown to a query again in the order in which the live watcher showed it.

For each arrival the watcher shows a story's original and the article that came; the first that
matches and is news is the match, once for a story. What is stored does not say which article was held for the
original at every time: the one of today is, from when it came, and before that the first to come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from storage.models.articles import Arrival

Version = tuple[int, int]
"""An article's id and its revision."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """A story's arrivals in order of time, and the article that is held for its original."""

    story_id: int
    root_id: int
    arrivals: tuple[Arrival, ...]


@dataclass(frozen=True, slots=True)
class ReplayStep:
    """What topics are shown at an arrival: the original as it was then, and what came."""

    at: datetime
    backlog: bool
    original: Version
    newest: Version


@dataclass(frozen=True, slots=True)
class Hit:
    """A story that matches: since when, by which article, and how many copies it has.

    A `held` one has no alert, for it came with the backlog of its source.
    """

    story_id: int
    article_id: int
    revision: int
    at: datetime
    held: bool
    copies: int


def timelines(arrivals: Iterable[Arrival], roots: dict[int, int]) -> list[Timeline]:
    """Return arrivals, which are in order of time, by story; in the order in which stories began."""
    by_story: dict[int, list[Arrival]] = {}
    for arrival in arrivals:
        by_story.setdefault(arrival.story_id, []).append(arrival)
    return [
        Timeline(story_id, roots[story_id], tuple(arrived))
        for story_id, arrived in by_story.items()
    ]


def replay_steps(timeline: Timeline, since: datetime, until: datetime) -> Iterator[ReplayStep]:
    """Yield what topics were shown from `since` on and before `until`."""
    now: dict[int, int] = {}
    for arrival in timeline.arrivals:
        if arrival.at >= until:
            return
        now[arrival.article_id] = arrival.revision
        if arrival.at < since:
            continue
        root = timeline.root_id if timeline.root_id in now else next(iter(now))
        newest = arrival.article_id, arrival.revision
        yield ReplayStep(arrival.at, arrival.backlog, (root, now[root]), newest)


def first_hit(
    timeline: Timeline, matches: Callable[[Version], bool], since: datetime, until: datetime
) -> Hit | None:
    """Return a story's match that was told, else one that was held, or None.

    `matches` tells whether a version of an article does.
    """
    held: Hit | None = None
    for step in replay_steps(timeline, since, until):
        if held is not None and step.backlog:
            continue
        for version in dict.fromkeys((step.original, step.newest)):
            if matches(version):
                hit = _hit(timeline, step, version, until)
                if not hit.held:
                    return hit
                held = held or hit
    return held


def _hit(timeline: Timeline, step: ReplayStep, version: Version, until: datetime) -> Hit:
    members = {arrival.article_id for arrival in timeline.arrivals if arrival.at < until}
    return Hit(timeline.story_id, *version, step.at, step.backlog, len(members) - 1)
