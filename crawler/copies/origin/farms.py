"""Which hosts are content farms, by what their articles were; pure.

The score is c (0.3 n + 0.3 w u + 0.4 d), from 0 to 1, where

- c is the share of a host's articles that are copies of another host's,
- n says that it has nothing of its own: 1 when all are copies, 0 from a fifth of its own on,
- w says how much of a copy is wrapper: 1 when it is a fifth, 0 when it is a twentieth or less,
- u is the share of copies that do not say whose the text is,
- d is the share of dated copies whose date is invented: that of our own visit.

A site that only reprints, credits and states true times has 0.3; copying alone makes no farm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.models.stories import DomainFacts

NOTHING_OWN = 0.3
WRAPPED = 0.3
INVENTED = 0.4

OWN_ENOUGH = 0.2
WRAPPER_OF_EDITS = 0.05
WRAPPER_OF_FARMS = 0.2

LEAST_ARTICLES = 10
"""Fewer say nothing."""

FARM = 0.5
"""The score from which a host is held for a farm: it takes two of the three."""


@dataclass(frozen=True, slots=True)
class FarmScore:
    """How much a host looks like a farm, whether it is held for one, and why, in words."""

    score: float
    is_farm: bool
    reasons: tuple[str, ...]


def farm_score(facts: DomainFacts) -> FarmScore:
    """Judge a host by what its articles of a period were."""
    if not facts.copies:
        return FarmScore(0.0, is_farm=False, reasons=("none of its articles is a copy",))
    copied = facts.copies / facts.articles
    own = min((1 - copied) / OWN_ENOUGH, 1.0)
    uncredited = 1 - facts.credited / facts.copies
    score = copied * (
        NOTHING_OWN * (1 - own)
        + WRAPPED * _wrapped(facts) * uncredited
        + INVENTED * (facts.invented / facts.dated if facts.dated else 0.0)
    )
    enough = facts.articles >= LEAST_ARTICLES
    return FarmScore(round(score, 3), enough and score >= FARM, tuple(_reasons(facts, enough)))


def _wrapped(facts: DomainFacts) -> float:
    share = ((facts.wrapper or 0.0) - WRAPPER_OF_EDITS) / (WRAPPER_OF_FARMS - WRAPPER_OF_EDITS)
    return min(max(share, 0.0), 1.0)


def _reasons(facts: DomainFacts, enough: bool) -> Iterator[str]:
    if not enough:
        yield f"fewer than {LEAST_ARTICLES} articles: too few to say"
    yield f"{facts.copies} of {facts.articles} articles are copies"
    if facts.invented:
        yield f"{facts.invented} of {facts.dated} dates are that of our visit"
    if _wrapped(facts) and facts.wrapper is not None:
        yield f"{facts.wrapper:.0%} of a copy is not the copied text"
    if facts.credited:
        yield f"{facts.credited} of {facts.copies} copies say whose the text is"
    if facts.originals:
        yield f"{facts.originals} of its articles were copied by others"
