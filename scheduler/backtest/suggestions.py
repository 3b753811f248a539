"""What to leave out of a topic and what to take in, learned from marked hits, each tried by replay."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from scheduler.backtest.discriminating_terms import (
    DiscriminatingTerm,
    Term,
    discriminating_terms,
    terms_of,
)
from scheduler.backtest.probe import Probe
from scheduler.backtest.report import hits_only_in
from scheduler.backtest.search import SearchControl, SearchResult, search
from scheduler.query.language.tree import (
    And,
    Not,
    Or,
    Phrase,
    Query,
    SloppyPhrase,
    WordForm,
    joined,
    leaves,
)
from scheduler.query.matching.document import document_of
from storage.models.articles import Revision
from storage.models.topics import Mark
from storage.stories import archive

LEAST_MARKS = 3
"""Of a kind, before anything is proposed from them."""

_BACKGROUND = 500  # other articles, the newest
_MOST = 5  # proposals of a kind


@dataclass(frozen=True, slots=True)
class Proposal:
    """A query that is ready to be saved, and what it would change.

    Of the marked hits it no longer finds `noise_removed` and `relevant_lost`; of all stories of the
    time tried it gains and loses so many.
    """

    term: str
    deviations: float
    query: Query
    noise_removed: int
    relevant_lost: int
    gained: int
    lost: int


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Proposals, the most telling first; of a kind with too few marks there are none."""

    relevant: int
    noise: int
    exclusions: tuple[Proposal, ...]
    additions: tuple[Proposal, ...]


@dataclass(frozen=True, slots=True)
class _Marked:
    """The marked texts of a topic."""

    relevant: tuple[Revision, ...]
    noise: tuple[Revision, ...]


def suggest(
    conn: Connection,
    query: Query,
    marks: Sequence[Mark],
    *,
    since: datetime,
    until: datetime,
    control: SearchControl,
) -> Suggestions:
    """Return exclusions proposed from noise, and additions proposed from relevant hits."""
    marked = _marked(conn, marks)
    others = _others(conn, {mark.article_id for mark in marks})
    before = search(conn, query, since=since, until=until, control=control)

    def proposed(term: DiscriminatingTerm, changed: Query) -> Proposal:
        after = search(conn, changed, since=since, until=until, control=control)
        return _proposal(term, marked, before, after)

    return Suggestions(
        relevant=len(marked.relevant),
        noise=len(marked.noise),
        exclusions=tuple(_exclusions(query, marked, others, proposed)),
        additions=tuple(_additions(query, marked, others, proposed)),
    )


def _exclusions(
    query: Query,
    marked: _Marked,
    others: Sequence[frozenset[Term]],
    propose: Callable[[DiscriminatingTerm, Query], Proposal],
) -> Iterator[Proposal]:
    """Yield what stands in noise only; of terms that stand in the same texts the best one."""
    if len(marked.noise) < LEAST_MARKS:
        return
    noise, relevant = _terms(marked.noise), _terms(marked.relevant)
    tried: set[tuple[bool, ...]] = set()
    for term in _new_terms(query, discriminating_terms(noise, relevant, others)):
        where = tuple(term.term in text for text in (*noise, *relevant))
        if where in tried:
            continue
        tried.add(where)
        proposal = propose(term, joined(And, [query, Not(Phrase(term.term, WordForm.EXACT))]))
        if proposal.noise_removed > proposal.relevant_lost:
            yield proposal
        if len(tried) == _MOST:
            return


def _additions(
    query: Query,
    marked: _Marked,
    others: Sequence[frozenset[Term]],
    propose: Callable[[DiscriminatingTerm, Query], Proposal],
) -> Iterator[Proposal]:
    """Yield what stands in relevant hits and brings stories that the query does not find."""
    if len(marked.relevant) < LEAST_MARKS:
        return
    relevant, noise = _terms(marked.relevant), _terms(marked.noise)
    tried: set[tuple[bool, ...]] = set()
    for term in _new_terms(query, discriminating_terms(relevant, [*noise, *others], others)):
        if any(term.term in text for text in noise):
            continue
        where = tuple(term.term in text for text in (*relevant, *others))
        # What stands in marked hits only would bring nothing new.
        if where in tried or not any(where[len(relevant) :]):
            continue
        tried.add(where)
        proposal = propose(term, joined(Or, [query, Phrase(term.term, WordForm.EXACT)]))
        if proposal.gained:
            yield proposal
        if len(tried) == _MOST:
            return


def _proposal(
    term: DiscriminatingTerm, marked: _Marked, before: SearchResult, after: SearchResult
) -> Proposal:
    old, new = Probe(before.query), Probe(after.query)

    def lost(texts: Sequence[Revision]) -> int:
        documents = map(document_of, texts)
        return sum(old.try_on(d).holds and not new.try_on(d).holds for d in documents)

    return Proposal(
        term=" ".join(term.term),
        deviations=round(term.deviations, 1),
        query=after.query,
        noise_removed=lost(marked.noise),
        relevant_lost=lost(marked.relevant),
        gained=len(hits_only_in(after.hits, before.hits)),
        lost=len(hits_only_in(before.hits, after.hits)),
    )


def _marked(conn: Connection, marks: Sequence[Mark]) -> _Marked:
    newest = {
        text.article_id: text for text in archive.revisions(conn, [m.article_id for m in marks])
    }
    relevant = tuple(newest[mark.article_id] for mark in marks if mark.relevant)
    return _Marked(relevant, tuple(newest[m.article_id] for m in marks if not m.relevant))


def _others(conn: Connection, marked: set[int]) -> list[frozenset[Term]]:
    ids = [
        article_id
        for article_id in archive.candidates(conn, None, _BACKGROUND)
        if article_id not in marked
    ]
    newest = {text.article_id: text for text in archive.revisions(conn, ids)}
    return _terms(tuple(newest.values()))


def _terms(texts: Sequence[Revision]) -> list[frozenset[Term]]:
    return [terms_of(document_of(text)) for text in texts]


def _new_terms(query: Query, terms: Sequence[DiscriminatingTerm]) -> Iterator[DiscriminatingTerm]:
    """Leave out what the query asks for already."""
    asked = _words_in(query)
    return (term for term in terms if not asked.issuperset(term.term))


def _words_in(query: Query) -> set[str]:
    return {
        word
        for leaf in leaves(query)
        if isinstance(leaf, Phrase | SloppyPhrase)
        for word in leaf.words
    }
