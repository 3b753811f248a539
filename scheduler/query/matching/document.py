"""What of an article topics are matched with, and its fields on one line of positions; pure.

Positions run through all fields, with a gap between two of them that no operator reaches over, so
that a field is a range of positions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date

from scheduler.query.language.limits import MOST_DISTANCE
from storage.models.articles import Article, Revision

GAP = 2 * MOST_DISTANCE
"""Empty positions between two fields: more than NEAR, or the gaps of a window, may reach over."""

MOST_CHARACTERS = 200_000
"""Of a text that topics are shown: three times the longest reports. Each step of matching takes time by
the words, and some hold the interpreter meanwhile (`python -m tests.bench worst`)."""

LEAD_WORDS = 40
"""The lead is the first paragraph, and further ones until it has so many words."""


@dataclass(frozen=True, slots=True)
class Document:
    """An article as topics see it; `day` is that of its publication, else of its first sight, in UTC."""

    title: str
    text: str
    language: str | None = None
    authors: tuple[str, ...] = ()
    source: str = ""
    host: str = ""
    url: str = ""
    day: date | None = None


def fields_of(document: Document) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield the fields in the order of their positions; one empty position follows each text."""
    yield "title", (document.title,)
    yield "text", (document.text,)
    yield "author", document.authors
    yield "source", (document.source,)
    yield "url", (document.url,)


def document_of(article: Article | Revision) -> Document:
    """Return what topics are shown of a stored article, as it is or as it was."""
    return Document(
        title=article.title,
        text=_beginning(article.text),
        language=article.language,
        authors=article.authors,
        source=article.site,
        host=article.host,
        url=article.url,
        day=(article.dates.published or article.first_seen).astimezone(UTC).date(),
    )


def _beginning(text: str) -> str:
    """Return what of a text is matched: whole words, up to so many characters."""
    if len(text) <= MOST_CHARACTERS:
        return text
    end = max(text.rfind(space, 0, MOST_CHARACTERS) for space in " \n")
    return text[: end if end > 0 else MOST_CHARACTERS]
