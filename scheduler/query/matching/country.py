"""The country of a publisher, as its domain says it; pure."""

from __future__ import annotations

# Domains of countries that are sold to all the world as if they meant something else.
_SOLD = frozenset(
    [
        "ac",
        "ag",
        "ai",
        "am",
        "as",
        "bz",
        "cc",
        "cd",
        "cx",
        "dj",
        "fm",
        "gg",
        "gl",
        "gs",
        "im",
        "io",
        "ki",
        "la",
        "lc",
        "li",
        "ly",
        "me",
        "ms",
        "mu",
        "nu",
        "pw",
        "sc",
        "sh",
        "so",
        "st",
        "su",
        "tf",
        "tk",
        "tl",
        "to",
        "tv",
        "vc",
        "vg",
        "vu",
        "ws",
    ]
)
_NAMED_OTHERWISE = {"uk": "gb", "eu": None}
_LETTERS_OF_A_COUNTRY = 2


def country_of(host: str) -> str | None:
    """Return the country (ISO 3166-1 alpha-2, small letters) of a host; None where nothing says it."""
    last = host.rpartition(".")[2].lower()
    if len(last) != _LETTERS_OF_A_COUNTRY or not last.isalpha() or last in _SOLD:
        return None
    return _NAMED_OTHERWISE.get(last, last)
