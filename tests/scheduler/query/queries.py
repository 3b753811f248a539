"""Made-up queries and articles, drawn by hypothesis from a few words so that they often meet."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

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
    required_leaves,
)
from scheduler.query.matching.document import Document

WORDS = ("ferry", "port", "storm", "crew", "near", "東", "7")
PATTERNS = ("fer*", "*orm", "p?rt", "*err*", "cr*w", "st*s")
NAMED_TREES: dict[str, Query] = {
    "sea": Or((Phrase(("ferry",)), Phrase(("night", "port"), WordForm.EXACT))),
    "calm": Not(Phrase(("storm",))),
    "harbour": And((Phrase(("port",)), QueryReference("calm", Not(Phrase(("storm",)))))),
}
NAMED = {name: str(tree) for name, tree in NAMED_TREES.items()}
"""The texts of the named queries that `trees` holds."""

_FIELDS = (None, None, None, "title", "lead", "text", "author", "source", "url")
_NAMES = ("author", "source", "url")
_FOLDED = (*WORDS, "crews", "京", "o'clock", "ميناء", "הסכם")
_DAYS = tuple(date(2026, 11, day) for day in (1, 2, 24))

_folded = st.sampled_from(_FOLDED)
_raw = st.sampled_from(("Ferry", "SAP", "Port", "AND", "Zürich", "東", "ferry"))
_exact = st.one_of(_folded, _folded, st.sampled_from(PATTERNS))


def _run(word: st.SearchStrategy[str], least: int, most: int) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(word, min_size=least, max_size=most).map(tuple)


def _forms(field: str | None) -> list[tuple[WordForm, st.SearchStrategy[str]]]:
    forms = [(WordForm.EXACT, _exact), (WordForm.RAW, _raw)]
    return (
        forms if field in _NAMES else [(WordForm.STEM, _exact), (WordForm.COMPOUND, _exact), *forms]
    )


def phrases_in(field: str | None) -> st.SearchStrategy[Query]:
    drawn = [
        st.builds(Phrase, _run(word, 1, 3), st.just(form), st.just(field))
        for form, word in _forms(field)
    ]
    return st.one_of(drawn)


def windows_in(field: str | None) -> st.SearchStrategy[Query]:
    drawn = [
        st.builds(SloppyPhrase, _run(word, 2, 3), st.integers(1, 4), st.just(form), st.just(field))
        for form, word in _forms(field)
    ]
    return st.one_of(drawn)


def _positional_branches(inner: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    near = st.builds(Near, inner, inner, st.sampled_from((1, 2, 5, 100)), st.booleans())
    return near | st.lists(inner, min_size=2, max_size=3).map(either)


def positional_in(field: str | None) -> st.SearchStrategy[Query]:
    """Draw what can be near something; all of its words are in one field."""
    leaf = phrases_in(field) | windows_in(field)
    if field is None:
        leaf |= st.just(QueryReference("sea", NAMED_TREES["sea"]))
    return st.recursive(leaf, _positional_branches, max_leaves=3)


def both(parts: list[Query]) -> Query:
    return And(
        tuple(p for part in parts for p in (part.parts if isinstance(part, And) else (part,)))
    )


def either(parts: list[Query]) -> Query:
    return Or(tuple(p for part in parts for p in (part.parts if isinstance(part, Or) else (part,))))


def _branches(inner: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    several = st.lists(inner, min_size=2, max_size=3)
    return several.map(both) | several.map(either) | inner.map(Not)


word_runs = _run(st.sampled_from(WORDS), 1, 3)
phrases: st.SearchStrategy[Query] = st.builds(
    Phrase, word_runs, st.just(WordForm.EXACT), st.sampled_from((None, "title", "text"))
)
texts = st.lists(st.sampled_from((*WORDS, "\n", "-")), max_size=12).map(" ".join)
plain_trees: st.SearchStrategy[Query] = st.recursive(phrases, _branches, max_leaves=8)
"""Only exact phrases, AND, OR and NOT."""

_positional = st.sampled_from(_FIELDS).flatmap(positional_in)
_filters = st.one_of(
    st.builds(Filter, st.just("site"), st.sampled_from(("a.example", "news.a.example", "uk"))),
    st.builds(Filter, st.just("lang"), st.sampled_from(("en", "de"))),
    st.builds(Filter, st.just("country"), st.sampled_from(("gb", "de"))),
)
_dated = st.sampled_from(
    [
        *(DateRange(day, day) for day in _DAYS),
        *(DateRange(day, None) for day in _DAYS),
        *(DateRange(None, day) for day in _DAYS),
        DateRange(_DAYS[0], _DAYS[1]),
    ]
)
_named = st.sampled_from(sorted(NAMED_TREES)).map(
    lambda name: QueryReference(name, NAMED_TREES[name])
)
_leaves = st.one_of(
    _positional,
    _positional,
    _positional,
    st.builds(AtLeast, _positional, st.integers(2, 3)),
    _filters,
    _dated,
    _named,
)
trees: st.SearchStrategy[Query] = st.recursive(_leaves, _branches, max_leaves=6)
"""Every kind of node that can be read, in the normal form in which it is read, with NAMED."""


def watchable(tree: Query) -> Query:
    """Return the tree if something must appear in what it matches; else with a word that must."""
    return tree if required_leaves(tree) else both([Phrase(("ferry",)), tree])


_TYPED = (
    *(*WORDS, "Ferry", "ferries", "storms", "Crews", "night", "SAP", "Zürich", "京", "and"),
    *("7s", "Hafensturm", "portfest", "والميناء", "للميناء", "ההסכם"),
)
_sentence = st.lists(st.sampled_from((*_TYPED, "o'clock", ".", "-")), max_size=8).map(" ".join)
documents = st.builds(
    Document,
    title=_sentence,
    text=st.lists(_sentence, max_size=4).map("\n".join),
    language=st.sampled_from((None, "en", "de", "ar", "he")),
    authors=st.lists(st.sampled_from(("Crew Port", "Storm SAP", "東 京")), max_size=2).map(tuple),
    source=st.sampled_from(("", "Port Herald", "Storm near SAP")),
    host=st.sampled_from(("a.example", "news.a.example", "port.co.uk", "storm.de")),
    url=st.sampled_from(("https://a.example/ferry-port", "http://port.co.uk/7/storm?crew=7")),
    day=st.none() | st.sampled_from(_DAYS),
)
"""Articles in whose every field some of the words stand."""
