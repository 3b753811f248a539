"""Choose a page's title and take the site's name off it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.extract.clean import one_line
from crawler.extract.words import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

# A bar or a guillemet parts with or without spaces round it, a dash or a colon only with them.
_SEPARATOR = re.compile("\\s+[-\u2013\u2014\u00b7\u2022:/]+\\s+|\\s*[|\u00bb]+\\s*")
_LEADING_SEPARATOR = re.compile("\\s+[-\u2013\u2014\u00b7\u2022]+\\s+|\\s*[|\u00bb:]+\\s+")
_LEAST = 8  # characters that must be left, or the separator belongs to the title
_GENERIC_LABELS = frozenset({"www", "com", "co", "org", "net", "news", "m", "amp", "en", "de"})


def choose_title(
    candidates: Sequence[str], *, headings: Sequence[str], site: str, host: str
) -> str:
    """Give the first of these candidates that says something, cleaned; '' when none does.

    `headings` are the page's own, which prove where a title ends and a site's name begins.
    """
    names = site_names(site, host)
    proved = frozenset(map(plain, headings)) - names
    for candidate in candidates:
        title = clean_title(one_line(candidate), names)
        if title and plain(title) not in names:
            return _proved_part(title, proved) or title
    return ""


def _proved_part(title: str, headings: frozenset[str]) -> str | None:
    """Give what stands before a separator where just that is a heading of the page."""
    for match in _SEPARATOR.finditer(title, _LEAST):
        if plain(title[: match.start()]) in headings:
            return title[: match.start()].rstrip()
    return None


def site_names(site: str, host: str) -> frozenset[str]:
    """Give the names, in plain words, that a site may write into its titles."""
    bare = host.removeprefix("www.").rsplit(":", 1)[0]
    labels = {label for label in bare.split(".") if label not in _GENERIC_LABELS}
    return frozenset(filter(None, (plain(name) for name in (site, bare, host, *labels))))


def clean_title(title: str, names: frozenset[str]) -> str:
    """Drop the site's name from either end of a title, as often as it stands there."""
    while True:
        shorter = _without_last(title, names) or _without_first(title, names)
        if shorter is None:
            return title
        title = shorter


def _without_last(title: str, names: frozenset[str]) -> str | None:
    for match in _SEPARATOR.finditer(title, _LEAST):
        if _is_name(title[match.end() :], names):
            return title[: match.start()].rstrip()
    return None


def _without_first(title: str, names: frozenset[str]) -> str | None:
    match = _LEADING_SEPARATOR.search(title)
    if match is None or len(title) - match.end() < _LEAST:
        return None
    return title[match.end() :] if _is_name(title[: match.start()], names) else None


def _is_name(part: str, names: frozenset[str]) -> bool:
    said = plain(part)
    return said in names or said.replace(" ", "") in {name.replace(" ", "") for name in names}
