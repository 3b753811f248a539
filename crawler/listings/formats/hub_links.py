"""Which hub pushes a listing, and under which address: links "hub" and "self" (WebSub, section 4); pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from crawler.urls.canonical import MAX_LENGTH

_LINK = re.compile(r"<([^<>]*)>([^<>]*)")
_REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", re.IGNORECASE)
_ANCHOR = re.compile(r";\s*anchor\s*=", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HubLinks:
    """The first hub that is named, and the address under which hubs know the listing."""

    hub_url: str | None = None
    self_url: str | None = None


def hub_links(links: Iterable[tuple[str, str]], base: str) -> HubLinks:
    """Find them among links, given as pairs of their relations and address."""
    addresses: dict[str, str] = {}
    for relations, href in links:
        address = exact_link(href, base)
        for relation in relations.lower().split():
            if address is not None:
                addresses.setdefault(relation, address)
    return HubLinks(addresses.get("hub"), addresses.get("self"))


def read_link_header(value: str | None) -> list[tuple[str, str]]:
    """Read a Link header (RFC 8288) into pairs of relations and address.

    A link that has an anchor speaks of something else than what was asked for, and is left out.
    """
    pairs = []
    for href, parameters in _LINK.findall(value or ""):
        relation = _REL.search(parameters)
        if relation is not None and not _ANCHOR.search(parameters):
            pairs.append((relation[1] or relation[2] or "", href.strip()))
    return pairs


def exact_link(href: object, base: str) -> str | None:
    """Resolve a web address and change nothing else: a hub knows a topic by its very letters."""
    if not isinstance(href, str) or not href.strip():
        return None
    try:
        address = urljoin(base, href.strip())
        parts = urlsplit(address)
    except ValueError:  # such as a bracket that is no IPv6 address
        return None
    usable = parts.scheme in ("http", "https") and parts.hostname and len(address) <= MAX_LENGTH
    return address if usable else None
