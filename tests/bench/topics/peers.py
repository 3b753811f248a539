"""Two other ways to match: every topic on every article, and a search engine turned round."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import tantivy

from scheduler.watch.analysis.tokens import words
from scheduler.watch.language.tree import (
    Both,
    Either,
    Near,
    Phrase,
    Query,
    Without,
    is_pattern,
)
from scheduler.watch.matching.document import Document

Positions = dict[str, list[int]]
Predicate = Callable[[Positions], bool]


def naive(query: Query) -> Predicate:  # noqa: PLR0911 - one for each kind of node
    """Compile a query into closures over an article's words and their positions.

    A good naive: the sets and dicts of one article serve all topics, and nothing is read twice.
    """
    match query:
        case Phrase((word,)) if is_pattern(word):
            head = word.rstrip("*")
            return lambda found: any(each.startswith(head) for each in found)
        case Phrase((word,)):
            return lambda found: word in found
        case Phrase(several):
            return _phrase(several)
        case Near(Phrase((left,)), Phrase((right,)), distance):
            return _near(left, right, distance)
        case Both(parts):
            every = [naive(part) for part in parts]
            return lambda found: all(each(found) for each in every)
        case Either(parts):
            any_of = [naive(part) for part in parts]
            return lambda found: any(each(found) for each in any_of)
        case Without(part):
            unwanted = naive(part)
            return lambda found: not unwanted(found)
    raise TypeError(query)


def positions(document: Document) -> Positions:
    """Tokenise an article for `naive`."""
    found: Positions = {}
    for place, word in enumerate(words(f"{document.title}\n{document.text}")):
        found.setdefault(word, []).append(place)
    return found


def _phrase(several: tuple[str, ...]) -> Predicate:
    first, *rest = several

    def holds(found: Positions) -> bool:
        if any(word not in found for word in several):
            return False
        return any(
            all(start + step in found[word] for step, word in enumerate(rest, 1))
            for start in found[first]
        )

    return holds


def _near(left: str, right: str, distance: int) -> Predicate:
    def holds(found: Positions) -> bool:
        return any(
            0 < abs(one - other) <= distance
            for one in found.get(left, ())
            for other in found.get(right, ())
        )

    return holds


class Percolator:
    """Tantivy as percolators use an engine: an index of few documents, and all queries run on it."""

    def __init__(self, topics: Sequence[Query]) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("body")
        self._schema = builder.build()
        self._queries = [self._query(topic) for topic in topics]

    def hits(self, documents: Sequence[Document]) -> int:
        """Index the documents in memory and count the hits of all topics on all of them."""
        index = tantivy.Index(self._schema)
        writer = index.writer(15_000_000, 1)
        for document in documents:
            writer.add_document(tantivy.Document(body=f"{document.title}\n{document.text}"))
        writer.commit()
        index.reload()
        searcher = index.searcher()
        most = len(documents)
        return sum(len(searcher.search(query, most).hits) for query in self._queries)

    def _query(self, query: Query) -> Any:
        make, schema = tantivy.Query, self._schema
        match query:
            case Phrase((word,)) if is_pattern(word):
                return make.regex_query(schema, "body", word.rstrip("*") + ".*")
            case Phrase((word,)):
                return make.term_query(schema, "body", word)
            case Phrase(several):
                return make.phrase_query(schema, "body", list(several))
            case Near(Phrase((left,)), Phrase((right,)), distance):
                return make.phrase_query(schema, "body", [left, right], distance)
            case Both(parts):
                return make.boolean_query([self._clause(part) for part in parts])
            case Either(parts):
                wanted = [(tantivy.Occur.Should, self._query(part)) for part in parts]
                return make.boolean_query(wanted)
        raise TypeError(query)

    def _clause(self, part: Query) -> tuple[Any, Any]:
        if isinstance(part, Without):
            return tantivy.Occur.MustNot, self._query(part.part)
        return tantivy.Occur.Must, self._query(part)
