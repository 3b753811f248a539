"""Whether two polls of a listing overlap, and how many articles fell out of it between them; pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from crawler.listings.identity import IdentifiedItem
from crawler.urls.sites import is_same_site
from storage.models.listings import ListedItem
from storage.models.sources import Source

_SHRUNK = 0.7  # of the items listed before; fewer are a part of the listing, which proves nothing


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a listing proves of the time since the last poll.

    `overlap` is the share of its items that was known, None when it proves nothing; `missed` is how
    many articles may have come and gone unseen.
    """

    overlap: float | None
    missed: int = 0


def coverage_of(
    source: Source, identified_items: Sequence[IdentifiedItem], now: datetime
) -> Coverage:
    """Hold a listing against what the last one left; a first listing has nothing to be held against.

    A listing that names a known page, or an item from before the last poll, reaches back to it:
    nothing fell out between. One that is empty, or much shorter than the last, is only a part.
    """
    last = source.health.last_success_at
    if (
        source.health.primed_at is None
        or last is None
        or not source.listing.listed
        or not identified_items
    ):
        return Coverage(None)
    if len(identified_items) < _SHRUNK * source.listing.listed:
        return Coverage(None)
    known_count = sum(1 for identified in identified_items if identified.is_known)
    dates = [
        identified.item.published for identified in identified_items if identified.item.published
    ]
    if known_count:
        return Coverage(known_count / len(identified_items))
    if dates and min(dates) <= last:
        return Coverage(None)  # it reaches back to the last poll, under names that nobody knows
    return Coverage(
        0.0,
        _missed(source.schedule.article_rate, len(identified_items), (now - last).total_seconds()),
    )


def _missed(rate: float, listed: int, seconds: float) -> int:
    """Estimate by the source's rhythm (articles an hour) what came beside what is listed."""
    return max(1, math.ceil(rate * seconds / 3600) - listed)


def hidden_by(
    since: datetime,
    until: datetime,
    items: Sequence[ListedItem],
    *,
    site: str,
    known: Sequence[str],
) -> list[ListedItem]:
    """Return the items of a sitemap that a gap between two polls may have hidden from a source.

    They are dated inside (or were changed last, where nothing more is said), and stand where the
    source's pages stand: on its site, in the sections of those that are known (`known` are addresses
    of its pages). A sitemap is of the whole site.
    """
    sections = {_section(url) for url in known}
    return [
        item
        for item in items
        if (moment := item.published or item.changed) is not None
        and since <= moment <= until
        and is_same_site(item.url, site, names_itself=True)
        and (not sections or _section(item.url) in sections)
    ]


def _section(url: str) -> str:
    """Return the first part of an address's path; "" for a page at the top, or below a year."""
    first, _, rest = urlsplit(url).path.strip("/").partition("/")
    return first if rest and not first.isdigit() else ""
