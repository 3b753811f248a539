"""The table of hand-written cases, read from TOML: articles, and queries that find them or do not.

Every `[[article]]` has facts as they are stored (of title, text, language, authors, source, host,
url, published and first_seen those that matter), and two lists: `found_by` and `not_found_by`. An
entry of them is `query`, the queries that are kept under names (`named`), `why` where the answer
may surprise, and of a query that finds the article: `marks`, the pieces of its title and text that
are highlighted, in order, and `shows`, what each of them is disguised as.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from scheduler.query.language.parser import parse_query
from scheduler.query.language.tree import Query
from scheduler.query.matching.document import Document, document_of
from storage.models.articles import ArticleDates, Revision

_FILES = Path(__file__).parent / "table"
_SEEN = datetime(2026, 6, 15, 12, tzinfo=UTC)
_ARTICLE_KEYS = frozenset(
    ("title", "text", "language", "authors", "source", "host", "url", "published", "first_seen")
)
_ENTRY_KEYS = frozenset(("query", "named", "why", "marks", "shows"))
_LISTS = {"found_by": True, "not_found_by": False}


@dataclass(frozen=True, slots=True)
class Case:
    """A query, an article, and whether the one finds the other.

    `marks` are what is highlighted and `shows` what disguised words among them show; None where
    the case does not say.
    """

    number: int
    name: str
    text: str
    document: Document
    found: bool
    marks: tuple[str, ...] | None
    shows: tuple[str, ...] | None
    named: Mapping[str, str]

    @property
    def query(self) -> Query:
        """Read the query. Raises QueryError."""
        return parse_query(self.text, self.named)


@cache
def cases() -> tuple[Case, ...]:
    """Read all cases, in the order of the files' names."""
    read: list[Case] = []
    for file in sorted(_FILES.glob("*.toml")):
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        for article in table.pop("article"):
            for entry, found, document in _entries(article):
                read.append(_case(len(read), file.stem, entry, document, found=found))
        if table:
            raise ValueError(f"{file.name}: no such keys: {', '.join(table)}")
    return tuple(read)


def _entries(article: dict[str, Any]) -> Iterator[tuple[dict[str, Any], bool, Document]]:
    lists = {key: article.pop(key, []) for key in _LISTS}
    document = _document(article)
    for key, entries in lists.items():
        for entry in entries:
            yield entry, _LISTS[key], document


def _document(facts: dict[str, Any]) -> Document:
    if unknown := facts.keys() - _ARTICLE_KEYS:
        raise ValueError(f"{facts.get('title')}: no such keys: {', '.join(sorted(unknown))}")
    first_seen: datetime = facts.get("first_seen", _SEEN)
    return document_of(
        Revision(
            article_id=1,
            revision=1,
            story_id=1,
            url=facts.get("url", ""),
            host=facts.get("host", ""),
            site=facts.get("source", ""),
            title=facts.get("title", ""),
            text=facts.get("text", ""),
            authors=tuple(facts.get("authors", ())),
            language=facts.get("language"),
            dates=ArticleDates(published=facts.get("published")),
            first_seen=first_seen,
            at=first_seen,
        )
    )


def _case(
    number: int, group: str, entry: dict[str, Any], document: Document, *, found: bool
) -> Case:
    if unknown := entry.keys() - _ENTRY_KEYS:
        raise ValueError(f"{entry['query']}: no such keys: {', '.join(sorted(unknown))}")
    marks, shows = entry.get("marks"), entry.get("shows")
    return Case(
        number,
        f"{group}: {entry['query']}{'' if found else ' (not)'}",
        entry["query"],
        document,
        found,
        None if marks is None else tuple(marks),
        None if shows is None else tuple(shows),
        entry.get("named", {}),
    )
