"""What each recipient of a world must, may and must not be told, and what came of it; pure.

Right: a story that an honest source lists after its first visit is told once to each recipient of
its topics, by a page that is about nothing else. Allowed: a hostile text that itself matches, once,
and a page that mixes several texts that match, once. Forbidden: everything else, such as what all
who list it listed at their first visit.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.neighbours.worlds import Page, World


@dataclass(frozen=True, slots=True)
class AlertSeen:
    """An alert as a recipient has it; `update` of a story that was told before."""

    recipient: str
    topic: str
    url: str
    update: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """That a recipient is to be told of a story of a topic."""

    recipient: str
    topic: str
    story: str


@dataclass
class Tally:
    """What came of worlds; `faults` says each in a line."""

    worlds: int = 0
    told_right: int = 0
    lost: int = 0
    repeated: int = 0
    forbidden: int = 0
    owned: int = 0  # stories whose owner's page was read
    wrong_original: int = 0
    faults: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Count what came of another world too."""
        for name in ("worlds", "told_right", "lost", "repeated", "forbidden", "owned"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.wrong_original += other.wrong_original
        self.faults += other.faults


def wanted_alerts(world: World) -> set[Wanted]:
    """Return what recipients must be told."""
    return {
        Wanted(recipient, topic, name)
        for name in told_stories(world)
        for topic in world.stories[name].topics
        for recipient in world.topics[topic]
    }


def told_stories(world: World) -> set[str]:
    """Name the stories that honest sources list as news."""
    news = {
        listed.url for listed in world.listed if listed.step > 0 and listed.host in world.honest
    }
    return {
        name
        for page in world.pages
        if page.url in news and host_of(page.url) in world.honest
        if (name := subject_of(world, page)) is not None
        and world.stories[name].owner in world.honest
        and world.stories[name].topics
    }


def subject_of(world: World, page: Page) -> str | None:
    """Return the one text of a page that matches a topic; None when there is none, or several."""
    matching = [name for name in page.texts if world.stories[name].topics]
    return matching[0] if len(matching) == 1 else None


def owner_page(world: World, story: str) -> Page:
    """Return the page on which a story's owner published it."""
    owner = world.stories[story].owner
    return next(page for page in world.pages if host_of(page.url) == owner and story in page.texts)


def judge(world: World, alerts: Iterable[AlertSeen], originals: Mapping[str, str | None]) -> Tally:
    """Hold what recipients were told against what is right.

    `originals` holds, for each story whose owner's page was read, the address of the article that
    counts as its original; None when there is none.
    """
    tally, wanted = Tally(worlds=1), wanted_alerts(world)
    tellings: Counter[Wanted] = Counter()
    mixed: Counter[AlertSeen] = Counter()
    subjects = _subjects(world)
    for alert in alerts:
        names = {name for name in subjects.get(alert.url, ()) if name is not None}
        story = min(names, default=None)
        if alert.update:
            tally.repeated += 1
            tally.faults.append(f"{world.name}: an update nobody asked for: {alert}")
        elif story is not None:
            tellings[Wanted(alert.recipient, alert.topic, story)] += 1
        elif alert.url in subjects:
            mixed[alert] += 1
        else:
            tally.forbidden += 1
            tally.faults.append(f"{world.name}: told of no page of the world: {alert}")
    for want in wanted:
        tally.told_right += tellings[want] == 1
        if not tellings[want]:
            tally.lost += 1
            tally.faults.append(f"{world.name}: lost {want}")
    backlog = _backlog(world)
    for telling, number in (*tellings.items(), *mixed.items()):
        if number > 1:
            tally.repeated += number - 1
            tally.faults.append(f"{world.name}: {number} times {telling}")
        if isinstance(telling, Wanted) and telling.story in backlog:
            tally.forbidden += 1
            tally.faults.append(f"{world.name}: backlog was told: {telling}")
    _judge_originals(world, originals, tally)
    return tally


def _judge_originals(world: World, originals: Mapping[str, str | None], tally: Tally) -> None:
    for story, original in originals.items():
        owner = world.stories[story].owner
        tally.owned += 1
        if original is None or host_of(original) != owner:
            tally.wrong_original += 1
            tally.faults.append(f"{world.name}: {original} is no original of {story}, {owner}'s")


def _subjects(world: World) -> Mapping[str, set[str | None]]:
    """Return what the pages of each address are about, those too that an address only leads to."""
    subjects: defaultdict[str, set[str | None]] = defaultdict(set)
    for page in world.pages:
        if page.texts:
            subjects[page.url].add(subject_of(world, page))
    for page in world.pages:
        if page.to:
            subjects[page.url] |= subjects[page.to]
    return subjects


def _backlog(world: World) -> set[str]:
    """Name the stories that were never listed but at a first visit."""
    news = {listed.url for listed in world.listed if listed.step > 0}
    fresh = {name for page in world.pages if page.url in news for name in page.texts}
    return set(world.stories) - fresh


def host_of(url: str) -> str:
    """Return an address's host."""
    return urlsplit(url).hostname or ""
