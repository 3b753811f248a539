"""Two other ways to match: every topic on every article, and a search engine turned round."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import tantivy

from scheduler.query.analysis.tokens import folded_words
from scheduler.query.language.tree import And, Near, Not, Or, Phrase, Query, is_pattern
from scheduler.query.matching.document import Document

Predicate = Callable[["Found"], bool]


class Found(NamedTuple):
    """An article's words, as a set and with their positions."""

    words: set[str]
    positions: dict[str, list[int]]


def naive(query: Query) -> Predicate:  # noqa: PLR0911 - one for each kind of node
    """Compile a query into closures over an article's words and their positions.

    A good naive: the sets and dicts of one article serve all topics, and nothing is read twice.
    """
    match query:
        case Phrase((word,)) if is_pattern(word):
            head = word.rstrip("*")
            return lambda found: any(each.startswith(head) for each in found.words)
        case Phrase((word,)):
            return lambda found: word in found.words
        case Phrase(several):
            return _phrase(several)
        case Near(Phrase((left,)), Phrase((right,)), distance):
            return _near(left, right, distance)
        case And(parts):
            return _every([naive(part) for part in parts])
        case Or(parts):
            return _either(parts)
        case Not(part):
            unwanted = naive(part)
            return lambda found: not unwanted(found)
    raise TypeError(query)


def positions(document: Document) -> Found:
    """Tokenise an article for `naive`."""
    found: dict[str, list[int]] = {}
    for place, word in enumerate(folded_words(f"{document.title}\n{document.text}")):
        found.setdefault(word, []).append(place)
    return Found(set(found), found)


def _every(parts: Sequence[Predicate]) -> Predicate:
    def holds(found: Found) -> bool:
        for part in parts:  # noqa: SIM110 - all() costs a generator
            if not part(found):
                return False
        return True

    return holds


def _either(parts: Sequence[Query]) -> Predicate:
    """Ask for single words as one set: two sets meet or not in one step."""
    single = {part.words[0] for part in parts if isinstance(part, Phrase) and _is_word(part)}
    others = [naive(part) for part in parts if not (isinstance(part, Phrase) and _is_word(part))]

    def holds(found: Found) -> bool:
        if not single.isdisjoint(found.words):
            return True
        for part in others:  # noqa: SIM110
            if part(found):
                return True
        return False

    return holds


def _is_word(phrase: Phrase) -> bool:
    return len(phrase.words) == 1 and not is_pattern(phrase.words[0])


def _phrase(several: tuple[str, ...]) -> Predicate:
    first, *rest = several
    wanted = set(several)

    def holds(found: Found) -> bool:
        if not wanted <= found.words:
            return False
        at = found.positions
        return any(
            all(start + step in at[word] for step, word in enumerate(rest, 1))
            for start in at[first]
        )

    return holds


def _near(left: str, right: str, distance: int) -> Predicate:
    def holds(found: Found) -> bool:
        if left not in found.words or right not in found.words:
            return False
        return any(
            0 < abs(one - other) <= distance
            for one in found.positions[left]
            for other in found.positions[right]
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
            case And(parts):
                return make.boolean_query([self._clause(part) for part in parts])
            case Or(parts):
                wanted = [(tantivy.Occur.Should, self._query(part)) for part in parts]
                return make.boolean_query(wanted)
        raise TypeError(query)

    def _clause(self, part: Query) -> tuple[Any, Any]:
        if isinstance(part, Not):
            return tantivy.Occur.MustNot, self._query(part.part)
        return tantivy.Occur.Must, self._query(part)
