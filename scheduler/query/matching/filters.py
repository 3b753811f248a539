"""What an article's site, language and country are, as filters compare them; pure."""

from __future__ import annotations

from collections.abc import Iterable

from scheduler.query.matching.country import country_of
from scheduler.query.matching.document import Document


def filter_values(field: str, document: Document) -> Iterable[str]:
    """Return the values of a filter's field for which it holds."""
    if field == "lang":
        return (document.language or "",)
    if field == "country":
        return (country_of(document.host) or "",)
    labels = document.host.lower().split(".")
    return (".".join(labels[start:]) for start in range(len(labels)))
