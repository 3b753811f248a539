"""Charts as numbers to draw: columns by the hour, a month's strip, a story's tree on a time line; pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from storage.crawl.request_counts import RequestCount, hour_of
from storage.models.stories import StoryMember
from storage.reports.statistics import StoryRow

_FULL = 100.0
_MUCH = 0.5  # of a day's requests that failed
_HOUR = timedelta(hours=1)
_LEAST_SPAN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ChartColumn:
    """A column of a chart; heights in percent of the highest one, from the bottom upwards."""

    label: str
    values: Mapping[str, int]
    parts: tuple[tuple[str, float, float], ...]  # kind, where its top is, height


@dataclass(frozen=True, slots=True)
class SourceDay:
    """A day of a source: `word` is none, good, some or bad, by how many of its requests failed."""

    day: date
    word: str
    requests: int
    failed: int
    says: str


@dataclass(frozen=True, slots=True)
class StoryBranch:
    """A story's article in its tree: how deep, where on the time line (percent), how late."""

    member: StoryMember
    depth: int
    place: float
    parent_place: float
    lag: timedelta
    is_root: bool


def chart_columns(
    labels: Sequence[str], counted: Sequence[Mapping[str, int]], kinds: Sequence[str]
) -> tuple[ChartColumn, ...]:
    """Stack counts of some kinds into columns, the first kind at the bottom."""
    most = max((sum(values.values()) for values in counted), default=0) or 1
    return tuple(
        ChartColumn(label, values, tuple(_stacked(values, kinds, most)))
        for label, values in zip(labels, counted, strict=True)
    )


def by_hour(
    tallies: Iterable[RequestCount], *, now: datetime, hours: int = 24
) -> tuple[ChartColumn, ...]:
    """Draw the requests of the last hours: fine, not modified and failed."""
    sums: dict[datetime, Counter[str]] = defaultdict(Counter)
    for tally in tallies:
        kind = "failed" if tally.failed else "not modified" if tally.outcome != "ok" else "fetched"
        sums[tally.hour][kind] += tally.requests
    begin = hour_of(now) - (hours - 1) * _HOUR
    times = [begin + number * _HOUR for number in range(hours)]
    return chart_columns(
        [f"{time:%H}:00" for time in times],
        [sums[time] for time in times],
        ("fetched", "not modified", "failed"),
    )


def by_day(counts: Mapping[date, int], *, now: datetime, days: int = 30) -> tuple[ChartColumn, ...]:
    """Draw counts of the last days, UTC."""
    wanted = _days(now, days)
    return chart_columns(
        [f"{day:%d %b}" for day in wanted],
        [{"matched": counts.get(day, 0)} for day in wanted],
        ("matched",),
    )


def source_days(
    tallies: Iterable[RequestCount], *, now: datetime, days: int = 30
) -> tuple[SourceDay, ...]:
    """Draw a source's last days, UTC: whether its requests were answered."""
    sums: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    for tally in tallies:
        counted = sums[tally.hour.astimezone(UTC).date()]
        counted[0] += tally.requests
        counted[1] += tally.requests if tally.failed else 0
    return tuple(_day(day, *sums[day]) for day in _days(now, days))


def story_branches(row: StoryRow) -> tuple[StoryBranch, ...]:
    """Arrange a story as a tree, each copy below the article that its text was found in."""
    members = {member.article.id: member for member in (row.root, *row.copies)}
    begin = min(member.article.first_seen for member in members.values())
    end = max(member.article.first_seen for member in members.values())
    span = max(end - begin, _LEAST_SPAN)
    below: dict[int, list[StoryMember]] = defaultdict(list)
    for member in row.copies:
        below[_parent(member, members, row.root)].append(member)
    found: list[StoryBranch] = []
    seen: set[int] = set()

    def place(member: StoryMember) -> float:
        return round(_FULL * ((member.article.first_seen - begin) / span), 1)

    stack = [(row.root, 0, place(row.root))]
    while stack:
        member, depth, from_place = stack.pop()
        if member.article.id in seen:  # verdicts that name each other
            continue
        seen.add(member.article.id)
        lag = member.article.first_seen - row.root.article.first_seen
        at = place(member)
        found.append(StoryBranch(member, depth, at, from_place, lag, member is row.root))
        later = sorted(below[member.article.id], key=lambda each: each.article.first_seen)
        stack += [(each, depth + 1, at) for each in reversed(later)]
        if not stack:
            left = [each for each in row.copies if each.article.id not in seen]
            stack += [(each, 1, place(row.root)) for each in left[:1]]
    return tuple(found)


def _parent(member: StoryMember, members: Mapping[int, StoryMember], root: StoryMember) -> int:
    of = None if member.verdict is None else member.verdict.of_article_id
    return of if of in members and of != member.article.id and of is not None else root.article.id


def _stacked(
    values: Mapping[str, int], kinds: Sequence[str], most: int
) -> Iterable[tuple[str, float, float]]:
    top = _FULL
    for kind in kinds:
        height = _FULL * values.get(kind, 0) / most
        if height:
            top -= height
            yield kind, round(top, 2), round(height, 2)


def _days(now: datetime, days: int) -> list[date]:
    today = now.astimezone(UTC).date()
    return [today - timedelta(days=back) for back in range(days - 1, -1, -1)]


def _day(day: date, requests: int, failed: int) -> SourceDay:
    if not requests:
        return SourceDay(day, "none", 0, 0, f"{day:%d %b}: not asked")
    word = "good" if not failed else "bad" if failed / requests > _MUCH else "some"
    says = f"{day:%d %b}: {requests:,} requests, {failed:,} failed"
    return SourceDay(day, word, requests, failed, says)
