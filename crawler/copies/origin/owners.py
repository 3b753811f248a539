"""Members on hosts that are known for texts of their own: agencies, issuers, public bodies; pure.

What they are is known by their hosts, from our own lists, never by what a page says of itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.copies.origin.credits import named_origin, own_agency_lines
from crawler.lexicon.agencies import agency_of_host
from crawler.urls.publishers import is_official
from crawler.urls.sites import host_and_path
from storage.models.stories import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.copies.records import OriginCandidate

AN_AGENCY = 1.4
"""An agency's texts are printed by others; what it prints of others it credits."""

SIGNED_BY_ITSELF = 1.8
A_DISTRIBUTOR = 0.8
A_PUBLIC_BODY = 1.5


def by_owners(members: Sequence[OriginCandidate]) -> Iterator[Evidence]:
    """Weigh what a member's host is known for, unless its page says that the text is another's."""
    for member in members if len(members) > 1 else ():
        host = host_and_path(member.address)[0]
        agency = agency_of_host(host)
        is_known = agency is not None or is_official(host)
        if not is_known or named_origin(member.address, member.signals) is not None:
            continue
        if agency is None:
            says = f"{member.host} is a public body's: others print what it states."
            yield Evidence(member.article_id, "public_body", says, A_PUBLIC_BODY)
            continue
        if not agency.distributes:
            says = f"{member.host} is the site of {agency.name}: others print its texts."
            yield Evidence(member.article_id, "agency", says, AN_AGENCY)
        for line in own_agency_lines(member.address, member.signals)[:1]:
            weight = A_DISTRIBUTOR if agency.distributes else SIGNED_BY_ITSELF
            says = f"{member.host} signs it with its own name: “{line}”."
            yield Evidence(member.article_id, "signed", says, weight)
