"""Replaying the archive gives the live log, match for match."""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from crawler.settings import CopySettings
from scheduler.backtest.archive_index import fill_archive
from scheduler.backtest.replay import Hit, Timeline, Version, first_hit
from scheduler.backtest.search import samples, search
from scheduler.query.language.parser import parse_query
from scheduler.query.language.tree import Query
from scheduler.watch.watcher import Watcher
from storage.crawl import pages
from storage.models.articles import Arrival, Article, ExtractedArticle
from storage.models.pages import Page, PageState
from storage.sql import schema
from storage.sql.database import Database
from storage.stories import articles, stories
from storage.topics import match_work, named_queries, topics
from tests.scheduler.query.queries import NAMED, texts, trees, watchable
from tests.scheduler.watch.test_watcher import COMPOSE
from tests.storage.world import NOON, a_page, a_source, after, an_origin, extracted

END = NOON + timedelta(days=1)
Match = tuple[int, int, tuple[str, ...], datetime, bool]


@dataclass(frozen=True)
class Step:
    """What comes next: an article of a new story or an old one, or a revision of an old article."""

    kind: str
    text: str
    of: int
    backlog: bool = False
    is_root: bool = False


steps = st.builds(
    Step,
    st.sampled_from(("new", "copy", "revision")),
    texts,
    st.integers(0, 9),
    st.booleans(),
    st.booleans(),
)


def saying(page: Page, text: str) -> ExtractedArticle:
    return replace(extracted(page, text), title="News")


@dataclass
class Past:
    """A store that is filled step by step, a minute each, with the watcher at work."""

    db: Database
    clock: datetime = NOON
    known: list[Article] = field(default_factory=list)

    def take(self, step: Step) -> None:
        self.clock += timedelta(minutes=1)
        with self.db.begin() as conn:
            if step.kind == "revision" and self.known:
                old = articles.get(conn, self.known[step.of % len(self.known)].id)
                page = pages.get(conn, old.provenance.page_id)
                assert page is not None
                said = saying(page, step.text + self._body(old.story_id))
                article = articles.revise(conn, old, said, self.clock)
            else:
                source = a_source(conn, f"s{len(self.known)}.example")
                page = a_page(conn, source, backlog=step.backlog)
                is_copy = step.kind == "copy" and bool(self.known)
                story_id = (
                    self.known[step.of % len(self.known)].story_id
                    if is_copy
                    else stories.begin(conn, self.clock)
                )
                article = articles.insert_new(
                    conn,
                    page=page,
                    source_id=source.id,
                    story_id=story_id,
                    host="a.example",
                    extracted=saying(page, step.text + self._body(story_id)),
                    backlog=step.backlog,
                    now=self.clock,
                )
                pages.settle(conn, page.id, state=PageState.DONE, now=self.clock, http_status=200)
                self.known.append(article)
                # Only who came last can become the original, for who was it before is not stored.
                first = stories.member_ids(conn, story_id)[0]
                if not is_copy or (step.is_root and self._only_once(story_id, first)):
                    stories.set_origin(conn, story_id, an_origin(article.id), self.clock)
            match_work.add(conn, story_id=article.story_id, article_id=article.id, now=self.clock)

    def _body(self, story_id: int) -> str:
        """Return what all articles of a story say: copies are copies, whatever else they say."""
        return "\n" + " ".join(f"zq{story_id}v{number}" for number in range(400))

    def _only_once(self, story_id: int, first: int) -> bool:
        with self.db.connect() as conn:
            return stories.get(conn, story_id).root_article_id == first

    def log(self, topic_id: int) -> list[Match]:
        t = schema.matches
        told_first = (t.c.held_by.is_not(None), t.c.at, t.c.id)
        query = select(t).where(t.c.topic_id == topic_id).order_by(t.c.story_id, *told_first)
        with self.db.connect() as conn:
            by_story = {row.story_id: row for row in reversed(conn.execute(query).all())}
        return [
            (r.story_id, r.article_id, tuple(r.clauses), r.at, r.held_by is not None)
            for r in sorted(by_story.values(), key=lambda row: row.story_id)
        ]

    def replayed(self, query: Query, since: datetime) -> list[Match]:
        with self.db.connect() as conn:
            found = search(conn, query, since=since, until=END)
            return sorted(
                (s.hit.story_id, s.hit.article_id, s.matched.clauses, s.hit.at, s.hit.held)
                for s in samples(conn, query, found.hits)
            )


async def live(
    past: Past, before: Iterable[Step], queries: Iterable[str], then: Iterable[Step]
) -> list[int]:
    """Let the watcher see what comes, with the topics added in between; their ids."""
    watcher = Watcher(
        db=past.db,
        compose=COMPOSE,
        clock=lambda: past.clock,
        on_outbox=lambda: None,
        rng=random.Random(1),
        copies=CopySettings(),
        poll_seconds=0.001,
    )
    task = asyncio.create_task(watcher.run())
    for step in before:
        await _settled(past, watcher, step)
    ids = []
    for number, query in enumerate(queries):
        with past.db.begin() as conn:
            added = topics.add(conn, name=str(number), query=query, recipients=[], now=past.clock)
            ids.append(added.id)
    for step in then:
        await _settled(past, watcher, step)
    await watcher.stop()
    await task
    return ids


async def _settled(past: Past, watcher: Watcher, step: Step) -> None:
    past.take(step)
    watcher.wake()
    while await past.db.read(match_work.pending):  # noqa: ASYNC110 - the watcher is what it is waited for
        await asyncio.sleep(0)


# Each example is a store of its own: to shrink one that fails takes minutes.
@settings(max_examples=25, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(
    st.lists(steps, max_size=4),
    st.lists(trees.map(watchable), min_size=1, max_size=3),
    st.lists(steps, max_size=8),
)
def test_replaying_the_archive_gives_the_live_log_match_for_match(
    before: list[Step], queries: list[Query], then: list[Step]
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        past = Past(Database.open(Path(directory) / "w.db"))
        with past.db.begin() as conn:
            for name, text in NAMED.items():
                named_queries.put(conn, name=name, query=text, now=NOON)
        ids = asyncio.run(live(past, before, map(str, queries), then))
        since = NOON + timedelta(minutes=len(before), seconds=1)
        for topic_id, query in zip(ids, queries, strict=True):
            assert past.replayed(parse_query(str(query), NAMED), since) == past.log(topic_id)
        past.db.close()


async def test_what_was_stored_without_its_words_is_found_before_and_after_it_is_indexed(
    db: Database,
) -> None:
    past = Past(db)
    for step in (Step("new", "ferry", 0), Step("revision", "storm", 0), Step("new", "port", 0)):
        past.take(step)
    expected = past.replayed(parse_query("ferry"), NOON)
    assert [match[:2] for match in expected] == [(1, 1)]
    await fill_archive(db)
    assert past.replayed(parse_query("ferry"), NOON) == expected
    with db.connect() as conn:
        assert search(conn, parse_query("ferry"), since=NOON, until=END).candidates == 1


def story(*came: tuple[int, int, float], root: int = 1, backlog: tuple[int, ...] = ()) -> Timeline:
    """Build a timeline of (article, revision, minute)."""
    return Timeline(7, root, tuple(Arrival(7, a, r, after(m), a in backlog) for a, r, m in came))


def answering(*versions: Version) -> Callable[[Version], bool]:
    return lambda version: version in versions


def hit(timeline: Timeline, *versions: Version, since: float = 0) -> Hit | None:
    return first_hit(timeline, answering(*versions), after(since), END)


def test_a_match_is_the_originals_when_both_answer() -> None:
    assert hit(story((1, 1, 0), (2, 1, 5)), (1, 1), (2, 1), since=3) == Hit(
        7, 1, 1, after(5), held=False, copies=1
    )


def test_an_original_that_came_before_is_shown_again_with_each_copy() -> None:
    found = hit(story((1, 1, 0), (2, 1, 5)), (1, 1), since=3)
    assert found is not None
    assert (found.article_id, found.at) == (1, after(5))
    assert hit(story((1, 1, 0), (2, 1, 5)), (1, 1), since=6) is None


def test_what_an_article_says_later_does_not_count_before() -> None:
    found = hit(story((1, 1, 0), (1, 2, 5)), (1, 2))
    assert found is not None
    assert (found.revision, found.at) == (2, after(5))


def test_before_todays_original_came_the_first_article_was_it() -> None:
    timeline = story((1, 1, 0), (2, 1, 5), (3, 1, 9), root=3)
    assert hit(timeline, (1, 1), since=3) == Hit(7, 1, 1, after(5), held=False, copies=2)
    assert hit(timeline, (1, 1), since=6) is None


def test_what_comes_with_the_backlog_is_held() -> None:
    found = hit(story((1, 1, 0), backlog=(1,)), (1, 1))
    assert found is not None
    assert found.held


def test_times_are_utc() -> None:
    found = hit(story((1, 1, 0)), (1, 1))
    assert found is not None
    assert found.at.tzinfo is UTC
