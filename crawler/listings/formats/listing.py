"""Reads a listing, whichever kind its content shows: a JSON Feed, a sitemap, or a feed in XML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.listings.formats import feed
from crawler.listings.formats.gzip_listing import inflated
from crawler.listings.formats.json_feed import looks_like_json, read_json_feed
from crawler.listings.formats.section import read_section
from crawler.listings.formats.sitemap import looks_like_sitemap, read_sitemap
from storage.models.sources import SourceKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from storage.models.listings import Listing


def read_listing(
    body: bytes,
    *,
    url: str,
    content_type: str | None,
    max_items: int,
    now: datetime,
    kind: SourceKind | None = None,
    learned: Mapping[str, Any] | None = None,
    links: Sequence[str] = (),
) -> Listing:
    """Read the newest `max_items` items of a listing; neither its name nor its type is believed.

    Only a section page is one because it was chosen to be (`kind`): any page has links. `learned`
    is what was learned of its links, `links` what its site's rules say of them.

    Raises ExtractError(NOT_A_FEED) for what is no listing, TOO_LARGE for what swells past bounds.
    """
    whole = inflated(body)
    if kind is SourceKind.SECTION:
        return read_section(whole, url=url, max_items=max_items, learned=learned, links=links)
    if looks_like_json(whole):
        return read_json_feed(whole, url=url, max_items=max_items, now=now)
    if looks_like_sitemap(whole):
        return read_sitemap(whole, url=url, max_items=max_items, now=now)
    return feed.read_listing(
        whole, url=url, content_type=content_type, max_items=max_items, now=now
    )
