"""Made-up queries and texts, drawn by hypothesis from a few words so that they often meet."""

from __future__ import annotations

from hypothesis import strategies as st

from scheduler.watch.language.tree import Both, Either, Form, Phrase, Query, Without

WORDS = ("ferry", "port", "storm", "crew", "and", "or", "not", "東", "7")

word_runs = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(tuple)
phrases = st.builds(
    Phrase, word_runs, st.just(Form.EXACT), st.sampled_from((None, "title", "text"))
)
texts = st.lists(st.sampled_from((*WORDS, "\n", "-")), max_size=12).map(" ".join)


def both(parts: list[Query]) -> Query:
    return Both(
        tuple(p for part in parts for p in (part.parts if isinstance(part, Both) else (part,)))
    )


def either(parts: list[Query]) -> Query:
    return Either(
        tuple(p for part in parts for p in (part.parts if isinstance(part, Either) else (part,)))
    )


def _branches(inner: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    several = st.lists(inner, min_size=2, max_size=3)
    return several.map(both) | several.map(either) | inner.map(Without)


trees: st.SearchStrategy[Query] = st.recursive(phrases, _branches, max_leaves=8)
