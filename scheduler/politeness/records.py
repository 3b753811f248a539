"""What the proof of politeness says: rules, what broke them, and figures by host; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storage.models.fetches import Fetch


class PolitenessRule(StrEnum):
    """What is promised to publishers."""

    ONE_AT_A_TIME = "one request at a time a host"
    GAP = "the gap between two requests to a host"
    CLOSED = "nothing while Retry-After or a back-off lasts"
    ROBOTS = "nothing that robots.txt forbids"
    ROBOTS_DAILY = "robots.txt at most once a day"
    BUDGET = "the daily requests of a source"
    CONTACT = "a contact in the user agent"


@dataclass(frozen=True, slots=True)
class BrokenPromise:
    """A line of the ledger that breaks a rule; None when no single line does."""

    rule: PolitenessRule
    says: str
    line: Fetch | None


@dataclass(frozen=True, slots=True)
class HostFigures:
    """How one host was asked. Gaps are seconds from an answer to the next request.

    `cut_delay` is the Crawl-delay that the host asks for when it is longer than what we keep.
    """

    host: str
    requests: int
    not_modified: int
    size: int  # bytes
    refusals: int  # 429 and 503
    mean_gap: float | None
    least_gap: float | None
    cut_delay: float | None
    broken: int


@dataclass(frozen=True, slots=True)
class PolitenessProof:
    """What the ledger shows. `proved` and `unproved` count lines by rule, and by why they are not.

    Of the broken lines only the first are kept; `broken_total` counts all of them.
    """

    since: datetime
    until: datetime
    requests: int
    hosts: tuple[HostFigures, ...]
    proved: dict[PolitenessRule, int]
    unproved: dict[str, int]
    broken: tuple[BrokenPromise, ...]
    broken_total: int

    @property
    def holds(self) -> bool:
        """Tell whether no rule was broken, as far as can be seen."""
        return self.broken_total == 0
