"""The funnel as steps to draw: what came in, what went on, and the name of each loss."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scheduler.wording.formatters import words_of
from storage.reports.statistics import Funnel


@dataclass(frozen=True, slots=True)
class FunnelLoss:
    """What did not go on to the next step. `alarming` losses are nobody's intention."""

    name: str
    amount: int
    alarming: bool = False


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """One step; `width` is how wide to draw it, 0 to 100, on a scale that keeps small ones seen."""

    name: str
    unit: str
    amount: int
    width: float
    next_width: float
    losses: tuple[FunnelLoss, ...]


def funnel_steps(funnel: Funnel) -> tuple[FunnelStep, ...]:
    """Return the steps in order, with only those losses that happened."""
    drafts = _drafts(funnel)
    most = max(amount for _, _, amount, _ in drafts)
    widths = [_width(amount, most) for _, _, amount, _ in drafts]
    following = [*widths[1:], widths[-1]]
    return tuple(
        FunnelStep(
            name, unit, amount, width, after, tuple(loss for loss in losses if loss.amount > 0)
        )
        for (name, unit, amount, losses), width, after in zip(
            drafts, widths, following, strict=True
        )
    )


def _drafts(funnel: Funnel) -> list[tuple[str, str, int, list[FunnelLoss]]]:
    other = funnel.requests - funnel.not_modified - funnel.failed_requests - funnel.fetched
    refused = [FunnelLoss(words_of(name), amount) for name, amount in funnel.refused.items()]
    return [
        (
            "Asked",
            "requests",
            funnel.requests,
            [
                FunnelLoss("not modified", funnel.not_modified),
                FunnelLoss("failed", funnel.failed_requests, alarming=True),
                FunnelLoss("feeds and second looks", other),
            ],
        ),
        ("Fetched", "pages read", funnel.fetched, refused),
        ("New", "articles", funnel.new, [FunnelLoss("copies folded", funnel.copies)]),
        (
            "Unique",
            "stories",
            funnel.unique,
            # Two topics may match one story, so this is what is certain, not all.
            [FunnelLoss("or more matched no topic", funnel.unique - funnel.matched)],
        ),
        (
            "Matched",
            "stories by topic",
            funnel.matched,
            [FunnelLoss("held as backlog", funnel.held)],
        ),
        (
            "Alerted",
            "alerts",
            funnel.alerted,
            [
                FunnelLoss("still waiting", funnel.pending),
                FunnelLoss("given up", funnel.dead, alarming=True),
            ],
        ),
        ("Delivered", "deliveries", funnel.delivered, []),
    ]


def _width(amount: int, most: int) -> float:
    if amount <= 0:
        return 0.0
    return round(max(4.0, 100 * math.sqrt(amount / most)), 1)
