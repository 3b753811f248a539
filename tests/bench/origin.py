"""Who was first: the original chosen in made stories, honest ones and such as forgers join.

Every story has an owner that is crawled. Its copies are reprints, of which some credit it; forgers copy
it too, scrape it soon or late, and state what they like of themselves. All is listed, and seen here
at the polls of each source; nothing is fetched and no text is compared.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from random import Random
from typing import TYPE_CHECKING, Any

from crawler.copies.origin.original import choose_origin
from crawler.copies.records import ListingWindow, OriginCandidate
from storage.models.articles import Signal
from storage.models.stories import CopyVerdict, Passage, Relation

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

_NOON = datetime(2026, 6, 2, 12, tzinfo=UTC)
_LENGTH = 1000  # characters of the owner's text
_LIKE = 0.98
_MOSTLY = 0.8


class Power(StrEnum):
    """What a forger does to be taken for the owner."""

    NOTHING = "nothing"  # it copies, and states when it did
    FAR = "far"  # states a time an hour to forty days before the owner's
    NEAR = "near"  # states a time some minutes before the owner's
    ADDED = (
        "added"  # is watched only since after the owner's article, and states a time long before
    )
    ELSEWHERE = "elsewhere"  # is listed by another site only, and states a time long before
    CREDITED = "credited"  # has another forger's page name it as the canonical address
    SIGNED = "signed"  # opens with a line of its own, as an agency does
    INSIDE = "inside"  # knows when we come: states a time right after the poll before


@dataclass(frozen=True, slots=True)
class Publisher:
    """A site: how often it is polled, since when, and how long its listing lags; in minutes."""

    host: str
    interval: float
    since: float
    lag: float


@dataclass(frozen=True, slots=True)
class Text:
    """A text made from the owner's: so much on top, and the share of it that was kept."""

    lead: int = 0
    kept: float = 1.0

    @property
    def length(self) -> float:
        """How long it is, in characters."""
        return self.lead + self.kept * _LENGTH


@dataclass(frozen=True, slots=True)
class Made:
    """A made story: its members, in the order in which they were seen, the owner's id, and the powers."""

    members: tuple[OriginCandidate, ...]
    owner: int
    powers: frozenset[Power]


def add_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stories", type=int, default=4000, help="stories of each kind")
    parser.add_argument("--seed", type=int, default=1)


def run(args: argparse.Namespace) -> dict[str, Any]:
    random = Random(args.seed)
    wrong = {"honest": wrong_share([story(random, ()) for _ in range(args.stories)])}
    for power in Power:
        made = [story(random, [power]) for _ in range(args.stories)]
        wrong[power.value] = wrong_share(made)
    mixed = [story(random, forgers(random)) for _ in range(args.stories)]
    return {"stories": args.stories, "wrong": wrong, "wrong_mixed": wrong_share(mixed)}


def wrong_share(made: Sequence[Made]) -> float:
    """Return the share of stories whose owner, which is crawled, is not the answer."""
    origins = [(choose_origin(one.members), one.owner) for one in made]
    wrong = sum(o.article_id != owner or o.named_publisher is not None for o, owner in origins)
    return round(wrong / len(made), 4)


def forgers(random: Random) -> list[Power]:
    """Draw the powers of one to four forgers, each of one that leaves traces."""
    return random.choices(
        [power for power in Power if power is not Power.INSIDE], k=random.randint(1, 4)
    )


def story(random: Random, powers: Sequence[Power]) -> Made:
    """Make a story: its owner's article at noon, one to four reprints, and a copy by each forger."""
    count = random.randint(1, 4)
    texts: dict[int, Text] = {0: Text()}
    members = [_owners(random)]
    for place in range(1, count + 1):
        texts[place] = _reworked(random)
        members.append(_reprint(random, place, members[0]))
    for number, power in enumerate(powers):
        place = len(members)
        texts[place] = _reworked(random)
        members += _forged(random, place, number, power)
        texts.setdefault(len(members) - 1, Text())
    return Made(tuple(_judged(members, texts)), 0, frozenset(powers))


def _publisher(random: Random, host: str) -> Publisher:
    return Publisher(
        host,
        interval=random.choice([5, 5, 10, 15, 30, 60, 180]),
        since=-1e5,
        lag=random.choice([0, 0, 0, random.expovariate(1 / 8)]),
    )


def _owners(random: Random) -> OriginCandidate:
    publisher = _publisher(random, "owner.example")
    if random.random() < 0.1:
        publisher = replace(publisher, since=random.uniform(0, 600))
    drafted = random.choice([0, 0, 0, 0, random.expovariate(1 / 20)])
    return _member(random, 0, publisher, at=0.0, stated=-drafted)


def _reprint(random: Random, place: int, owner: OriginCandidate) -> OriginCandidate:
    at = 5 + random.expovariate(1 / 120)
    host = f"reprint{place}.example"
    publisher = _publisher(random, host)
    if random.random() < 0.1:
        publisher = replace(publisher, since=at + random.uniform(0, 600))
    signals: tuple[Signal, ...] = ()
    if random.random() < 0.4:
        kind = random.choice(["canonical", "source_link", "jsonld_is_based_on"])
        signals = (Signal("og_url", f"https://{host}/a"), Signal(kind, "https://owner.example/a"))
    made = _member(random, place, publisher, at=at, stated=at, signals=signals)
    return replace(made, published=owner.published) if random.random() < 0.3 else made


def _forged(random: Random, place: int, number: int, power: Power) -> Iterator[OriginCandidate]:
    at = random.choice([random.uniform(0.5, 3), random.uniform(10, 120)])
    host = f"forger{number}.example"
    publisher = _publisher(random, host)
    long_before = -random.choice([60, 60, 180, 1440, 40 * 1440]) - random.random()
    stated = long_before
    signals: tuple[Signal, ...] = ()
    if power is Power.NOTHING:
        stated = at
    elif power is Power.NEAR:
        stated = -random.uniform(1, 30)
    elif power is Power.ADDED:
        publisher = replace(publisher, since=at + random.uniform(0, 600))
    elif power is Power.SIGNED:
        signals = (Signal("dateline", f"LONDON (Forger{number}) -"),)
    made = _member(random, place, publisher, at=at, stated=stated, signals=signals)
    if power is Power.ELSEWHERE and made.window is not None:
        made = replace(made, window=replace(made.window, own=False))
    elif power is Power.INSIDE and made.window and made.window.not_before:
        made = replace(made, published=made.window.not_before + timedelta(seconds=10))
    yield made
    if power is Power.CREDITED:
        helper = f"helper{number}.example"
        names = (Signal("og_url", f"https://{helper}/a"), Signal("canonical", f"https://{host}/a"))
        yield _member(
            random, place + 1, _publisher(random, helper), at=at + 1, stated=at, signals=names
        )


def _member(
    random: Random,
    place: int,
    publisher: Publisher,
    *,
    at: float,
    stated: float,
    signals: tuple[Signal, ...] = (),
) -> OriginCandidate:
    """Have a page that stands there at a time listed, and seen at the polls of its source."""
    phase = random.uniform(0, publisher.interval)
    listed = max(at + publisher.lag, publisher.since)
    polls = -((phase - listed) // publisher.interval)
    seen = phase + polls * publisher.interval
    before = seen - publisher.interval
    seen_at = _time(seen)
    published = random.choice(
        [*[_time(stated)] * 8, _time(stated).replace(hour=0, minute=0, second=0), None]
    )
    return OriginCandidate(
        article_id=place,
        host=publisher.host,
        title="The ferry",
        words=200,
        published=published,
        first_seen=seen_at,
        signals=signals,
        url=f"https://{publisher.host}/a",
        window=ListingWindow(_time(before) if before >= publisher.since else None, seen_at),
    )


def _reworked(random: Random) -> Text:
    form = random.random()
    if form < 0.6:
        return Text()
    return Text(lead=random.randint(50, 400)) if form < 0.8 else Text(kept=random.uniform(0.3, 0.7))


def _judged(
    members: Sequence[OriginCandidate], texts: dict[int, Text]
) -> Iterator[OriginCandidate]:
    """Give each member, in the order in which they were seen, a verdict on the first one."""
    ordered = sorted(members, key=lambda member: (member.first_seen, member.article_id))
    first = ordered[0].article_id
    yield ordered[0]
    for member in ordered[1:]:
        yield replace(member, verdict=_verdict(texts[member.article_id], first, texts[first]))


def _verdict(text: Text, of: int, other: Text) -> CopyVerdict:
    shared = min(text.kept, other.kept) * _LENGTH
    share, of_other = shared / text.length, shared / other.length
    if min(share, of_other) >= _LIKE:
        relation = Relation.EXACT
    elif min(share, of_other) >= _MOSTLY:
        relation = Relation.NEAR
    elif max(share, of_other) < _MOSTLY:
        relation = Relation.PARTIAL
    else:
        relation = Relation.CONTAINS if share < of_other else Relation.EXCERPT
    end = round(shared)
    passage = Passage(text.lead, text.lead + end, other.lead, other.lead + end)
    return CopyVerdict(of, relation, share, of_other, (passage,))


def _time(minutes: float) -> datetime:
    return _NOON + timedelta(minutes=minutes)
