"""Random streams of copies, bridges, merges and divisions: no text is lost, and none is told twice."""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.articles.corrections import merge_stories, split_story
from crawler.articles.transactions import divide_story
from crawler.copies.records import Regrouped
from storage.models.articles import Article
from storage.models.recipients import Channel, NewRecipient, Routing
from storage.models.topics import Topic
from storage.stories import articles, stories
from storage.topics import match_work, topics
from tests.crawler.copies.texts import FILLER, STORIES, edit
from tests.crawler.world import World, opened
from tests.scheduler.watch.test_alerted_texts import settled, told

TEXTS = [f"{STORIES[name]} A ferry." for name in ("ferry", "bakery", "glacier", "court")]
PEOPLE = ("ann", "bob")
OPERATIONS = (
    ["plain"] * 4
    + ["wrapped", "edited", "backlog", "bridge"] * 2
    + ["divide", "split", "merge", "snooze", "wake", "again"]
)


@dataclass
class Newsroom:
    """A world with two readers of one topic, and what each of them must and may be told.

    A text is `due` to whoever was awake when it was published as news. An operator's split allows
    one more alert of a text, for it says that this is another story; one who merged stories made
    their texts the same.
    """

    world: World
    topic: Topic
    rng: random.Random
    asleep: set[str] = field(default_factory=set)
    due: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    splits: Counter[int] = field(default_factory=Counter)
    same: dict[int, set[int]] = field(default_factory=lambda: {n: {n} for n in range(len(TEXTS))})
    published: list[tuple[Article, tuple[int, ...]]] = field(default_factory=list)

    async def do(self, operation: str) -> None:
        """Do one thing at random, and let the watcher finish, as a new one, three times of four."""
        self.world.now += timedelta(minutes=5)
        if operation in {"plain", "wrapped", "edited", "backlog", "bridge"}:
            await self._publish(operation)
        elif operation in {"snooze", "wake"}:
            self._route(self.rng.randrange(len(PEOPLE)), asleep=operation == "snooze")
        elif self.published:
            self._rearrange(operation)
        if self.rng.random() < 0.75:
            await settled(self.world)

    async def _publish(self, form: str) -> None:
        subjects = tuple(self.rng.sample(range(len(TEXTS)), 2 if form == "bridge" else 1))
        text = "\n".join(TEXTS[subject] for subject in subjects)
        text = edit(text) if form == "edited" else text
        if form == "wrapped":
            words = FILLER.split()
            self.rng.shuffle(words)
            text = f"{text}\n{' '.join(words[:40])}"
        await settled(self.world)
        host = f"{'-'.join(map(str, subjects))}.n{len(self.published)}.example"
        source = self.world.source(host, alert_backlog=form != "backlog")
        [page] = await self.world.listing(source, "a")
        article = await self.world.read(page, "News of the day", text)
        self.published.append((article, subjects))
        if form != "backlog":
            for who in set(PEOPLE) - self.asleep:
                self.due[who].update(subjects if form != "bridge" else ())
        await settled(self.world)

    def _route(self, person: int, *, asleep: bool) -> None:
        until = self.world.now + timedelta(days=9) if asleep else None
        (self.asleep.add if asleep else self.asleep.discard)(PEOPLE[person])
        with self.world.db.begin() as conn:
            recipient = self.topic.recipients[person]
            topics.set_routing(conn, recipient.id, Routing(snoozed_until=until))

    def _rearrange(self, operation: str) -> None:
        one, _ = self.rng.choice(self.published)
        other, _ = self.rng.choice(self.published)
        now = self.world.now
        with self.world.db.begin() as conn:
            article = articles.get(conn, one.id)
            members = stories.member_ids(conn, article.story_id)
            if operation == "again":
                match_work.add(conn, story_id=article.story_id, article_id=one.id, now=now)
            elif operation == "divide" and len(members) > 1:
                groups = Regrouped([[member] for member in members], {})
                divide_story(conn, article.story_id, groups, now)
            elif operation == "split" and len(members) > 1:
                split_story(conn, article.story_id, [one.id], now)
                for published, texts in self.published:
                    if published.id in members:
                        self.splits.update(texts)
            elif operation == "merge":
                other_story = articles.get(conn, other.id).story_id
                if other_story != article.story_id:
                    ids = (*members, *stories.member_ids(conn, other_story))
                    merge_stories(conn, article.story_id, [other_story], now)
                    self._made_same(ids)

    def _made_same(self, article_ids: tuple[int, ...]) -> None:
        subjects = {
            subject
            for published, texts in self.published
            if published.id in article_ids
            for subject in texts
        }
        union = set().union(*(self.same[subject] for subject in subjects))
        for subject in union:
            self.same[subject] = union

    def check(self) -> None:
        """Fail when a text that is due was not told, or one was told twice."""
        for who, hosts in ((who, told(self.world).get(who, [])) for who in PEOPLE):
            heard: Counter[int] = Counter()
            pairs: Counter[tuple[str, ...]] = Counter()
            for host in hosts:
                subjects = tuple(host.partition(".")[0].split("-"))
                if len(subjects) == 1:
                    [subject] = map(int, subjects)
                    assert heard[subject] <= self.splits[subject], (who, "repeated", hosts)
                pairs[tuple(sorted(subjects))] += len(subjects) > 1
                heard.update(map(int, subjects))
            for subject in self.due[who]:
                assert self.same[subject] & set(heard), (who, "lost", subject, hosts)
            for pair, number in pairs.items():
                assert number <= 1 + sum(self.splits[int(one)] for one in pair), (who, pair, hosts)


async def stream(file: Path, operations: list[str], seed: int) -> None:
    """Let random things happen, then check what everybody was told."""
    async with opened(file) as world:
        people = [NewRecipient(Channel.EMAIL, f"{who}@example.org", None) for who in PEOPLE]
        with world.db.begin() as conn:
            topic = topics.add(
                conn, name="ferries", query="ferry", recipients=people, now=world.now
            )
        newsroom = Newsroom(world, topic, random.Random(seed))
        for operation in operations:
            await newsroom.do(operation)
        await settled(world)
        newsroom.check()


@settings(max_examples=12, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(OPERATIONS), min_size=4, max_size=14), st.integers(0, 2**32))
def test_whatever_becomes_of_stories_no_text_is_lost_and_none_is_told_twice(
    operations: list[str], seed: int
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        asyncio.run(stream(Path(directory) / "w.db", operations, seed))
