"""Reads a listing, whichever kind its content shows: a JSON Feed, a sitemap, or a feed in XML."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from crawler.extract.markup.charset import in_utf8
from crawler.listings.formats.feed import read_feed
from crawler.listings.formats.json_feed import looks_like_json, read_json_feed
from crawler.listings.formats.long_listing import Before
from crawler.listings.formats.section import read_section
from crawler.listings.formats.sitemap import looks_like_sitemap, read_sitemap
from crawler.settings import SITEMAP_BYTES
from storage.errors import ExtractError
from storage.models.listings import Listing
from storage.models.problems import Problem
from storage.models.sources import SourceKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

_UNKNOWN = Before()
_MAGIC = b"\x1f\x8b"
_GZIP = 16 + zlib.MAX_WBITS


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
    before: Before = _UNKNOWN,
) -> Listing:
    """Read the newest `max_items` items of a listing; neither its name nor its type is believed.

    Only a section page is one because it was chosen to be (`kind`): any page has links. `learned`
    is what was learned of its links, `links` what its site's rules say of them; `before` what
    is known of the listing.

    Raises ExtractError(NOT_A_FEED) for what is no listing, TOO_LARGE for what swells past bounds.
    """
    if kind is SourceKind.SECTION:
        return read_section(
            _inflated(body),
            url=url,
            content_type=content_type,
            max_items=max_items,
            learned=learned,
            links=links,
        )
    whole = in_utf8(_inflated(body), content_type)
    read = (
        read_json_feed
        if looks_like_json(whole)
        else read_sitemap
        if looks_like_sitemap(whole)
        else read_feed
    )
    return read(whole, url=url, max_items=max_items, now=now, before=before)


def _inflated(body: bytes) -> bytes:
    """Return a listing, unpacked where it is gzip; a file cut short gives what came of it.

    Raises ExtractError: TOO_LARGE past `SITEMAP_BYTES`, NOT_A_FEED for what only begins like gzip.
    """
    if not body.startswith(_MAGIC):
        return body
    unpacking = zlib.decompressobj(_GZIP)
    try:
        whole = unpacking.decompress(body, SITEMAP_BYTES + 1)
    except zlib.error as error:
        raise ExtractError(Problem.NOT_A_FEED, "the answer is a broken gzip file") from error
    if len(whole) > SITEMAP_BYTES:
        raise ExtractError(Problem.TOO_LARGE, f"more than {SITEMAP_BYTES} bytes when unpacked")
    return whole
