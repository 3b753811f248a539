"""Terms that separate one group of texts from another; pure.

The measure is the log-odds ratio with an informative Dirichlet prior (Monroe, Colaresi and Quinn,
Fightin' Words, Political Analysis 2008): how much likelier a term is in one group, in standard
deviations, with what other texts say taken for known beforehand. So a word that is everywhere, or
was met once by chance, separates nothing. A term is a word or two words side by side, and counts
once for a text.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from scheduler.query.analysis.tokens import folded_words
from scheduler.query.matching.document import Document

Term = tuple[str, ...]

_PRIOR = 500.0  # so many expected terms weigh as much as seen ones
_MOST_WORDS = 5000  # of a text
_COMMON = 0.1  # of the background; a term in more texts than that is no subject
_LEAST_DEVIATIONS = 1.0
_LEAST_TEXTS = 2


@dataclass(frozen=True, slots=True)
class DiscriminatingTerm:
    """A term of one group, in how many of its texts it stands, and how strongly it separates."""

    term: Term
    texts: int
    deviations: float


def terms_of(document: Document) -> frozenset[Term]:
    """Return the words and pairs of neighbours of an article, folded; none goes over a paragraph."""
    terms: set[Term] = set()
    for paragraph in (document.title, *document.text.split("\n")):
        words = folded_words(paragraph)[:_MOST_WORDS]
        terms.update((word,) for word in words if not word.isdecimal())
        terms.update(pairwise(words))
    return frozenset(terms)


def discriminating_terms(
    group: Sequence[frozenset[Term]],
    other: Sequence[frozenset[Term]],
    background: Sequence[frozenset[Term]],
) -> list[DiscriminatingTerm]:
    """Return the terms of a group of texts that the other one lacks, the most telling first.

    `background` are other texts, by which it is known how common a term is.
    """
    here, there, usual = map(_counted, (group, other, background))
    common = _COMMON * len(background)
    vocabulary = len(here.keys() | there.keys() | usual.keys())
    # One more, for a term that nobody has met yet.
    scale = _PRIOR / (sum(usual.values()) + vocabulary + 1)
    total = sum(here.values()) + _PRIOR, sum(there.values()) + _PRIOR
    candidates = [
        DiscriminatingTerm(
            term, count, _deviations(count, there[term], scale * (usual[term] + 1), total)
        )
        for term, count in here.items()
        if count >= min(_LEAST_TEXTS, len(group)) and usual[term] <= common
    ]
    kept = [term for term in candidates if term.deviations >= _LEAST_DEVIATIONS]
    return sorted(kept, key=lambda term: (-term.deviations, len(term.term), term.term))


def _counted(group: Iterable[frozenset[Term]]) -> Counter[Term]:
    return Counter(term for text in group for term in text)


def _deviations(here: int, there: int, prior: float, total: tuple[float, float]) -> float:
    ours, theirs = here + prior, there + prior
    odds = math.log(ours / (total[0] - ours)) - math.log(theirs / (total[1] - theirs))
    return odds / math.sqrt(1 / ours + 1 / theirs)
