"""The terms of queries, numbered, and which of them a word of an article matches; pure.

A term is a word in one of its forms, a pattern, or a filter's value. What a surface matches is
worked out once for a language and kept: articles repeat their words. New terms make what is kept
out of date, and it is worked out anew as articles come, so that adding one costs nothing now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduler.query.analysis.compounds import parts_of_compound
from scheduler.query.analysis.forms import TokenForms, forms_of, matches_wildcard, stem
from scheduler.query.analysis.tokens import tokenize
from scheduler.query.language.tree import WordForm, is_pattern
from scheduler.query.matching.document import GAP, LEAD_WORDS, Document, fields_of
from scheduler.query.matching.filter_values import filter_values
from scheduler.query.matching.growing_array import GrowingArray

ANY, TITLE, LEAD, TEXT, AUTHOR, SOURCE, URL, FACTS = range(8)
FIELD_CODES = {
    None: ANY,
    "title": TITLE,
    "lead": LEAD,
    "text": TEXT,
    "author": AUTHOR,
    "source": SOURCE,
    "url": URL,
}
"""The fields' numbers; FACTS holds the values of the filters, one a position."""

_KEPT = 400_000  # chunks and words, for all languages together: about 60 MB
_LONGEST_KEPT = 24  # characters; longer ones are sentences of scripts without spaces
_KEY_LETTERS = 3
_NOTHING = 0

Numbers = NDArray[np.int32]


class EncodedText(NamedTuple):
    """An article at its positions: `entries` say which terms stand at each, `bounds` where fields are.

    Entry e holds the terms `entry_terms[entry_at[e] : entry_at[e + 1]]` of the vocabulary; bounds
    are first and behind-the-last positions, two for each field.
    """

    entries: Numbers
    bounds: Numbers


class Vocabulary:
    """Numbers terms from 0 on, and encodes articles as what they hold of them."""

    def __init__(self) -> None:
        self._by_form: dict[WordForm, dict[str, int]] = {form: {} for form in WordForm}
        self._shapes: dict[str, int] = {}
        self._facts: dict[str, int] = {}
        self._patterns: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        self._stems: dict[tuple[str | None, WordForm], _Stems] = {}
        self._chunks: dict[str | None, _Chunks] = {}
        self._letters = bytearray()
        self._fresh = True
        self._forget()

    def __len__(self) -> int:
        """Return the number of terms."""
        return len(self._letters)

    @property
    def entry_at(self) -> Numbers:
        """Where each entry's terms begin; the last value is the end of all."""
        return self._entry_at.values

    @property
    def entry_terms(self) -> Numbers:
        """The terms of all entries, one entry after the other."""
        return self._entry_terms.values

    def letters(self, term: int) -> int:
        """Return the letters of a term's word: a hint how rare it is, before any article came."""
        return self._letters[term]

    def word(self, word: str, form: WordForm) -> int:
        """Return the number of a query's word."""
        if not is_pattern(word):
            return self._term(self._by_form[form], word)
        term = self._shapes.get(word)
        if term is None:
            term = self._term(self._shapes, word)
            self._patterns[_pattern_key(word)].append((word, term))
        return term

    def fact(self, field: str, value: str) -> int:
        """Return the number of a filter's value."""
        return self._term(self._facts, f"{field}:{value}")

    def encode(self, document: Document) -> EncodedText:
        """Return an article's terms at their positions, which are those of `evaluator.AnalysedDocument`."""
        if not self._fresh or sum(chunks.kept() for chunks in self._chunks.values()) > _KEPT:
            self._forget()
        language = document.language
        chunks = self._chunks.get(language)
        if chunks is None:
            chunks = self._chunks[language] = _Chunks(_Surfaces(self, language))
        runs: list[tuple[int, Numbers]] = []
        bounds = [0, 0]
        place = 0
        for field, texts in fields_of(document):
            start = place
            for text in texts:
                if field == "text":
                    lead, rest = _parted(text, chunks)
                    runs.append((place, lead))
                    place += lead.size
                    bounds += start, place
                else:
                    rest = text
                entries = chunks.entries(rest)
                runs.append((place, entries))
                place += entries.size + 1
            bounds += start, place
            place += GAP
        facts = np.fromiter(self._facts_of(document), np.int32)
        runs.append((place, facts))
        bounds += place, place + facts.size
        bounds[:2] = bounds[2 * TITLE], bounds[2 * TEXT + 1]
        laid_out = np.zeros(place + facts.size, dtype=np.int32)
        for start, run in runs:
            laid_out[start : start + run.size] = run
        return EncodedText(laid_out, np.array(bounds, dtype=np.int32))

    def entry_of(self, surface: str, language: str | None) -> int:
        """Return the entry with the terms that a word of an article matches."""
        return self._entry(self._terms_matched(forms_of(surface, language), language))

    def _terms_matched(self, forms: TokenForms, language: str | None) -> set[int]:
        exact, stemmed = self._by_form[WordForm.EXACT], self._by_form[WordForm.STEM]
        lookups = [(exact, word) for word in forms.folded]
        lookups += [(stemmed, word) for word in forms.inflected]
        lookups.append((self._by_form[WordForm.RAW], forms.raw))
        matched = {terms[word] for terms, word in lookups if word in terms}
        matched.update(self._terms_of_stems(forms.inflected, language, WordForm.STEM))
        if self._by_form[WordForm.COMPOUND]:
            parts = forms.inflected | parts_of_compound(forms, language)
            compounds = self._by_form[WordForm.COMPOUND]
            matched.update(compounds[word] for word in parts if word in compounds)
            matched.update(self._terms_of_stems(parts, language, WordForm.COMPOUND))
        for word in forms.folded:
            matched.update(self._patterns_of(word))
        return matched

    def _facts_of(self, document: Document) -> Iterator[int]:
        if not self._facts:
            return
        for field in ("site", "lang", "country"):
            for value in filter_values(field, document):
                term = self._facts.get(f"{field}:{value}")
                if term is not None:
                    yield self._entry({term})

    def _term(self, numbers: dict[str, int], word: str) -> int:
        term = numbers.get(word)
        if term is None:
            term = numbers[word] = len(self._letters)
            self._letters.append(min(len(word), 255))
            self._fresh = False
        return term

    def _patterns_of(self, word: str) -> Iterator[int]:
        if not self._patterns:
            return
        keys = [f"^{word[:length]}" for length in range(_KEY_LETTERS + 1)]
        keys += [f"{word[-length:]}$" for length in range(1, _KEY_LETTERS + 1)]
        for key in dict.fromkeys(keys):
            for pattern, term in self._patterns.get(key, ()):
                if matches_wildcard(pattern, word):
                    yield term

    def _terms_of_stems(
        self, words: Iterable[str], language: str | None, form: WordForm
    ) -> Iterator[int]:
        stems = self._stems_of(language, form)
        for word in words:
            terms = stems.get(word, ())
            yield from (terms,) if isinstance(terms, int) else terms

    def _stems_of(self, language: str | None, form: WordForm) -> _Stems:
        """Return the stems of all words by a language's rules; those that are new are stemmed now."""
        stems = self._stems.setdefault((language, form), _Stems())
        stemmed = self._by_form[form]
        for word, term in islice(stemmed.items(), stems.known, None):
            of_word = stem(word, language)
            others = stems.get(of_word)
            if others is None:
                stems[word if of_word == word else of_word] = term
            else:
                stems[of_word] = (*((others,) if isinstance(others, int) else others), term)
        stems.known = len(stemmed)
        return stems

    def _entry(self, terms: Iterable[int]) -> int:
        held = tuple(sorted(terms))
        entry = self._entries.get(held)
        if entry is None:
            entry = self._entries[held] = len(self._entries)
            self._entry_terms.extend(held)
            self._entry_at.append(len(self._entry_terms))
        return entry

    def _forget(self) -> None:
        self._chunks = {}
        self._entries: dict[tuple[int, ...], int] = {(): _NOTHING}
        self._entry_terms = GrowingArray(np.int32)
        self._entry_at = GrowingArray(np.int32)
        self._entry_at.extend((0, 0))
        self._fresh = True


class _Surfaces(dict[str, int]):
    """The entries of surfaces in one language, worked out when first asked for."""

    def __init__(self, vocabulary: Vocabulary, language: str | None) -> None:
        self._vocabulary = vocabulary
        self._language = language

    def __missing__(self, surface: str) -> int:
        entry = self[surface] = self._vocabulary.entry_of(surface, self._language)
        return entry


class _Chunks(dict[str, tuple[int, ...]]):
    """The entries of what stands between two spaces, most often of one word with its punctuation.

    To look these up takes half the time of cutting the text and looking up each word. No word
    reaches over a space or a line, nor does how it is cut depend on what is behind one.
    """

    def __init__(self, surfaces: _Surfaces) -> None:
        self._surfaces = surfaces

    def __missing__(self, chunk: str) -> tuple[int, ...]:
        entries = tuple(map(self._surfaces.__getitem__, tokenize(chunk)))
        if len(chunk) <= _LONGEST_KEPT:
            self[chunk] = entries
        return entries

    def kept(self) -> int:
        """Return the number of chunks and words that are kept."""
        return len(self) + len(self._surfaces)

    def entries(self, text: str) -> Numbers:
        """Return the entries of a text's words, in order."""
        chunks = text.replace("\n", " ").split(" ")
        return np.fromiter(chain.from_iterable(map(self.__getitem__, chunks)), np.int32)


class _Stems(dict[str, "int | tuple[int, ...]"]):
    """Terms by their stems, most often one; `known` counts the words that were stemmed."""

    known = 0


def _parted(text: str, chunks: _Chunks) -> tuple[Numbers, str]:
    """Return the entries of a text's lead, and the rest of it; a word reaches over no line."""
    runs: list[Numbers] = []
    size = end = 0
    while end < len(text) and size < LEAD_WORDS:
        line_end = text.find("\n", end)
        line_end = len(text) if line_end < 0 else line_end + 1
        runs.append(chunks.entries(text[end:line_end]))
        size += runs[-1].size
        end = line_end
    return np.concatenate([np.empty(0, dtype=np.int32), *runs]), text[end:]


def _pattern_key(pattern: str) -> str:
    """Return what a fitting word begins or ends with, up to three letters of it."""
    head = pattern.replace("?", "*").partition("*")[0]
    tail = pattern.replace("?", "*").rpartition("*")[2]
    if head or not tail:
        return f"^{head[:_KEY_LETTERS]}"
    return f"{tail[-_KEY_LETTERS:]}$"
