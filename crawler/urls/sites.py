"""Whose site an address is on: which addresses are one publisher's, and which are nobody's own; pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from crawler.lexicon.agencies import agency_of_host
from crawler.urls.publishers import brand, host_and_path, is_public_name

if TYPE_CHECKING:
    from collections.abc import Iterator

_CARRIERS = (
    *("archive.org", "archive.ph", "archive.today", "archive.is", "perma.cc", "webcitation.org"),
    *("feedproxy.google.com", "feedburner.com", "feedsportal.com", "news.google.com"),
    *("googleusercontent.com", "ampproject.org", "translate.goog", "translate.google.com"),
    *(
        "t.co",
        "bit.ly",
        "ift.tt",
        "buff.ly",
        "dlvr.it",
        "trib.al",
        "ow.ly",
        "tinyurl.com",
        "goo.gl",
    ),
)
"""Hosts that carry the pages of others under their own name: archives, caches, proxies, shorteners."""

_MEETING_PLACES = (
    *("facebook.com", "twitter.com", "x.com", "instagram.com", "youtube.com", "youtu.be"),
    *("linkedin.com", "pinterest.com", "reddit.com", "t.me", "telegram.me", "whatsapp.com"),
    *("tiktok.com", "threads.net", "flickr.com", "wikipedia.org", "wikimedia.org", "google.com"),
    *("creativecommons.org", "gettyimages.com", "unsplash.com", "pixabay.com", "shutterstock.com"),
)
"""Hosts that a credit's link may lead to, but no newsroom's: networks, encyclopedias, pictures."""

_ADDRESS_WITHIN = re.compile(r"https?(?::|%3a)(?:/|%2f){1,2}[^/\s].*", re.IGNORECASE)
_FRONT_PAGE = re.compile(
    r"/*(?:[a-z]{2}(?:[-_][a-z]{2})?/*)?(?:(?:index|default|home)(?:\.\w+)?/*)?"
)
_SHARED = (
    *("blogspot.com", "wordpress.com", "substack.com", "tumblr.com", "typepad.com", "ghost.io"),
    *("github.io", "gitlab.io", "livejournal.com", "weebly.com", "wixsite.com", "beehiiv.com"),
)
_WORKSHOPS = (
    *("wpengine.com", "wpenginepowered.com", "pantheonsite.io", "kinsta.cloud", "cloudfront.net"),
    *("amazonaws.com", "azurewebsites.net", "azureedge.net", "herokuapp.com", "netlify.app"),
    *("vercel.app", "pages.dev", "workers.dev", "web.app", "firebaseapp.com", "ngrok.io"),
    *("local", "localhost", "internal", "lan", "invalid", "localdomain"),
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


def own_address(url: str) -> str:
    """Return the address that a page had before an archive, a cache or a proxy carried it.

    Empty when a carrier does not say.
    """
    if not is_carrier(host_and_path(url)[0]):
        return url
    within = _ADDRESS_WITHIN.search(url, 9)
    return unquote(within.group()) if within else ""


def is_carrier(host: str) -> bool:
    """Whether a host carries other publishers' pages under its own name."""
    return _ends_with(host, _CARRIERS) or host.startswith(("feeds.", "rss.", "webcache."))


def can_be_named(host: str) -> bool:
    """Whether a host could be a publisher's public site."""
    return is_public_name(host) and not is_carrier(host) and not _ends_with(host, _WORKSHOPS)


def is_meeting_place(host: str) -> bool:
    """Whether a host is where links lead that credit nobody's newsroom."""
    return _ends_with(host, _MEETING_PLACES)


def is_front_page(path: str) -> bool:
    """Whether a path leads to a site's front page, be it in one of its languages."""
    return _FRONT_PAGE.fullmatch(path.lower()) is not None


def is_same_site(url: str, other: str, *, names_itself: bool) -> bool:
    """Whether two addresses are of one publisher, as far as their spelling tells.

    Parts of one domain are one publisher's, but for a part that has a page of its own: at another
    path, under a name that is no variant (m., amp., en.) of the other and no part of its path,
    and only if the page says where itself is (`names_itself`).
    """
    (host, path), (other_host, other_path) = host_and_path(url), host_and_path(other)
    if host == other_host:
        return True
    if _is_number(host) or _is_number(other_host):
        return False
    if _domain(host) == _domain(other_host):
        return not (names_itself and _is_a_title_of_its_own(host, path, other_host, other_path))
    if (agency := agency_of_host(host)) is not None and agency is agency_of_host(other_host):
        return True
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
    own, theirs = _core(host), _core(other)
    if own == theirs or _trimmed(own) == _trimmed(theirs):
        return True
    dashed = _domain(host).replace(".", "-")
    if any(label == dashed or label.startswith(f"{dashed}-") for label in other.split(".")):
        return True
    if len(own) >= _LEAST_LABEL and own in _beginnings(other):
        return True
    return any(
        len(label) >= _LEAST_LABEL and label not in _COMMON and _plain(label) == own
        for label in other.split(".")[:-1]
    )


def _beginnings(host: str) -> Iterator[str]:
    """Return what a host's own label begins with, up to each of its hyphens."""
    parts = brand(host).split("-")
    return ("".join(parts[:end]) for end in range(1, len(parts)))


def _core(host: str) -> str:
    """Return the label that is the publisher's, in letters; that of a blog where many share a domain."""
    if _ends_with(host, _SHARED):
        return _plain(host.split(".")[-3]) if host.count(".") > 1 else _plain(host)
    return _plain(brand(host))


def _is_number(host: str) -> bool:
    """Whether a host is an IP address, of which no part names a publisher."""
    return host.rpartition(".")[2].isdigit() or ":" in host


def _domain(host: str) -> str:
    """Return the part of a host that its publisher registered, as far as it can be told."""
    labels = host.lower().split(".")
    if _ends_with(host, _SHARED):
        return ".".join(labels[-3:])
    start = len(labels) - 1 - labels[::-1].index(brand(host)) if brand(host) in labels else 0
    return ".".join(labels[start:])


def _trimmed(label: str) -> str:
    return _TRIMMINGS.sub("", label)


def _plain(label: str) -> str:
    return re.sub(r"[\W_]", "", label.casefold())


def _ends_with(host: str, names: tuple[str, ...]) -> bool:
    return any(host == name or host.endswith(f".{name}") for name in names)
