"""Plays worlds on one daemon, all at a time, step by step, and judges what came of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path

from tests.neighbours import prose
from tests.neighbours.model import (
    AlertSeen,
    Tally,
    host_of,
    judge,
    owner_page,
    told_stories,
)
from tests.neighbours.neighbourhood import Feed, Neighbourhood, neighbourhood
from tests.neighbours.prose import Item, Text
from tests.neighbours.web import Answer, moved
from tests.neighbours.worlds import Listed, Page, World

_STEP_BEATS = 15  # that a step's own pages may take to be visited
_LAST_BEATS = 60  # that what is to be told may take in the end: an address that was refused rests
_GAP_SECONDS = 2.0


async def play_worlds(
    folder: Path,
    worlds: Sequence[World],
    beside: Callable[[Neighbourhood], AbstractAsyncContextManager[None]] = lambda _: nullcontext(),
) -> Tally:
    """Play worlds on a daemon of their own; what came of them. `beside` goes on while it runs."""
    async with neighbourhood(folder, gap_seconds=_GAP_SECONDS) as opened, beside(opened):
        return await play_worlds_on(opened, worlds)


async def play_worlds_on(opened: Neighbourhood, worlds: Sequence[World]) -> Tally:
    """Play worlds to their ends on a daemon that others may use; what came of them."""
    tally = Tally()
    played = [_PlayedWorld(opened, world) for world in worlds]
    for step in range(1 + max(world.last_step for world in worlds)):
        for each in played:
            each.begin(step)
        await _settle(opened, played)
    await opened.soon(lambda: not any(each.judged().lost for each in played), _LAST_BEATS)
    await opened.settled()
    for each in played:
        tally.add(each.judged())
    return tally


async def _settle(n: Neighbourhood, played: Sequence[_PlayedWorld]) -> None:
    """Wait until a step's pages were visited; not for those that are made to fail."""
    feeds = [feed for each in played for feed in each.feeds.values()]
    urls = {url for each in played for url in each.expected}
    await n.soon(n.reading(feeds), _STEP_BEATS)
    await n.soon(lambda: n.are_visited(urls), _STEP_BEATS)
    await n.settled()


class _PlayedWorld:
    """A world on a daemon: its sources and topics, and what is served of it."""

    def __init__(self, n: Neighbourhood, world: World) -> None:
        self._n = n
        self._world = world
        self._items: dict[str, Item] = {}
        self.feeds: dict[str, Feed] = {}
        self.expected: set[str] = set()
        for topic, recipients in world.topics.items():
            n.topic(topic, topic, *recipients)

    def begin(self, step: int) -> None:
        """Have happen what happens at a step."""
        for page in self._world.pages:
            if page.step == step:
                self._serve(page)
        for host in self._world.hosts:
            listed = [x for x in self._world.listed if x.step == step and x.host == host]
            items = [self._item(x) for x in listed]
            if step == 0:
                self.feeds[host] = self._n.source(host, *items, old=0)
            elif items:
                self._n.list_on(self.feeds[host], *items)
            own = {x.url for x in listed if host_of(x.url) == host or host in self._world.honest}
            self.expected |= own

    def judged(self) -> Tally:
        """Hold what recipients were told against what is right."""
        world = self._world
        alerts = [
            AlertSeen(recipient, topic, told.url, told.update)
            for topic, recipients in world.topics.items()
            for recipient in recipients
            for told in self._n.told(topic, recipient)
        ]
        return judge(world, alerts, self._originals())

    def _originals(self) -> Mapping[str, str | None]:
        pages = {story: owner_page(self._world, story).url for story in told_stories(self._world)}
        return {
            story: self._n.original_of(url)
            for story, url in pages.items()
            if 200 in self._n.web.statuses[url]
        }

    def _serve(self, page: Page) -> None:
        failing = [Answer(b"no", status, "text/plain") for status in page.failing]
        if page.to:
            self._n.web.put(page.url, *failing, moved(page.to))
        elif page.texts:
            texts = [self._text(name) for name in page.texts]
            whole = Text(texts[0].title, tuple(p for text in texts for p in text.paragraphs))
            head = page.canonical and f'<link rel="canonical" href="{page.canonical}">'
            self._items[page.url] = self._n.page(
                page.url,
                whole,
                age=page.age,
                dated=page.dated,
                before=tuple(failing),
                head=head,
                credit=page.credit,
            )
        else:
            self._n.web.put(page.url, *failing)

    def _text(self, name: str) -> Text:
        story = self._world.stories[name]
        return prose.text(name, *story.topics, sentences=story.sentences)

    def _item(self, listed: Listed) -> Item:
        known = self._items.get(listed.url)
        title = known.title if known else f"What stands at {listed.url}"
        published = None if listed.age is None else self._n.now() - listed.age
        return Item(listed.url, title, published)
