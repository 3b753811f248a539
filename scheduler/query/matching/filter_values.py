"""What an article's site, language and country are, as filters compare them; pure."""

from __future__ import annotations

from collections.abc import Iterable

from scheduler.query.language.countries import SOLD_DOMAINS
from scheduler.query.matching.document import Document

_NAMED_OTHERWISE = {"uk": "gb", "eu": None}
_LETTERS_OF_A_COUNTRY = 2


def country_of(host: str) -> str | None:
    """Return the country (ISO 3166-1 alpha-2, small letters) of a host; None where nothing says it."""
    last = host.rpartition(".")[2].lower()
    if len(last) != _LETTERS_OF_A_COUNTRY or not last.isalpha() or last in SOLD_DOMAINS:
        return None
    return _NAMED_OTHERWISE.get(last, last)


def filter_values(field: str, document: Document) -> Iterable[str]:
    """Return the values of a filter's field for which it holds."""
    if field == "lang":
        return (document.language or "",)
    if field == "country":
        return (country_of(document.host) or "",)
    labels = document.host.lower().split(".")
    return (".".join(labels[start:]) for start in range(len(labels)))
