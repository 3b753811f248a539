"""Which article of a story was there first: by what was seen here, and by what pages state; pure.

What was seen is a fact. What a page states is believed back to the last visit to its publisher's
listing that did not show it, and little where no such visit is known and another's word is backed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from crawler.copies.origin.claims import Backing, claim_of, listed_since, unlisted_at
from crawler.copies.records import CLOCKS_AGREE
from crawler.urls.publishers import publisher_of
from storage.models.stories import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from crawler.copies.origin.claims import Claim
    from crawler.copies.records import OriginCandidate

# Weights are in the unit of log-odds, as in `original`. `python -m tests.bench origin` holds them.
FIRST_STATED = 1.0
"""The earliest time, where visits to listings bear out that it may be so."""

FIRST_LISTED = 0.5
"""The same of a page that states an earlier time than its listing bears out, and was seen first."""

FIRST_BY_WORD = 2.0
"""The earliest time where nothing is known of any listing: then what pages state is all there is."""

ONLY_BY_WORD = 0.3
"""The same of a page of whose listing nothing is known, where something is of another's."""

STATED_TOO_EARLY = -1.5
SURELY_TOO_EARLY = timedelta(hours=3)
"""From so long before its listing on a stated time is no draft's, and weighs its whole weight."""

FIRST_SEEN = 0.4
LISTED_AFTER = -0.5
"""A page that its publisher's listing did not show when another had the text already."""

CLAIMS_EARLY, LISTED_LATER = "claims_early", "listed_later"
AGAINST_FORGING = frozenset({CLAIMS_EARLY, LISTED_LATER})
"""The kinds of evidence that speak against an article because it was not there when it says."""


def by_times(members: Sequence[OriginCandidate]) -> Iterator[Evidence]:
    """Weigh who was first among members that stand in the order in which they were seen."""
    if len(members) == 1:
        return
    first = members[0]
    yield from _by_stated_times(members)
    sentence = f"{first.host} was seen first, at {clock(first.first_seen)}."
    yield Evidence(first.article_id, "first_seen", sentence, FIRST_SEEN)
    yield from _by_listings(members)


def _by_stated_times(members: Sequence[OriginCandidate]) -> Iterator[Evidence]:
    """Hold the earliest believable time for its member; copies often repeat their original's.

    Of who was seen first a time that was stated too early is believed as far as it can be: listings
    lag behind their pages. Of others it says nothing.
    """
    claims = {member: claim for member in members if (claim := claim_of(member)) is not None}
    yield from _too_early(claims)
    alone = {m: c.believed for m, c in claims.items() if c.backing is Backing.OWN_WORD}
    borne_out = {
        member: claim.believed
        for member, claim in claims.items()
        if claim.backing is Backing.LISTING
        or (claim.backing is Backing.REFUTED and member is members[0])
    }
    for member, says in _earliest(members, borne_out):
        is_backed = claims[member].backing is Backing.LISTING
        weight = FIRST_STATED if is_backed else FIRST_LISTED
        yield Evidence(member.article_id, "published", says, weight)
    if borne_out:
        before = min(borne_out.values()) - CLOCKS_AGREE
        alone = {member: stated for member, stated in alone.items() if stated < before}
    is_known = any(listed_since(member) for member in members)
    for member, says in _earliest(members, alone):
        weight = ONLY_BY_WORD if is_known else FIRST_BY_WORD
        yield Evidence(member.article_id, "published", says, weight)


def _too_early(claims: Mapping[OriginCandidate, Claim]) -> Iterator[Evidence]:
    for member, claim in claims.items():
        if claim.backing is Backing.REFUTED:
            gap = (claim.believed - claim.stated) / SURELY_TOO_EARLY
            weight = STATED_TOO_EARLY * min(gap, 1.0)
            says = f"{member.host} claims {clock(claim.stated)}, first listed after {clock(claim.believed)}."
            yield Evidence(member.article_id, CLAIMS_EARLY, says, weight)


def _earliest(
    members: Sequence[OriginCandidate], times: Mapping[OriginCandidate, datetime]
) -> Iterator[tuple[OriginCandidate, str]]:
    if not times:
        return
    earliest = min(times.values())
    if any(member.first_seen < earliest - CLOCKS_AGREE for member in members):
        return  # we had the text before anyone states to have published it
    for member, stated in times.items():
        if stated - earliest <= CLOCKS_AGREE:
            yield member, f"{member.host} states the earliest time of publication, {clock(stated)}."


def _by_listings(members: Sequence[OriginCandidate]) -> Iterator[Evidence]:
    """Speak against whom their own publisher did not list yet when another had the text."""
    for member in members:
        since = unlisted_at(member)
        if since is None:
            continue
        publisher = publisher_of(member.host)
        before = (
            other
            for other in members
            if other.first_seen < since - CLOCKS_AGREE and publisher_of(other.host) != publisher
        )
        other = next(before, None)
        if other is not None:
            says = (
                f"{member.host} was first listed after {clock(since)}: "
                f"{other.host} had the text at {clock(other.first_seen)}."
            )
            yield Evidence(member.article_id, LISTED_LATER, says, LISTED_AFTER)


def clock(time: datetime) -> str:
    """Return a time as it stands in evidence: to the minute, in UTC."""
    return f"{time:%Y-%m-%d %H:%M} UTC"
