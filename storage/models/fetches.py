"""Fetches: the lines of the request ledger. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class Purpose(StrEnum):
    """What a request was made for."""

    LISTING = "listing"
    PAGE = "page"
    ROBOTS = "robots"
    LOOK = "look"  # an operator's: source add, source check


@dataclass(frozen=True, slots=True)
class Fetch:
    """One request: a line of the request ledger.

    `at` is when it was sent, `seconds` until its answer was read. `gap` is the least time in
    seconds that was to pass since the host's last answer, `domain` the registrable domain,
    `retry_after` until when the host asked us to stay away. `is_foreign` when its source is of
    another publisher than the host.
    """

    url: str
    host: str
    source_id: int | None
    page_id: int | None
    at: datetime
    seconds: float
    status: int | None
    size: int  # bytes of body, decoded
    outcome: str  # "ok", "not_modified", or a Problem's value
    purpose: Purpose = Purpose.PAGE
    domain: str = ""
    gap: float = 0.0
    retry_after: datetime | None = None
    conditional: bool = False
    is_foreign: bool = False

    @property
    def ended(self) -> datetime:
        """When its answer had been read."""
        return self.at + timedelta(seconds=self.seconds)
