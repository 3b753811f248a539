"""When a member of a story was published, as far as its page can be believed; pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from crawler.copies.records import OriginCandidate

CLOCKS_AGREE = timedelta(minutes=2)
"""A page that states the very moment we came states the moment of the visit, not its own."""


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
