"""Whose is a host: the one rule by which two hosts are one publisher's or two publishers'."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from crawler.lexicon.agencies import agencies
from crawler.urls.addresses import is_address
from crawler.urls.host_lists import (
    BRANDS,
    CARRIERS,
    HOSTED,
    MEETING_PLACES,
    OFFICIAL,
    OFFICIAL_LABELS,
    WORKSHOPS,
)

if TYPE_CHECKING:
    from tldextract import TLDExtract

_MOST_HOSTS = 65_536  # that are remembered
_PORT = re.compile(r":\d*$")


@lru_cache(maxsize=_MOST_HOSTS)
def publisher_of(host: str) -> str:
    """Return the domain that stands for the publisher of a host: its key, to be compared.

    Hosts of one registrable domain are one publisher's, and so are the domains of one brand
    (apnews.com and ap.org). Under a public suffix, be it a registry's (co.uk, kyoto.jp) or a
    private one (github.io, and `HOSTED`), each name is another publisher. A port does not count,
    but for an IP address, which is a publisher by itself. Takes what an article has for a host:
    for text that is no host name, "" included, that text is returned.
    """
    site = site_of(host)
    labels = _PORT.sub("", host.lower()).split(".")
    tails = (".".join(labels[start:]) for start in range(len(labels)))
    return next((_brands()[tail] for tail in tails if tail in _brands()), site)


@lru_cache(maxsize=_MOST_HOSTS)
def site_of(host: str) -> str:
    """Return the domain that is one publisher's whole, by itself: of two domains of a brand, the own."""
    name = host.lower().removeprefix("www.")
    domain = registrable_domain(name)
    if domain not in HOSTED:
        return domain
    return ".".join(_PORT.sub("", name).split(".")[-2 - domain.count(".") :])


@lru_cache(maxsize=_MOST_HOSTS)
def registrable_domain(host: str) -> str:
    """Return what was registered of a host (as in a URL, with its port if it has one).

    By the public suffix list with its private section (publicsuffix.org), as it was installed with
    tldextract: nothing is fetched. An address, or a suffix itself, is its own; of a suffix that the
    list lacks, the last two labels are taken.
    """
    name = _PORT.sub("", host)
    if is_address(name.strip("[]")):
        return host
    parts = _suffix_list().extract_str(name)
    if parts.suffix:
        return f"{parts.domain}.{parts.suffix}" if parts.domain else name
    return ".".join(name.split(".")[-2:])  # the list's own rule for a suffix that it lacks


def brand(host: str) -> str:
    """Return the label of a host that is the publisher's: "bbc" of www.bbc.co.uk and m.bbc.com."""
    site = site_of(host)
    return site if is_number(site) else site.partition(".")[0]


def is_number(host: str) -> bool:
    """Whether a host is an IP address, of which no part names a publisher."""
    return host.rpartition(".")[2].isdigit() or ":" in host


def is_public_name(host: str) -> bool:
    """Whether a host could be anyone's public site."""
    labels = host.split(".")
    return len(labels) > 1 and all(labels) and not labels[-1].isdigit()


def is_carrier(host: str) -> bool:
    """Whether a host carries other publishers' pages under its own name."""
    return _ends_with(host, CARRIERS) or host.startswith(("feeds.", "rss.", "webcache."))


def can_be_named(host: str) -> bool:
    """Whether a host could be a publisher's public site."""
    return is_public_name(host) and not is_carrier(host) and not _ends_with(host, WORKSHOPS)


def is_meeting_place(host: str) -> bool:
    """Whether a host is where links lead that credit nobody's newsroom."""
    return _ends_with(host, MEETING_PLACES)


@lru_cache(maxsize=_MOST_HOSTS)
def is_official(host: str) -> bool:
    """Whether a host is a public body's, by a domain under which nobody else gets a name."""
    name = _PORT.sub("", host.lower())
    suffix = "" if is_number(name) else _suffix_list().extract_str(name).suffix
    return suffix.partition(".")[0] in OFFICIAL_LABELS or _ends_with(name, OFFICIAL)


def _ends_with(host: str, names: tuple[str, ...]) -> bool:
    return any(host == name or host.endswith(f".{name}") for name in names)


@cache
def _brands() -> dict[str, str]:
    brands = (*(agency.sites for agency in agencies()), *BRANDS)
    return {domain: domains[0] for domains in brands for domain in domains}


@cache
def _suffix_list() -> TLDExtract:
    from tldextract import TLDExtract  # noqa: PLC0415 - 100 ms of imports that few commands need

    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
