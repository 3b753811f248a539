"""Writes the addresses of a listing's items as a site's rules want them."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from crawler.urls.canonical import canonical_url, host_of
from storage.errors import InputError

if TYPE_CHECKING:
    from crawler.extract.rules.records import AllRules, SiteRules
    from storage.models.listings import ListedItem, Listing


def rewritten(listing: Listing, rules: AllRules) -> Listing:
    """Return a listing whose items stand at the addresses that their sites' rules make of them.

    An address that would be none any more stays as it is.
    """
    if not any(site.rewrite for site in rules.sites):
        return listing
    return replace(listing, items=tuple(_rewritten(item, rules) for item in listing.items))


def rewrite_url(url: str, rules: SiteRules) -> str:
    """Apply a site's rewriting to an address: each of its patterns once, in their order."""
    written = url
    for each in rules.rewrite:
        written = _compiled(each.pattern).sub(each.replace, written, count=1)
    try:
        return canonical_url(written)
    except InputError:
        return url


def _rewritten(item: ListedItem, rules: AllRules) -> ListedItem:
    site = rules.of(host_of(item.url))
    if site is None or not site.rewrite:
        return item
    return replace(item, url=rewrite_url(item.url, site))


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
