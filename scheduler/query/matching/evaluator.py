"""What a query means on one article: read off its definition, word by word; pure.

This is the reference: the index and its loops must give the same answers (tested, and checked on
the live stream). It also says which clauses hold and where, for the few articles that match.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from scheduler.query.analysis.compounds import parts_of_compound
from scheduler.query.analysis.forms import TokenForms, forms_of, matches_wildcard, stem
from scheduler.query.analysis.tokens import token_spans
from scheduler.query.language.tree import (
    And,
    AtLeast,
    DateRange,
    Filter,
    Near,
    Not,
    Or,
    Phrase,
    Query,
    QueryReference,
    SloppyPhrase,
    WordForm,
    is_pattern,
    leaves,
)
from scheduler.query.matching.document import GAP, LEAD_WORDS, Document, fields_of
from scheduler.query.matching.filter_values import filter_values
from scheduler.query.matching.spans import Span, near, windows, within
from storage.models.matches import Highlight, QueryMatch

_MOST_HIGHLIGHTS = 100
_WORTH = {"title": 3.0, "lead": 2.0, "text": 1.0}


@dataclass(frozen=True, slots=True)
class ClauseResult:
    """One clause of a query, whether it holds, and where its words stand.

    Of a clause that says what must not appear, this is where that stands.
    """

    clause: str
    holds: bool
    where: tuple[Highlight, ...] = ()


class AnalysedDocument:
    """An article's words at their positions, and all that can be asked of them."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.language = document.language
        self.bounds: dict[str | None, Span] = {}
        self._tokens: list[tuple[TokenForms, int, int] | None] = []
        self._of_surface: dict[str, tuple[TokenForms, list[int]]] = {}
        self._by_form: dict[WordForm, dict[str, list[int]]] = {}  # those that were asked for
        self._asked: dict[tuple[str, WordForm], Sequence[int]] = {}
        self.spans_of: dict[Query, list[Span]] = {}  # of the query in hand
        for field, texts in fields_of(document):
            self._add_field(field, texts)
        lead = lead_words(document.text)
        start, end = self.bounds["text"]
        self.bounds["lead"] = (start, min(end, start + lead))
        self.bounds[None] = (self.bounds["title"][0], end)

    def positions(self, word: str, form: WordForm) -> Sequence[int]:
        """Return all positions of a word, in order, in all fields; looked for once."""
        asked = self._asked.get((word, form))
        if asked is None:
            asked = self._asked[word, form] = self._positions(word, form)
        return asked

    def _positions(self, word: str, form: WordForm) -> Sequence[int]:
        if is_pattern(word):
            fitting = (at for forms, at in self._of_surface.values() if _fits(word, forms))
            return sorted(itertools.chain.from_iterable(fitting))
        if form is WordForm.COMPOUND:
            return sorted({*self.positions(word, WordForm.STEM), *self._in_compounds(word)})
        if form is not WordForm.STEM:
            return self._places(form).get(word, ())
        inflected = self._places(WordForm.STEM)
        stemmed = stem(word, self.language)
        if stemmed == word or stemmed not in inflected or word not in inflected:
            return inflected.get(stemmed if stemmed in inflected else word, ())
        return sorted({*inflected[word], *inflected[stemmed]})

    def _in_compounds(self, word: str) -> Iterator[int]:
        asked = {word, stem(word, self.language)}
        for forms, positions in self._of_surface.values():
            if not asked.isdisjoint(parts_of_compound(forms, self.language)):
                yield from positions

    def field_of(self, position: int) -> str:
        """Return the name of the field that a position is in."""
        named = ("title", "lead", "text", "author", "source", "url")
        return next(f for f in named if self.bounds[f][0] <= position < self.bounds[f][1])

    def highlight(self, span: Span) -> Highlight | None:
        """Return where a span stands in the title or the text; None in another field."""
        field = self.field_of(span[0])
        if field not in _WORTH:
            return None
        tokens = [token for token in self._tokens[span[0] : span[1]] if token]
        disguised = next((token[0].disguise for token in tokens if token[0].disguise), "")
        part = "title" if field == "title" else "text"
        return Highlight(part, tokens[0][1], tokens[-1][2], disguised)

    def _add_field(self, field: str, texts: Sequence[str]) -> None:
        start = len(self._tokens)
        for text in texts:
            for surface, begin, end in token_spans(text):
                known = self._of_surface.get(surface)
                if known is None:
                    known = self._of_surface[surface] = forms_of(surface, self.language), []
                known[1].append(len(self._tokens))
                self._tokens.append((known[0], begin, end))
            self._tokens.append(None)
        self.bounds[field] = (start, len(self._tokens))
        self._tokens.extend([None] * GAP)

    def _places(self, form: WordForm) -> dict[str, list[int]]:
        """Return the positions of each word in one form; worked out when first asked for."""
        if form not in self._by_form:
            found: defaultdict[str, list[int]] = defaultdict(list)
            for forms, positions in self._of_surface.values():
                for word in _words_in_form(forms, form):
                    found[word].extend(positions)
            for positions in found.values():
                positions.sort()
            self._by_form[form] = found
        return self._by_form[form]


def _words_in_form(forms: TokenForms, form: WordForm) -> Iterable[str]:
    if form is WordForm.STEM:
        return forms.inflected
    return forms.folded if form is WordForm.EXACT else (forms.raw,)


def match_query(query: Query, article: AnalysedDocument) -> QueryMatch | None:
    """Return what of a query holds for an article and where, or None when it does not hold."""
    if not holds(query, article):
        return None
    clauses = list(dict.fromkeys(_holding(query, article)))
    placed = [(clause, spans(clause, article)) for clause in clauses]
    marked = sorted({span for clause, where in placed for span in _marked(clause, where, article)})
    marks = (mark for span in marked if (mark := article.highlight(span)) is not None)
    return QueryMatch(
        tuple(str(clause) for clause in clauses),
        tuple(itertools.islice(marks, _MOST_HIGHLIGHTS)),
        _score([where for _, where in placed], article),
    )


def explain_query(query: Query, article: AnalysedDocument) -> tuple[ClauseResult, ...]:
    """Return each clause that must hold, whether it does, and where."""
    clauses = query.parts if isinstance(query, And) else (query,)
    return tuple(_result(clause, article) for clause in clauses)


def holds(query: Query, article: AnalysedDocument) -> bool:
    """Tell whether a query holds for an article."""
    article.spans_of.clear()
    return _holds(query, article)


def _holds(query: Query, article: AnalysedDocument) -> bool:
    match query:
        case And(parts):
            result = all(_holds(part, article) for part in parts)
        case Or(parts):
            result = any(_holds(part, article) for part in parts)
        case Not(part):
            result = not _holds(part, article)
        case QueryReference(_, part):
            result = _holds(part, article)
        case AtLeast(part, count):
            result = len(spans(part, article)) >= count
        case Filter(field, value):
            result = value in filter_values(field, article.document)
        case DateRange(first, last):
            result = _within(article.document.day, first, last)
        case _:
            result = bool(spans(query, article))
    return result


def spans(query: Query, article: AnalysedDocument) -> list[Span]:
    """Return where a positional query stands: positions from the first word to behind the last.

    Sorted, without repeats; none for what stands nowhere, as a filter.
    """
    known = article.spans_of.get(query)
    if known is None:
        known = article.spans_of[query] = _spans(query, article)
    return known


def _spans(query: Query, article: AnalysedDocument) -> list[Span]:
    match query:
        case Phrase(words, form, field):
            return _phrase_spans(words, form, article.bounds[field], article)
        case SloppyPhrase(words, slop, form, field):
            return _window_spans(
                set(words), len(words) + slop, form, article.bounds[field], article
            )
        case Near(left, right, distance, ordered):
            one, other = spans(left, article), spans(right, article)
            return near(one, other, distance, ordered=ordered)
        case Or(parts):
            return sorted({span for part in parts for span in spans(part, article)})
        case QueryReference(_, part) | AtLeast(part, _):
            return spans(part, article)
    return []


def lead_words(text: str) -> int:
    """Return the number of words of a text's lead: whole paragraphs, LEAD_WORDS words at least."""
    count = 0
    for paragraph in text.split("\n"):
        count += len(token_spans(paragraph))
        if count >= LEAD_WORDS:
            break
    return count


def _result(clause: Query, article: AnalysedDocument) -> ClauseResult:
    asked = clause.part if isinstance(clause, Not) else clause
    matched = match_query(asked, article)
    where = () if matched is None else matched.highlights
    return ClauseResult(str(clause), holds(clause, article), where)


def _fits(pattern: str, forms: TokenForms) -> bool:
    return any(matches_wildcard(pattern, word) for word in forms.folded)


def _within(day: date | None, first: date | None, last: date | None) -> bool:
    if day is None:
        return False
    return (first is None or first <= day) and (last is None or day <= last)


def _phrase_spans(
    words: tuple[str, ...], form: WordForm, bounds: Span, article: AnalysedDocument
) -> list[Span]:
    later = [set(article.positions(word, form)) for word in words[1:]]
    last = bounds[1] - len(words)
    return [
        (start, start + len(words))
        for start in article.positions(words[0], form)
        if bounds[0] <= start <= last
        and all(start + step in found for step, found in enumerate(later, 1))
    ]


def _window_spans(
    words: set[str], width: int, form: WordForm, bounds: Span, article: AnalysedDocument
) -> list[Span]:
    """Return the shortest runs that hold all the words; one word may stand for two that it answers."""
    positions = [
        [at for at in article.positions(word, form) if bounds[0] <= at < bounds[1]]
        for word in words
    ]
    return windows(positions, width)


def _holding(query: Query, article: AnalysedDocument) -> Iterator[Query]:
    """Yield the clauses for which a query holds; what must not appear is no reason."""
    match query:
        case Not():
            return
        case And(parts) | Or(parts):
            for part in parts:
                if _holds(part, article):
                    yield from _holding(part, article)
        case QueryReference(_, part):
            yield from _holding(part, article)
        case _:
            yield query


def _marked(clause: Query, where: Sequence[Span], article: AnalysedDocument) -> Iterator[Span]:
    """Yield the words and phrases inside a clause's spans: not all that lies between them."""
    for leaf in _words_of(clause):
        yield from within(spans(leaf, article), where)


def _words_of(query: Query) -> Iterator[Query]:
    """Yield the words and phrases that a positional clause is made of."""
    for leaf in leaves(query):
        match leaf:
            case Phrase():
                yield leaf
            case SloppyPhrase(words, _, form, field):
                yield from (Phrase((word,), form, field) for word in words)


def _score(clause_spans: list[list[Span]], article: AnalysedDocument) -> float:
    """Weigh how much an article is about what was asked, 0 to 1.

    Of each clause how often it stands, the title and the lead for more, with diminishing returns
    (as in BM25: Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009); the mean over the clauses that can stand somewhere.
    """
    worth = [
        sum(_WORTH.get(article.field_of(span[0]), 1.0) for span in where)
        for where in clause_spans
        if where
    ]
    return round(sum(weight / (weight + 2.0) for weight in worth) / len(worth), 3) if worth else 0.0
