"""Which topics does this article answer? Topics by a required word first, then exactly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scheduler.watch.query import Both, Either, Phrase, Query, Without, parse_query, required, terms
from scheduler.watch.tokens import Token, tokens
from storage.errors import QueryError
from storage.models import Highlight, Matched, Topic

_PARTS = ("title", "text")
_MOST_HIGHLIGHTS = 100


class Analysed:
    """An article's title and text, cut into words once for all topics."""

    def __init__(self, title: str, text: str) -> None:
        self._tokens = {"title": tokens(title), "text": tokens(text)}
        self._places: dict[str, dict[str, list[int]]] = {
            part: _places(self._tokens[part]) for part in _PARTS
        }
        self.words = frozenset().union(*self._places.values())

    def holds(self, phrase: Phrase) -> bool:
        """Tell whether the phrase stands somewhere."""
        return next(self._found(phrase), None) is not None

    def highlights(self, phrase: Phrase) -> Iterator[Highlight]:
        """Give all places of a phrase."""
        for part, place in self._found(phrase):
            found = self._tokens[part][place : place + len(phrase.words)]
            yield Highlight(part, found[0].start, found[-1].end)

    def _found(self, phrase: Phrase) -> Iterator[tuple[str, int]]:
        for part in (phrase.field,) if phrase.field else _PARTS:
            places, found = self._places[part], self._tokens[part]
            for place in places.get(phrase.words[0], ()):
                run = found[place : place + len(phrase.words)]
                if tuple(token.word for token in run) == phrase.words:
                    yield part, place


@dataclass(frozen=True, slots=True)
class ClauseResult:
    """One clause of a query and whether it holds."""

    clause: str
    holds: bool


class Matcher:
    """All topics, indexed by words of which each matching article holds at least one.

    A topic whose stored query can't be read any more is left out and named in `broken`.
    """

    def __init__(self, topics: Iterable[Topic]) -> None:
        self._queries: dict[int, tuple[Topic, Query]] = {}
        self._by_word: defaultdict[str, set[int]] = defaultdict(set)
        self.broken: list[tuple[Topic, QueryError]] = []
        for topic in topics:
            self._add(topic)

    def match(self, article: Analysed) -> list[tuple[Topic, Matched]]:
        """Give the topics that the article answers, in the order of their ids, and why."""
        candidates = set[int]().union(
            *(self._by_word[word] for word in article.words & self._by_word.keys())
        )
        matched = (
            (topic, match_query(query, article))
            for topic, query in (self._queries[topic_id] for topic_id in sorted(candidates))
        )
        return [(topic, found) for topic, found in matched if found is not None]

    def _add(self, topic: Topic) -> None:
        try:
            query = parse_query(topic.query)
        except QueryError as error:
            self.broken.append((topic, error))
            return
        self._queries[topic.id] = (topic, query)
        for phrase in required(query):
            # The longest word of a phrase is likely its rarest.
            self._by_word[max(phrase.words, key=lambda word: (len(word), word))].add(topic.id)


def match_query(query: Query, article: Analysed) -> Matched | None:
    """Evaluate a query exactly: what held and where, or None when it does not hold."""
    if not _holds(query, article):
        return None
    shown = list(dict.fromkeys(_holding(query, article)))
    highlights = (place for phrase in shown for place in article.highlights(phrase))
    ordered = sorted(highlights, key=lambda place: (place.part != "title", place.start))
    return Matched(tuple(str(phrase) for phrase in shown), tuple(ordered[:_MOST_HIGHLIGHTS]))


def explain_query(query: Query, article: Analysed) -> tuple[ClauseResult, ...]:
    """Say of each clause that must hold whether it does."""
    clauses = query.parts if isinstance(query, Both) else (query,)
    return tuple(ClauseResult(str(clause), _holds(clause, article)) for clause in clauses)


def _holds(query: Query, article: Analysed) -> bool:
    if isinstance(query, Phrase):
        return article.holds(query)
    if isinstance(query, Without):
        return not _holds(query.part, article)
    quantifier = all if isinstance(query, Both) else any
    return quantifier(_holds(part, article) for part in query.parts)


def _holding(query: Query, article: Analysed) -> Iterator[Phrase]:
    """Give the phrases for which a query holds; what must not appear is no reason."""
    if isinstance(query, Without):
        return
    if isinstance(query, Both | Either):
        for part in query.parts:
            if _holds(part, article):
                yield from _holding(part, article)
    else:
        yield from (phrase for phrase in terms(query) if article.holds(phrase))


def _places(found: list[Token]) -> dict[str, list[int]]:
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, token in enumerate(found):
        places[token.word].append(place)
    return dict(places)
