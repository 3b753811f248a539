"""Which article of a story was first: the evidence, weighed and said in plain sentences; pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.copies.origin.derivation import by_containment
from crawler.copies.origin.named_origin import NamedOrigins
from crawler.copies.origin.owners import by_owners
from crawler.copies.origin.times import by_times
from storage.models.stories import DomainReputation, Evidence, Origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crawler.copies.records import OriginCandidate

# Weights are in the unit of log-odds: 1 makes an article e times as likely to be the original.
A_FARM = -6.0
MOST_FROM_HISTORY = 0.5

LEAST_HISTORY = 3
"""Earlier stories that two hosts must have had in common before who led says anything."""

UNKNOWN = DomainReputation(frozenset(), {})
"""What is known of hosts in an installation that has just begun."""


def choose_origin(
    members: Sequence[OriginCandidate], standing: DomainReputation = UNKNOWN
) -> Origin:
    """Choose a story's original among its members, in whatever order they are given.

    `standing` is what earlier stories showed of their hosts. The article chosen is never a content
    farm's while another member's host is none. When members name a publisher that is none of them,
    and more surely than they name the article chosen, `named_publisher` is the answer, the article
    the best copy that is known, and the confidence that of the naming; otherwise it is the
    article's share of the odds. Raises ValueError without members.
    """
    if not members:
        raise ValueError("a story has at least one member")
    ordered = sorted(members, key=lambda member: (member.first_seen, member.article_id))
    named = NamedOrigins.of(ordered, standing.farms)
    evidence = [
        *by_times(ordered),
        *by_containment(ordered),
        *named.evidence(),
        *by_owners(ordered),
        *_by_history(ordered, standing),
        *_against_farms(ordered, standing),
    ]
    scores = _scores(ordered, evidence)
    best = max(_eligible(ordered, standing), key=lambda member: scores[member.article_id])
    outsider = named.outside_origin(best)
    share = _share_of_odds(best.article_id, scores)
    return Origin(
        article_id=best.article_id,
        confidence=share if outsider is None else outsider.sure,
        evidence=tuple(sorted(evidence, key=_weightiest_first)),
        named_publisher=None if outsider is None else outsider.publisher,
    )


def _by_history(
    members: Sequence[OriginCandidate], standing: DomainReputation
) -> Iterator[Evidence]:
    """Weigh who was first in earlier stories: of two hosts by what both had, else by all it had.

    It weighs little: the history is that of our own earlier choices.
    """
    hosts = tuple(dict.fromkeys(member.host for member in members))
    for member in members if len(hosts) > 1 else ():
        pairs = [_led(member.host, other, standing) for other in hosts]
        leads = max((lead for lead in pairs if lead.weight > 0), key=_weight, default=None)
        lags = min((lead for lead in pairs if lead.weight < 0), key=_weight, default=None)
        overall = _copied(member.host, standing) if leads is lags is None else None
        for kind, lead in (("leads", leads), ("lags", lags), ("history", overall)):
            if lead is not None:
                yield Evidence(member.article_id, kind, lead.says, lead.weight)


@dataclass(frozen=True, slots=True)
class _Lead:
    weight: float
    says: str


def _weight(lead: _Lead) -> float:
    return lead.weight


def _led(host: str, other: str, standing: DomainReputation) -> _Lead:
    """Say how often a host was first in the stories that it had in common with another.

    The weight is a share of `MOST_FROM_HISTORY` by the rule of succession.
    """
    first, second = (standing.led.get(pair, 0) for pair in ((host, other), (other, host)))
    both = first + second
    if host == other or both < LEAST_HISTORY or first == second:
        return _Lead(0.0, "")
    leader, led, number = (host, other, first) if first > second else (other, host, second)
    share = (first - second) / (both + 2)
    sentence = f"In {number} of {both} earlier stories that {leader} and {led} both had, {leader} was first."
    return _Lead(MOST_FROM_HISTORY * share, sentence)


def _copied(host: str, standing: DomainReputation) -> _Lead | None:
    """Say how often a host was copied, and how often it was the one that copied."""
    copied, copying = standing.copied.get(host, 0), standing.copying.get(host, 0)
    if copied + copying < LEAST_HISTORY:
        return None
    share = (copied - copying) / (copied + copying + 2)
    sentence = f"In earlier stories {host} copied {copying} times and was copied {copied} times."
    return _Lead(MOST_FROM_HISTORY * share, sentence)


def _against_farms(
    members: Sequence[OriginCandidate], standing: DomainReputation
) -> Iterator[Evidence]:
    for member in members:
        if len(members) > 1 and member.host in standing.farms:
            sentence = f"{member.host} is held for a content farm: no original while a better copy is known."
            yield Evidence(member.article_id, "farm", sentence, A_FARM)


def _eligible(
    members: Sequence[OriginCandidate], standing: DomainReputation
) -> Sequence[OriginCandidate]:
    """Leave the farms out, unless there is nothing else."""
    return [member for member in members if member.host not in standing.farms] or members


def _scores(members: Sequence[OriginCandidate], evidence: Iterable[Evidence]) -> dict[int, float]:
    scores = {member.article_id: 0.0 for member in members}
    for item in evidence:
        scores[item.article_id] += item.weight
    return scores


def _share_of_odds(chosen: int, scores: Mapping[int, float]) -> float:
    highest = max(scores.values())
    odds = {article_id: math.exp(score - highest) for article_id, score in scores.items()}
    return odds[chosen] / sum(odds.values())


def _weightiest_first(item: Evidence) -> tuple[float, int, str, str]:
    return -abs(item.weight), item.article_id, item.kind, item.says
