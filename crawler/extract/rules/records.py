"""A site's own rules of extraction as an operator wrote them, and what they make of addresses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from crawler.urls.canonical import canonical_url, host_of
from storage.errors import InputError

if TYPE_CHECKING:
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


@dataclass(frozen=True, slots=True)
class Rewrite:
    """An address that `pattern` (a regular expression) finds is written anew, as `re.sub` has it."""

    pattern: str
    replace: str


@dataclass(frozen=True, slots=True)
class SiteRules:
    """CSS selectors for the pages of some hosts; of each kind the first that finds something counts.

    `hosts` are names, or "*.name" for a domain and all below it. `drop` is taken out of a page
    before anything is read. `links` are the links to articles of a section page, or what they stand
    in; `rewrite` gives listed articles other addresses. What is left empty is learned as on any
    other site.
    """

    hosts: tuple[str, ...]
    title: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    rewrite: tuple[Rewrite, ...] = ()
    file: str = ""  # where they are written

    def are_of(self, host: str) -> bool:
        """Tell whether they are for this host."""
        bare = host.rpartition(":")[0] or host
        return any(
            bare == name or (name.startswith("*.") and f".{bare}".endswith(name[1:]))
            for name in self.hosts
        )


@dataclass(frozen=True, slots=True)
class AllRules:
    """The rules of all sites that have some."""

    sites: tuple[SiteRules, ...] = ()

    def of(self, host: str) -> SiteRules | None:
        """Return a host's rules; those that name it exactly before those of its domain."""
        fitting: Sequence[SiteRules] = [rules for rules in self.sites if rules.are_of(host)]
        bare = host.rpartition(":")[0] or host
        return next((rules for rules in fitting if bare in rules.hosts), next(iter(fitting), None))
