"""Random worlds of some sources, of which some are hostile, step by step; pure.

Step 0 is what sources list at their first visit. What a page says is a list of texts by name; what
it claims of its date is an age, so that a world can be played at any time.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum

STEPS = 4
NOW = timedelta(0)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_OLD = (_HOUR, 2 * _DAY, 40 * _DAY, 9 * 365 * _DAY)
_SHARE_OF_REPRINTS = 0.5
_WRAPPED = (2, 5)  # pages of one host
_FLOOD = (5, 15)


class Power(StrEnum):
    """What a hostile source can do."""

    LIST = "list"  # the victim's address with an old date, also before it exists
    DATE = "date"  # copies under forged dates
    REDIRECT = "redirect"  # its own address leads to the victim's, later elsewhere
    REFUSE = "refuse"  # addresses of the victim's host that fail
    WRAP = "wrap"  # the victim's text inside noise, on several pages
    BRIDGE = "bridge"  # a page that holds a dull text which was told, and the victim's
    FLOOD = "flood"  # many items, and large pages
    FORGE = "forge"  # copies that claim to be earlier, and name themselves as the origin


@dataclass(frozen=True, slots=True)
class Story:
    """A text: who wrote it, and the topics whose words are in it."""

    name: str
    owner: str
    topics: tuple[str, ...] = ()
    sentences: int = 21


@dataclass(frozen=True, slots=True)
class Page:
    """What stands at an address from a step on, until another stands there.

    It holds `texts` one after the other, or leads `to` another address. `failing` are the statuses
    with which its first requests are answered; without anything it fails for good.
    """

    url: str
    step: int
    texts: tuple[str, ...] = ()
    age: timedelta = NOW
    dated: bool = True
    failing: tuple[int, ...] = ()
    to: str = ""
    canonical: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """What a source lists from a step on; `age` None states no date."""

    host: str
    url: str
    step: int
    age: timedelta | None = NOW


@dataclass(frozen=True, slots=True)
class World:
    """Sources, what they publish, and who is told of what (recipients by topic)."""

    name: str
    honest: tuple[str, ...]
    hostile: tuple[str, ...]
    powers: tuple[Power, ...]
    stories: dict[str, Story]
    pages: tuple[Page, ...]
    listed: tuple[Listed, ...]
    topics: dict[str, tuple[str, ...]]

    @property
    def hosts(self) -> tuple[str, ...]:
        """Return all sources."""
        return self.honest + self.hostile

    @property
    def last_step(self) -> int:
        """Return the last step at which something happens."""
        return max(*(page.step for page in self.pages), *(item.step for item in self.listed))


@dataclass
class _Draft:
    """A world that is being drawn."""

    name: str
    rng: random.Random
    publishers: list[str]
    hostile: list[str]
    topics: list[str]
    reprinters: list[str]
    aggregators: list[str]
    powers: tuple[Power, ...]
    stories: dict[str, Story] = field(default_factory=dict)
    pages: list[Page] = field(default_factory=list)
    listed: list[Listed] = field(default_factory=list)

    def story(self, owner: str, *topics: str, sentences: int = 21) -> str:
        name = f"{self.name}-s{len(self.stories)}"
        self.stories[name] = Story(name, owner, topics, sentences)
        return name

    def publish(self, host: str, step: int, *texts: str, **page: object) -> Page:
        """Put a page up and list it, with the date that it claims."""
        made = self.page(host, step, *texts, **page)
        self.listed.append(Listed(host, made.url, step, made.age if made.dated else None))
        return made

    def page(self, host: str, step: int, *texts: str, **page: object) -> Page:
        url = f"http://{host}/p{len(self.pages)}"
        made = replace(Page(url, step, texts), **page)  # type: ignore[arg-type] # the page's own fields
        self.pages.append(made)
        return made


def draw_world(seed: int, number: int) -> World:
    """Draw a world; equal numbers give equal ones."""
    rng = random.Random(f"{seed} {number}")
    name = f"w{seed}x{number}"
    hostile = [f"{name}-foe{at}.example" for at in range(rng.randint(1, 4))]
    honest = rng.randint(1, min(8, 12 - len(hostile)))
    publishers = [f"{name}-paper{at}.example" for at in range(max(1, round(honest * 0.5)))]
    reprinters = [f"{name}-reprint{at}.example" for at in range(honest - len(publishers))]
    aggregators = [reprinters.pop()] if len(reprinters) > 1 else []
    topics = [f"{name}topic{at}" for at in range(rng.randint(1, 3))]
    powers = tuple(rng.sample(sorted(Power), rng.randint(1, 3)))
    draft = _Draft(name, rng, publishers, hostile, topics, reprinters, aggregators, powers)
    _list_backlog(draft, [*publishers, *reprinters, *aggregators])
    for step in range(1, STEPS):
        for publisher in publishers:
            if rng.random() < 0.7:
                _news(draft, publisher, step)
    if not any(listed.step for listed in draft.listed):
        _news(draft, publishers[0], 1)
    return World(
        name=name,
        honest=(*publishers, *reprinters, *aggregators),
        hostile=tuple(hostile),
        powers=powers,
        stories=draft.stories,
        pages=tuple(draft.pages),
        listed=tuple(draft.listed),
        topics={topic: _recipients(topic, rng) for topic in topics},
    )


def _recipients(topic: str, rng: random.Random) -> tuple[str, ...]:
    return tuple(f"{topic}-r{at}" for at in range(rng.randint(1, 2)))


def _list_backlog(draft: _Draft, honest: Sequence[str]) -> None:
    """Give each source what it lists at its first visit; the honest ones' has a topic's word."""
    for host in (*honest, *draft.hostile):
        topic = draft.rng.choice(draft.topics) if host in honest else None
        story = draft.story(host, *([topic] if topic else []))
        draft.publish(host, 0, story, age=draft.rng.randint(1, 5) * _DAY)


def _news(
    draft: _Draft,
    publisher: str,
    step: int,
) -> None:
    """Have a story published at a step, what honest sources make of it, and an attack on it."""
    rng = draft.rng
    topics = rng.sample(draft.topics, 1)
    story = draft.story(publisher, *topics, sentences=rng.randint(15, 30))
    page = draft.publish(publisher, step, story, dated=rng.random() < 0.9)
    for host in draft.reprinters:
        if rng.random() < _SHARE_OF_REPRINTS:
            credit = f"This article was first published by {publisher}."
            draft.publish(host, step + 1, story, credit=credit)
    for host in draft.aggregators:
        if rng.random() < _SHARE_OF_REPRINTS:
            draft.listed.append(Listed(host, page.url, rng.choice((step, step + 1))))
    if rng.random() < 0.2:
        extra = draft.story(publisher, sentences=2)
        draft.pages.append(replace(page, step=step + 1, texts=(story, extra)))
    if rng.random() < 0.8:
        _ATTACKS[rng.choice(draft.powers)](draft, page, story, step)


Attack = Callable[[_Draft, Page, str, int], None]


def _list(draft: _Draft, page: Page, _story: str, step: int) -> None:
    """List the victim's address before it does: with an old date, before it exists, or both."""
    foe, age = draft.rng.choice(draft.hostile), draft.rng.choice((NOW, *_OLD))
    if draft.rng.random() < 0.5 or step == 1:
        draft.pages[draft.pages.index(page)] = replace(page, step=max(1, step - 1))
    draft.listed.append(Listed(foe, page.url, max(1, step - 1), age))


def _date(draft: _Draft, _page: Page, story: str, step: int) -> None:
    foe, age = draft.rng.choice(draft.hostile), draft.rng.choice((*_OLD, -_DAY))
    draft.publish(foe, step + 1, story, age=age)


def _redirect(draft: _Draft, page: Page, _story: str, step: int) -> None:
    foe, age = draft.rng.choice(draft.hostile), draft.rng.choice((NOW, *_OLD))
    link = draft.page(foe, step, to=page.url)
    draft.listed.append(Listed(foe, link.url, step, age))
    own = draft.page(foe, step, draft.story(foe))
    draft.pages.append(replace(link, step=step + 1, to=own.url))


def _refuse(draft: _Draft, page: Page, _story: str, step: int) -> None:
    foe = draft.rng.choice(draft.hostile)
    host = page.url.split("/")[2]
    for number in range(draft.rng.randint(3, 12)):
        status = draft.rng.choice((503, 503, 404, 500))
        url = f"http://{host}/{step}-{foe}-{number}"
        draft.pages.append(Page(url, 0, failing=(status,)))
        draft.listed.append(Listed(foe, url, step))


def _wrap(draft: _Draft, _page: Page, story: str, step: int) -> None:
    foe = draft.rng.choice(draft.hostile)
    length = draft.stories[story].sentences
    for _ in range(draft.rng.randint(*_WRAPPED)):
        noise = [draft.story(foe, sentences=max(3, length // 2)) for _ in range(2)]
        draft.publish(foe, step + 1, noise[0], story, noise[1])


def _bridge(draft: _Draft, page: Page, story: str, step: int) -> None:
    """Tell of a dull text, then hold it and the victim's on one page, before or after its own."""
    foe, topics = draft.rng.choice(draft.hostile), draft.stories[story].topics
    dull = draft.story(foe, *topics)
    draft.publish(foe, step, dull)
    later = draft.rng.choice((step, step + 1))
    if later == step:  # the victim's page comes after the bridge
        _delay(draft, page)
    draft.publish(foe, step + 1, dull, story)


def _delay(draft: _Draft, page: Page) -> None:
    """Have the victim list its page two steps later; it stands there already."""
    at = next(
        at
        for at, listed in enumerate(draft.listed)
        if listed.url == page.url and page.url.split("/")[2] == listed.host
    )
    draft.listed[at] = replace(draft.listed[at], step=page.step + 2)


def _flood(draft: _Draft, _page: Page, _story: str, step: int) -> None:
    foe = draft.rng.choice(draft.hostile)
    for number in range(draft.rng.randint(*_FLOOD)):
        draft.publish(foe, step, draft.story(foe, sentences=300 if number == 0 else 12))


def _forge(draft: _Draft, page: Page, story: str, step: int) -> None:
    """Copy a story with an earlier date, name oneself as its address and its origin."""
    foe, other = draft.rng.choice(draft.hostile), draft.rng.choice(draft.hostile)
    age = draft.rng.choice(_OLD)
    forged = draft.rng.choice(("", f"This article was first published by {other}."))
    canonical = draft.rng.choice(("", page.url, f"http://{other}/mine"))
    draft.publish(foe, step + 1, story, age=age, credit=forged, canonical=canonical)


_ATTACKS: dict[Power, Attack] = {
    Power.LIST: _list,
    Power.DATE: _date,
    Power.REDIRECT: _redirect,
    Power.REFUSE: _refuse,
    Power.WRAP: _wrap,
    Power.BRIDGE: _bridge,
    Power.FLOOD: _flood,
    Power.FORGE: _forge,
}
