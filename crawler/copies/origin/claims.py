"""What a page says of when it was published, and how far its publisher's listing bears it out; pure.

Whatever a page or a listing states (a date in the text, in JSON-LD, in the address, in a sitemap) is
one publisher's word. What was seen here is none: at one visit a publisher's listing did not show the
page yet, at the next one it did.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from crawler.copies.records import CLOCKS_AGREE, stated_time

if TYPE_CHECKING:
    from datetime import datetime

    from crawler.copies.records import OriginCandidate


class Backing(StrEnum):
    """What stands behind a time that a page states."""

    LISTING = "listing"  # it lies between the last visit that did not show the page and the first that did
    OWN_WORD = "own word"  # nothing is known of when the page began to be listed
    REFUTED = "refuted"  # its publisher's listing did not show it then, nor for long after


@dataclass(frozen=True, slots=True)
class Claim:
    """When a member says that it was published, what stands behind it, and how far it is believed."""

    stated: datetime
    believed: datetime
    backing: Backing


def claim_of(member: OriginCandidate) -> Claim | None:
    """Return what a member states; None when it states nothing that could be, see `stated_time`."""
    stated = stated_time(member)
    if stated is None:
        return None
    since = listed_since(member)
    if since is None:
        return Claim(stated, stated, Backing.OWN_WORD)
    if stated >= since - CLOCKS_AGREE:
        return Claim(stated, max(stated, since), Backing.LISTING)
    if unlisted_at(member) is None:  # only others list it, maybe late
        return Claim(stated, stated, Backing.OWN_WORD)
    return Claim(stated, since, Backing.REFUTED)


def unlisted_at(member: OriginCandidate) -> datetime | None:
    """Return the last visit to its publisher's own listing that did not show a member; None: unknown."""
    return listed_since(member) if member.window is not None and member.window.own else None


def listed_since(member: OriginCandidate) -> datetime | None:
    """Return the last visit to its listing that did not show a member; None: unknown.

    Of a page that is listed for long and says now what it did not say then, nothing is known.
    """
    window = member.window
    if window is None or window.not_before is None:
        return None
    if member.first_seen > window.seen_at + CLOCKS_AGREE or window.not_before > member.first_seen:
        return None
    return window.not_before
