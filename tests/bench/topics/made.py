"""Topics of mixed shape out of the words of real texts, as many as wanted, always the same ones."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from scheduler.query.analysis.forms import stem
from scheduler.query.analysis.tokens import folded_words
from scheduler.query.language.tree import And, Near, Not, Or, Phrase, Query, WordForm

_FORTY = 40
_PREFIX = 5
_SUFFIXED = "qx"  # no word of a language ends so: a word that is in no text


@dataclass(frozen=True, slots=True)
class Source:
    """What topics are made of: words that stand in texts, and two or three side by side."""

    words: tuple[str, ...]
    runs: tuple[tuple[str, ...], ...]


def source_of(texts: Sequence[str]) -> Source:
    """Take the words that stand in few of the texts, and the runs of words that hold such a one.

    Topics are about what is rare: with the caps below 100,000 of them match one article some 350
    times, which is far over what watched topics do.
    """
    found = [folded_words(text) for text in texts]
    counted = Counter(each for text in found for each in {stem(word, "en") for word in text})
    most = max(2, len(texts) // 120)
    known = sorted(
        word
        for word in {word for text in found for word in text}
        if len(word) > 2 and counted[stem(word, "en")] <= most
    )
    runs = [
        text[at : at + length]
        for text in found
        for length in (2, 3)
        for at in range(0, len(text) - length, 7)
        if min(counted[stem(word, "en")] for word in text[at : at + length]) <= 2 * most
    ]
    return Source(tuple(known), tuple(runs))


def made_topics(source: Source, count: int, *, present: float, seed: int) -> Iterator[Query]:
    """Make topics; the share `present` of them is made of words that are in the texts.

    25 % phrases, 10 % a phrase or a word, 40 % an AND of ORs, some with phrases and NOT, 10 % NEAR,
    5 % prefixes, 7 % three words and a NOT, 3 % forty words.
    """
    rng = random.Random(seed)
    kinds = list(_KINDS)
    for _ in range(count):
        maker = _Maker(source, rng, absent=rng.random() >= present)
        kind = rng.choices(kinds, weights=list(_KINDS.values()))[0]
        yield kind(maker)


class _Maker:
    def __init__(self, source: Source, rng: random.Random, *, absent: bool) -> None:
        self._source = source
        self.rng = rng
        self._absent = absent

    def word(self) -> Phrase:
        return Phrase((self._as_wanted(self.rng.choice(self._source.words)),))

    def phrase(self) -> Phrase:
        run = self.rng.choice(self._source.runs)
        return Phrase((self._as_wanted(run[0]), *run[1:]), WordForm.EXACT)

    def prefix(self) -> Phrase:
        word = self.rng.choice(self._source.words)
        head = word[:_PREFIX] if not self._absent else f"{word[:_PREFIX]}{_SUFFIXED}"
        return Phrase((f"{head}*",))

    def part(self) -> Query:
        return self.phrase() if self.rng.random() < 0.15 else self.word()

    def _as_wanted(self, word: str) -> str:
        return f"{word}{_SUFFIXED}" if self._absent else word


def _phrase(make: _Maker) -> Query:
    return make.phrase()


def _phrase_or_word(make: _Maker) -> Query:
    return Or((make.phrase(), make.word()))


def _both(make: _Maker) -> Query:
    parts: list[Query] = [
        Or(tuple(make.part() for _ in range(make.rng.randint(2, 4))))
        for _ in range(make.rng.randint(2, 3))
    ]
    if make.rng.random() < 0.25:
        parts.append(Not(make.word()))
    return And(tuple(parts))


def _near(make: _Maker) -> Query:
    return Near(make.word(), make.word(), make.rng.choice((3, 5, 10)))


def _prefix(make: _Maker) -> Query:
    return And((make.prefix(), make.word()))


def _three(make: _Maker) -> Query:
    return And((make.word(), make.word(), make.word(), Not(make.word())))


def _forty(make: _Maker) -> Query:
    return Or(tuple(make.word() for _ in range(_FORTY)))


_KINDS: dict[Callable[[_Maker], Query], float] = {
    _phrase: 25,
    _phrase_or_word: 10,
    _both: 40,
    _near: 10,
    _prefix: 5,
    _three: 7,
    _forty: 3,
}
