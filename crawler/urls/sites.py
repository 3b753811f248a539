"""Whose an address is: which two are one publisher's, which is carried by another, which a front page; pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from crawler.urls.publishers import brand, is_carrier, is_number, publisher_of, site_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_ADDRESS_WITHIN = re.compile(r"https?(?::|%3a)(?:/|%2f){1,2}[^/\s].*", re.IGNORECASE)
_FRONT_PAGE = re.compile(
    r"/*(?:[a-z]{2}(?:[-_][a-z]{2})?/*)?(?:(?:index|default|home)(?:\.\w+)?/*)?"
)
_VARIANT = re.compile(
    r"www?\d*|m|mobi|mobile|amp|touch|lite|wap|edition|beta|stage|staging|dev|test|preview|origin|cdn"
    r"|old|new|next|feeds?|rss|secure|web|app|api|blogs?|cms|admin|intl?|[a-z]{2}"
)
_TRIMMINGS = re.compile(
    r"^(?:the|my|e|i)(?=\w{4})|(?<=\w{3})(?:online|digital|web|site|blog|media|tv|news|hub|mag|app|com|net|org)$"
)
_LEAST_LABEL = 5
"""Letters of a label that is told by itself; shorter ones are in too many names."""

_COMMON = frozenset(
    {
        *("news", "blog", "blogs", "sport", "sports", "money", "media", "online", "local", "world"),
        *("times", "business", "finance", "health", "travel", "today", "daily", "press", "radio"),
        *("video", "photo", "style", "magazine", "opinion", "politics", "weather", "tech"),
    }
)


def host_and_path(address: str) -> tuple[str, str]:
    """Split an address into its host (without www) and its path; empty when it is broken."""
    try:
        parts = urlsplit(address if "//" in address else f"//{address}")
        return (parts.hostname or "").removeprefix("www."), parts.path
    except ValueError:
        return "", ""


def own_address(url: str) -> str:
    """Return the address that a page had before an archive, a cache or a proxy carried it.

    Empty when a carrier does not say.
    """
    if not is_carrier(host_and_path(url)[0]):
        return url
    within = _ADDRESS_WITHIN.search(url, 9)
    return unquote(within.group()) if within else ""


def is_front_page(path: str) -> bool:
    """Whether a path leads to a site's front page, be it in one of its languages."""
    return _FRONT_PAGE.fullmatch(path.lower()) is not None


def is_same_site(url: str, other: str, *, names_itself: bool) -> bool:
    """Whether two addresses, of which one leads to the other, are of one publisher.

    Hosts are whose `publisher_of` says, but for a part of one domain that has a page of its own: at
    another path, under a name that is no variant (m., amp., en.) of the other and no part of its
    path, and only if the page says where itself is (`names_itself`). As one page names the other,
    a like spelling (daily.co.uk and daily.com) is taken for an alias too; of two hosts that nothing
    connects it would prove nothing, which is why `publisher_of` doesn't look at it.
    """
    (host, path), (other_host, other_path) = host_and_path(url), host_and_path(other)
    if host == other_host:
        return True
    if is_number(host) or is_number(other_host):
        return False
    if publisher_of(host) == publisher_of(other_host):
        titled = names_itself and site_of(host) == site_of(other_host)
        return not (titled and _is_a_title_of_its_own(host, path, other_host, other_path))
    return _is_alias(host, other_host) or _is_alias(other_host, host)


def _is_a_title_of_its_own(host: str, path: str, other_host: str, other_path: str) -> bool:
    labels, others = set(host.split(".")), set(other_host.split("."))
    titles = {label for label in labels ^ others if _VARIANT.fullmatch(label) is None}
    moved = titles & ((labels & _parts(other_path)) | (others & _parts(path)))
    return bool(titles) and not moved and _parts(path) != _parts(other_path)


def _parts(path: str) -> set[str]:
    return {part for part in path.lower().split("/") if part}


def _is_alias(host: str, other: str) -> bool:
    """Whether the second host is likely another name of the first one's publisher."""
    own, theirs = _plain(brand(host)), _plain(brand(other))
    if own == theirs or _trimmed(own) == _trimmed(theirs):
        return True
    dashed = site_of(host).replace(".", "-")
    labels = _chosen_labels(other)
    if any(label == dashed or label.startswith(f"{dashed}-") for label in labels):
        return True
    if len(own) >= _LEAST_LABEL and own in _beginnings(other):
        return True
    return any(
        len(label) >= _LEAST_LABEL and label not in _COMMON and _plain(label) == own
        for label in labels
    )


def _beginnings(host: str) -> Iterator[str]:
    """Yield what a host's own label begins with, up to each of its hyphens."""
    parts = brand(host).split("-")
    return ("".join(parts[:end]) for end in range(1, len(parts)))


def _chosen_labels(host: str) -> list[str]:
    """Return the labels of a host that its publisher chose: those before the public suffix."""
    labels = host.lower().split(".")
    return labels[: len(labels) - site_of(host).count(".")]


def _trimmed(label: str) -> str:
    return _TRIMMINGS.sub("", label)


def _plain(label: str) -> str:
    return re.sub(r"[\W_]", "", label.casefold())
