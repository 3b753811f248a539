"""A query tried on the archive: its hits, near misses and samples, within a time that is allowed.

The newest stories come first, so that what was not reached when time is up is the oldest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from scheduler.backtest.probe import Probe, ProbeResult
from scheduler.backtest.replay import Hit, Timeline, Version, first_hit, timelines
from scheduler.query.language.tree import Query
from scheduler.query.matching.document import document_of
from scheduler.query.matching.evaluator import AnalysedDocument, match_query
from storage.models.articles import Revision
from storage.models.matches import QueryMatch
from storage.stories import archive

_STORIES_AT_ONCE = 100
_MOST_NEAR = 400  # articles outside the candidates, the newest, that are looked at for near misses


@dataclass(frozen=True, slots=True)
class NearMiss:
    """An article for which all clauses hold but this one; nothing of its story matches."""

    story_id: int
    article_id: int
    revision: int
    at: datetime
    missing: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A hit with what the article said, and what of it matched."""

    hit: Hit
    article: Revision
    matched: QueryMatch


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a query finds from `since` on and before `until`; hits in order of time.

    `articles` are all that were first seen in that time, `candidates` those that the index named.
    `left` stories were not reached in time. `begins` is when the first article came that is stored.
    """

    query: Query
    since: datetime
    until: datetime
    articles: int = 0
    candidates: int = 0
    hits: tuple[Hit, ...] = ()
    near: tuple[NearMiss, ...] = ()
    left: int = 0
    begins: datetime | None = None


@dataclass(frozen=True, slots=True)
class SearchControl:
    """Whether a search has to end, and what is called with (stories done, of how many)."""

    is_over: Callable[[], bool] = lambda: False
    progress: Callable[[int, int], None] = lambda _done, _of: None


class _TimeIsUpError(Exception):
    """The search had to end between two articles."""


@dataclass(slots=True)
class _Search:
    """One search under way; `done` stories were replayed, or are none of its time."""

    conn: Connection
    probe: Probe
    control: SearchControl
    since: datetime
    until: datetime
    hits: list[Hit] = field(default_factory=list)
    near: list[NearMiss] = field(default_factory=list)
    done: int = 0

    def replay_stories(self, story_ids: Sequence[int], candidates: Sequence[int]) -> None:
        """Replay some stories; no other articles than the candidates can match.

        Raises _TimeIsUpError.
        """
        arrivals = archive.arrivals(self.conn, story_ids)
        roots = archive.roots(self.conn, story_ids)
        stories = [story for story in timelines(arrivals, roots) if self._is_in_time(story)]
        members = {a.article_id for story in stories for a in story.arrivals}
        wanted = [article_id for article_id in candidates if article_id in members]
        texts = _versions(archive.revisions(self.conn, wanted))
        self.done += len(story_ids) - len(stories)
        for story in stories:
            self._replay(story, texts)
            self.done += 1

    def look_near(self, article_ids: Sequence[int]) -> None:
        """Look for near misses among articles that can't match themselves.

        Raises _TimeIsUpError.
        """
        seen = {hit.story_id for hit in self.hits} | {near.story_id for near in self.near}
        for text in archive.revisions(self.conn, article_ids):
            if text.story_id in seen or not self.since <= text.at < self.until:
                continue
            if self._is_near(text, self._try_on(text)):
                seen.add(text.story_id)

    def _replay(self, story: Timeline, texts: Mapping[Version, Revision]) -> None:
        results: dict[Version, ProbeResult] = {}

        def matches(version: Version) -> bool:
            if version in texts and version not in results:
                results[version] = self._try_on(texts[version])
            return version in results and results[version].holds

        hit = first_hit(story, matches, self.since, self.until)
        if hit is not None:
            self.hits.append(hit)
            return
        for version, result in results.items():
            if self._is_near(texts[version], result):
                break

    def _try_on(self, text: Revision) -> ProbeResult:
        if self.control.is_over():
            raise _TimeIsUpError
        return self.probe.try_on(document_of(text))

    def _is_near(self, text: Revision, result: ProbeResult) -> bool:
        """Tell whether a text is a near miss, and keep it when it is."""
        if result.missing is None:
            return False
        self.near.append(
            NearMiss(text.story_id, text.article_id, text.revision, text.at, result.missing)
        )
        return True

    def _is_in_time(self, story: Timeline) -> bool:
        return any(self.since <= arrival.at < self.until for arrival in story.arrivals)


def search(
    conn: Connection,
    query: Query,
    *,
    since: datetime,
    until: datetime,
    control: SearchControl = SearchControl(),
) -> SearchResult:
    """Return the stories that the live watcher would have matched, had the query been a topic."""
    probe = Probe(query)
    ids = archive.candidates(conn, probe.narrowing())
    by_story: dict[int, list[int]] = {}
    for article_id, story_id in sorted(archive.stories_of(conn, ids).items(), reverse=True):
        by_story.setdefault(story_id, []).append(article_id)
    running = _Search(conn, probe, control, since, until)
    with suppress(_TimeIsUpError):
        for story_ids in _batches(list(by_story)):
            if control.is_over():
                break
            candidates = [article for story_id in story_ids for article in by_story[story_id]]
            running.replay_stories(story_ids, candidates)
            control.progress(running.done, len(by_story))
        if probe.near_narrowing() is not None and not control.is_over():
            near_ids = archive.candidates(conn, probe.near_narrowing(), _MOST_NEAR)
            running.look_near(sorted(set(near_ids) - set(ids), reverse=True))
    return SearchResult(
        query=query,
        since=since,
        until=until,
        articles=archive.seen_between(conn, since, until),
        candidates=len(ids),
        hits=tuple(sorted(running.hits, key=lambda hit: (hit.at, hit.story_id))),
        near=tuple(sorted(running.near, key=lambda near: near.at, reverse=True)),
        left=len(by_story) - running.done,
        begins=archive.begins(conn),
    )


def samples(
    conn: Connection, query: Query, hits: Sequence[Hit], control: SearchControl = SearchControl()
) -> list[Sample]:
    """Return hits with their texts and what of them matched, as many as there is time for."""
    texts = _versions(archive.revisions(conn, [hit.article_id for hit in hits]))
    with_texts: list[Sample] = []
    for hit in hits:
        if with_texts and control.is_over():
            break
        article = texts[hit.article_id, hit.revision]
        matched = match_query(query, AnalysedDocument(document_of(article)))
        if matched is not None:
            with_texts.append(Sample(hit, article, matched))
    return with_texts


def near_samples(conn: Connection, near: Sequence[NearMiss]) -> list[tuple[NearMiss, Revision]]:
    """Return near misses with their texts."""
    texts = _versions(archive.revisions(conn, [miss.article_id for miss in near]))
    return [(miss, texts[miss.article_id, miss.revision]) for miss in near]


def _versions(texts: Sequence[Revision]) -> dict[Version, Revision]:
    return {(text.article_id, text.revision): text for text in texts}


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _STORIES_AT_ONCE):
        yield ids[start : start + _STORIES_AT_ONCE]
