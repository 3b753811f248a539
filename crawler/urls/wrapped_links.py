"""Links that a search engine or a network counts clicks by, and the address of the page within; pure."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

from crawler.urls.canonical import web_link

# Hosts, paths, and the parameters in which the page stands.
_WRAPPERS = (
    (re.compile(r"(?:www\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?"), "/url", ("url", "q")),
    (re.compile(r"(?:www\.)?bing\.com"), "/news/apiclick.aspx", ("url",)),
    (re.compile(r"(?:www\.|html\.)?duckduckgo\.com"), "/l/", ("uddg",)),
    (re.compile(r"lm?\.facebook\.com"), "/l.php", ("u",)),
)
_MOST_WRAPPED = 3  # one within the other


def unwrapped(url: str) -> str:
    """Return the canonical URL of the page that a canonical URL leads to by its own words, or the same."""
    for _ in range(_MOST_WRAPPED):
        within = _within(url)
        if within is None:
            return url
        url = within
    return url


def _within(url: str) -> str | None:
    parts = urlsplit(url)
    for host, path, names in _WRAPPERS:
        if parts.path == path and host.fullmatch(parts.netloc):
            values = dict(reversed(parse_qsl(parts.query)))
            pages = (web_link(values.get(name)) for name in names)
            return next(filter(None, pages), None)
    return None
