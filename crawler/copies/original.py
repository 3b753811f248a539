"""Which article of a story was first: the evidence, weighed and said in plain sentences."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from crawler.copies.publishers import (
    brand,
    host_and_path,
    is_address,
    is_public_name,
    is_publisher,
)
from storage.models import Evidence, Origin, Passage, Relation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from crawler.copies.records import OriginCandidate
    from storage.models import CopyVerdict

# Weights are in the unit of log-odds: 1 makes an article e times as likely to be the original.
FIRST_STATED = 2.0
FIRST_SEEN = 0.6
NAMES_ANOTHER = -3.0
NAMED_BY_ANOTHER = 2.0
CREDITS_AGENCY = -1.0
AGENCY_ITSELF = 2.0
MADE_FROM_ANOTHER = -1.5
ANOTHER_MADE_FROM_IT = 0.8
SAME_WORDS = 0.3
MOST_FROM_COPIES = 1.6

CLOCKS_AGREE = timedelta(minutes=2)
"""A page that states the very moment we came states the moment of the visit, not its own."""

ADDED_ON_TOP = 0.04
CUT_INSIDE = 0.08
A_SENTENCE = 0.02
"""How much one of two texts has more, on top or in the middle, before that says which was made from
the other: in characters, as shares of what they share (Chinese says more with fewer)."""

LEAST_SURPLUS = 0.08
"""Share by which one text must be longer before that says anything."""

TELLING = 0.02
"""Share of the shared characters in a passage that tells how texts were joined; a chance turn of
phrase is shorter."""

LITTLE_HELD = 0.75
"""A text that is less than this of another, and stands at its top, is an excerpt of it."""

POINTERS = frozenset({"canonical", "og_url", "syndication_source", "original_source"})
NAMES = frozenset({"byline_agency", "credited_source"})
MENTIONS = frozenset({"dateline", "phrase", "jsonld_author_organization"})
"""Prose: it counts only when it mentions another member of the story."""


def choose_origin(members: Sequence[OriginCandidate]) -> Origin:
    """Choose a story's original among its members, in whatever order they are given.

    `named_publisher` is set when copies name an origin that is none of the members. The
    confidence is the chosen one's share of the odds. Raises ValueError without members.
    """
    if not members:
        raise ValueError("a story has at least one member")
    ordered = sorted(members, key=lambda member: (member.first_seen, member.article_id))
    evidence = [
        *_by_stated_time(ordered),
        *_by_first_seen(ordered),
        *_by_containment(ordered),
        *_by_pointers(ordered),
        *_by_agency(ordered),
        *_by_mentions(ordered),
    ]
    scores = _scores(ordered, evidence)
    best = max(ordered, key=lambda member: scores[member.article_id])
    stranger = _named_stranger(ordered)
    return Origin(
        article_id=best.article_id,
        confidence=_confidence(best.article_id, scores, stranger),
        evidence=tuple(sorted(evidence, key=lambda said: (-abs(said.weight), said.article_id))),
        named_publisher=stranger,
    )


def stated_time(member: OriginCandidate) -> datetime | None:
    """When a member says it was published, as far as that can be believed.

    None when it says nothing, the future, or the moment of our visit (content farms state
    today's date). A day without a time is taken at its end: it can't prove an earlier hour.
    """
    if member.published is None:
        return None
    stated = member.published
    if (stated.hour, stated.minute, stated.second) == (0, 0, 0):
        stated += timedelta(days=1)
    return None if stated > member.first_seen - CLOCKS_AGREE else stated


def _by_stated_time(members: Sequence[OriginCandidate]) -> Iterator[Evidence]:
    """Hold the earliest believable time for its member; copies often repeat their original's."""
    times = {member: time for member in members if (time := stated_time(member)) is not None}
    if len(members) == 1 or not times:
        return
    earliest = min(times.values())
    if any(member.first_seen < earliest - CLOCKS_AGREE for member in members):
        return  # we had the text before anyone states to have published it
    first = [member for member in times if times[member] - earliest <= CLOCKS_AGREE]
    for member in first:
        said = f"{member.host} states the earliest time of publication, {_clock(times[member])}"
        yield Evidence(member.article_id, "published", f"{said}.", FIRST_STATED)


def _by_first_seen(members: Sequence[OriginCandidate]) -> Iterator[Evidence]:
    if len(members) == 1:
        return
    first = members[0]
    said = f"{first.host} was seen first, at {_clock(first.first_seen)}."
    yield Evidence(first.article_id, "first_seen", said, FIRST_SEEN)


def _by_containment(members: Sequence[OriginCandidate]) -> Iterator[Evidence]:
    """Weigh who wraps, shortens or repeats whom; equal texts share what speaks for the text."""
    text_of = _equal_texts(members)
    hosts = {member.article_id: member.host for member in members}
    support: dict[int, float] = defaultdict(float)
    made_from: dict[int, str] = {}
    for member in members:
        verdict = member.verdict
        if verdict is None or verdict.of_article_id not in hosts:
            continue
        pair = (member.article_id, verdict.of_article_id)
        if verdict.relation in (Relation.EXACT, Relation.NEAR):
            for text in {text_of[article_id] for article_id in pair}:
                support[text] += SAME_WORDS
        made = _how_made(verdict)
        if made is not None:
            newer, older = pair if made.article_is_newer else pair[::-1]
            support[text_of[older]] += ANOTHER_MADE_FROM_IT
            made_from.setdefault(newer, f"{hosts[newer]} {made.how} the text of {hosts[older]}.")
    for article_id, said in made_from.items():
        yield Evidence(article_id, "containment", said, MADE_FROM_ANOTHER)
    for member in members:
        weight = min(support[text_of[member.article_id]], MOST_FROM_COPIES)
        if weight:
            said = f"Other articles of the story repeat, wrap or shorten the text of {member.host}."
            yield Evidence(member.article_id, "copied", said, weight)


def _equal_texts(members: Sequence[OriginCandidate]) -> dict[int, int]:
    """Give members with the same text the same number, by the verdicts that found them equal."""
    text_of = {member.article_id: member.article_id for member in members}
    for member in members:
        verdict = member.verdict
        if verdict is None or verdict.relation is not Relation.EXACT:
            continue
        one, other = text_of[member.article_id], text_of.get(verdict.of_article_id)
        if other is not None:
            text_of = {key: other if text == one else text for key, text in text_of.items()}
    return text_of


@dataclass(frozen=True, slots=True)
class _Made:
    article_is_newer: bool
    how: str


def _how_made(verdict: CopyVerdict) -> _Made | None:
    """Tell which of two texts was made from the other, by what one has and the other lacks."""
    surplus = verdict.share_of_other - verdict.share_of_article
    if verdict.relation is Relation.PARTIAL or abs(surplus) < LEAST_SURPLUS:
        return None
    article_is_longer = surplus > 0
    least = TELLING * sum(_length(passage) for passage in verdict.passages)
    shared = [passage for passage in verdict.passages if _length(passage) >= least]
    if not shared:
        return None
    longer = shared if article_is_longer else [_swapped(passage) for passage in shared]
    share = min(verdict.share_of_article, verdict.share_of_other)
    if _is_cut(sorted(longer, key=lambda passage: passage.start), share):
        return _Made(not article_is_longer, "shortens")
    return _Made(article_is_longer, "puts words round")


def _is_cut(shared: Sequence[Passage], share: float) -> bool:
    """Whether the other text was cut from this longer one, of which it holds a `share`.

    A text that lacks sentences in the middle or most of the end was cut; what has new text on
    top, or a little at the end, was put round an older text.
    """
    whole = sum(_length(passage) for passage in shared)
    top = shared[0].start / whole
    gaps = [
        (later.start - earlier.end) - max(0, later.other_start - earlier.other_end)
        for earlier, later in pairwise(shared)
    ]
    middle = sum(gap for gap in gaps if gap >= A_SENTENCE * whole) / whole
    return middle > max(CUT_INSIDE, top) or (top < ADDED_ON_TOP and share < LITTLE_HELD)


def _length(passage: Passage) -> int:
    return passage.end - passage.start


def _swapped(passage: Passage) -> Passage:
    return Passage(passage.other_start, passage.other_end, passage.start, passage.end)


def _by_pointers(members: Sequence[OriginCandidate]) -> Iterator[Evidence]:
    """Weigh addresses of other sites that pages name as their own text's place."""
    for member in members:
        for host, sure in _foreign_hosts(member).items():
            said = f"{member.host} names {host} as the place of its text."
            yield Evidence(member.article_id, "names_another", said, NAMES_ANOTHER * sure)
            for named in members:
                if brand(named.host) == brand(host):
                    said = f"{member.host} names {named.host} as the place of its text."
                    weight = NAMED_BY_ANOTHER * sure
                    yield Evidence(named.article_id, "named", said, weight)


def _foreign_hosts(member: OriginCandidate) -> Mapping[str, float]:
    """List the publishers that a member's addresses name; how far each is believed, 0 to 1.

    An address of the same brand, a front page and a host that can't be public name nobody. When
    all the addresses of a page lie elsewhere, its own host is likely an alias: half believed.
    """
    named: dict[str, float] = {}
    own = False
    for signal in member.signals:
        if signal.kind not in POINTERS:
            continue
        host, path = host_and_path(signal.value)
        own = own or brand(host) == brand(member.host)
        if is_public_name(host) and path.strip("/") and brand(host) != brand(member.host):
            named[host] = 1.0
    return named if own or len(named) > 1 else dict.fromkeys(named, 0.5)


def _by_agency(members: Sequence[OriginCandidate]) -> Iterator[Evidence]:
    """Weigh credits: a line that names an agency, by anyone but the agency itself."""
    agencies: set[str] = set()
    for member in members:
        for name in sorted(_credited(member)):
            if not is_publisher(member.host, name):
                agencies.add(name)
                said = f"{member.host} credits {name}."
                yield Evidence(member.article_id, "credits", said, CREDITS_AGENCY)
    for member in members:
        for name in sorted(agencies):
            if is_publisher(member.host, name):
                said = f"The story's articles credit {name}: that is {member.host}."
                yield Evidence(member.article_id, "agency", said, AGENCY_ITSELF)


def _by_mentions(members: Sequence[OriginCandidate]) -> Iterator[Evidence]:
    """Weigh prose such as "first published in the Harbour Post", once for each pair."""
    for member in members:
        prose = [signal.value for signal in member.signals if signal.kind in MENTIONS]
        for other in members:
            same = brand(other.host) == brand(member.host)
            if not same and any(is_publisher(other.host, value) for value in prose):
                said = f"{member.host} mentions {other.host} as where its text comes from."
                yield Evidence(member.article_id, "mentions", said, CREDITS_AGENCY)
                yield Evidence(other.article_id, "mentioned", said, AGENCY_ITSELF)


def _credited(member: OriginCandidate) -> set[str]:
    """List whom a member credits: names as they stand, addresses by their host."""
    named = [signal.value.strip() for signal in member.signals if signal.kind in NAMES]
    return {host_and_path(name)[0] if is_address(name) else name for name in named} - {""}


def _named_stranger(members: Sequence[OriginCandidate]) -> str | None:
    """Name the publisher that members point at or credit most, when it is none of them."""
    votes: dict[str, float] = defaultdict(float)
    for member in members:
        for host, sure in _foreign_hosts(member).items():
            votes[host] += 2 * sure
        for name in _credited(member):
            votes[name] += 1
    strangers = {
        name: count
        for name, count in votes.items()
        if not any(is_publisher(member.host, name) for member in members)
    }
    return min(strangers, key=lambda name: (-strangers[name], name), default=None)


def _scores(members: Sequence[OriginCandidate], evidence: Iterable[Evidence]) -> dict[int, float]:
    scores = {member.article_id: 0.0 for member in members}
    for said in evidence:
        scores[said.article_id] += said.weight
    return scores


def _confidence(chosen: int, scores: Mapping[int, float], stranger: str | None) -> float:
    """Share of the odds; halved when a publisher that we did not crawl is named as the origin."""
    odds = {article_id: math.exp(score) for article_id, score in scores.items()}
    share = odds[chosen] / sum(odds.values())
    return share / 2 if stranger is not None else share


def _clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
