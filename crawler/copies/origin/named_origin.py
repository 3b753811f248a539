"""Whom a story's articles name as the origin of their text: one of them, or one that is not crawled; pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.copies.origin.claims import unlisted_at
from crawler.copies.origin.credits import Credit, credits_of
from crawler.copies.origin.hosts_by_name import HostsByName
from crawler.copies.records import CLOCKS_AGREE
from crawler.urls.publishers import publisher_of
from crawler.urls.sites import host_and_path
from storage.models.stories import Evidence

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from crawler.copies.records import OriginCandidate

NAMES_ANOTHER = "names_another"
"""The kind of evidence that an article itself names another publisher as the origin."""

NAMES_A_MEMBER = -3.0
NAMES_AN_OUTSIDER = -1.0
NAMED_BY_A_MEMBER = 2.0
MOST_NAMED = 4.0
LEAST_WEIGHT = 0.05
"""Evidence that weighs less is not told."""

A_FARMS_WORD = 0.5
"""How much of what a content farm says of an origin is believed."""

A_LATECOMERS_WORD = 0.35
"""How much is believed of what a page says of an article that was there before it, and that names
nobody: two such words do not outweigh it, three do."""

BELIEVED = 0.5
"""How sure the naming of a publisher that is not crawled must be for it to be the answer."""


@dataclass(frozen=True, slots=True)
class OutsideOrigin:
    """A publisher that is named as the origin and is none of the story's; `sure` is 0 to 1."""

    publisher: str
    sure: float


@dataclass(frozen=True, slots=True)
class OriginCredit:
    """That a member credits a publisher. `members` are the others that are that publisher's."""

    by: OriginCandidate
    credit: Credit
    sure: float
    members: tuple[OriginCandidate, ...]


@dataclass(frozen=True, slots=True)
class NamedOrigins:
    """All that a story's members say of where their text is from."""

    credits: tuple[OriginCredit, ...]

    @staticmethod
    def of(members: Sequence[OriginCandidate], farms: Collection[str]) -> NamedOrigins:
        """Read what each member names. A content farm is believed less."""
        return NamedOrigins(tuple(_read(members, farms)))

    def evidence(self) -> Iterator[Evidence]:
        """Weigh it: against who names another, for who is named, each said with its reason."""
        for named in self.credits:
            weight = NAMES_A_MEMBER if named.members else NAMES_AN_OUTSIDER
            sentence = f"{named.by.host} {named.credit.reasons[0].says}."
            yield Evidence(named.by.article_id, NAMES_ANOTHER, sentence, weight * named.sure)
        yield from self._for_named_members()

    def _for_named_members(self) -> Iterator[Evidence]:
        left: dict[int, float] = {}
        heard: set[tuple[int, str]] = set()
        for named in sorted(self.credits, key=lambda named: -named.sure):
            for member in named.members:
                witness = (member.article_id, publisher_of(named.by.host))
                if witness in heard:
                    continue  # what one publisher says on several pages it says once
                heard.add(witness)
                rest = left.get(member.article_id, MOST_NAMED)
                weight = min(NAMED_BY_A_MEMBER * named.sure, rest)
                left[member.article_id] = rest - weight
                if weight >= LEAST_WEIGHT:
                    yield Evidence(member.article_id, "named", _sentence_of(named, member), weight)

    def outside_origin(self, chosen: OriginCandidate) -> OutsideOrigin | None:
        """Return the publisher that is none of the members and is named more surely than the chosen."""
        by_publisher: dict[str, dict[str, float]] = {}
        for named in self.credits:
            if not named.members:
                sure = named.sure * (A_LATECOMERS_WORD if _came_after(named.by, chosen) else 1.0)
                said = by_publisher.setdefault(named.credit.publisher, {})
                witness = publisher_of(named.by.host)
                said[witness] = max(said.get(witness, 0.0), sure)
        outsiders = [
            OutsideOrigin(name, _either(said.values())) for name, said in by_publisher.items()
        ]
        best = min(
            outsiders, key=lambda outsider: (-outsider.sure, outsider.publisher), default=None
        )
        own = _either(named.sure for named in self.credits if chosen in named.members)
        return best if best is not None and best.sure > max(own, BELIEVED) else None


def _read(members: Sequence[OriginCandidate], farms: Collection[str]) -> Iterator[OriginCredit]:
    hosts = HostsByName.of(member.host for member in members)
    for member in members:
        for credit in credits_of(member.address, member.signals, hosts):
            sure = credit.sure * (A_FARMS_WORD if member.host in farms else 1.0)
            others = set(hosts.of_publisher(credit.publisher)) - {member.host}
            exact = {host for host in others if host_and_path(host)[0] == credit.publisher}
            named_hosts = exact or others
            named = tuple(other for other in members if other.host in named_hosts)
            yield OriginCredit(member, credit, sure, named)


def _came_after(member: OriginCandidate, chosen: OriginCandidate) -> bool:
    """Whether its publisher did not list a member yet when another had the text."""
    since = unlisted_at(member)
    return since is not None and chosen.first_seen < since - CLOCKS_AGREE


def _sentence_of(named: OriginCredit, member: OriginCandidate) -> str:
    is_its_host = named.credit.publisher == host_and_path(member.host)[0]
    whose = "" if is_its_host else f": that is {member.host}"
    return f"{named.by.host} {named.credit.reasons[0].says}{whose}."


def _either(sure: Iterable[float]) -> float:
    """Return how sure it is that one at least of several independent statements is true (noisy-or)."""
    return 1 - math.prod(1 - chance for chance in sure)
