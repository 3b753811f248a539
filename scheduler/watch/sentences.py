"""A text as sentences that can be compared, and which sentences of two states of it are a pair; pure.

Sentences that both states have, wherever they stand, say nothing of an edit. Of the others each
new one is paired with the old one that shares most words with it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crawler.lexicon.edit_words import is_correction, is_edge, without_ages

MOST_CHARACTERS = 60_000
"""Longer texts are compared by their beginning only."""

_MOST_SENTENCE = 600
_MOST_PAIRED = 200
_LEAST_SHARED = 0.4
_ENDS = re.compile(r"(?<=[.!?…])[\"'”’»)\]]{0,3}\s+|(?<=[。！？])|\n+")
_UNSPACED = "\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"  # each character is a word
_WORD = re.compile(
    rf"\d+(?:[.,:']\d+)*|[{_UNSPACED}]|[^\W\d_{_UNSPACED}]+(?:['-][^\W\d_{_UNSPACED}]+)*"
)
_ALIKE = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛`´′", "'"),
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", None),
    }
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its words as written; `key` is the same for sentences that say the same."""

    text: str
    words: tuple[str, ...]
    key: str


@dataclass(frozen=True, slots=True)
class SentenceDiff:
    """What differs between two states: sentences that became others, and those that are new.

    `fresh` is the share of the new state's words that stand in new sentences.
    """

    pairs: tuple[tuple[Sentence, Sentence], ...]
    added: tuple[Sentence, ...]
    fresh: float
    fresh_words: int


def sentences_of(text: str) -> list[Sentence]:
    """Return the sentences of a text, without lines that belong to the page around it."""
    clean = plain(text[:MOST_CHARACTERS])
    return [_sentence(part) for part in _parts(clean) if is_correction(part) or not is_edge(part)]


def plain(text: str) -> str:
    """Return a text in NFKC with one form of quotes and dashes, and without invisible characters."""
    return unicodedata.normalize("NFKC", text).translate(_ALIKE)


def words_of(text: str) -> tuple[str, ...]:
    """Return the words and numbers of a plain text as they are written."""
    return tuple(_WORD.findall(text))


def runs_of(text: str) -> Iterator[list[str]]:
    """Yield the words of a plain text in runs: a space alone stands between two of a run."""
    run: list[str] = []
    end = -1
    for word in _WORD.finditer(text):
        if run and text[end : word.start()] != " ":
            yield run
            run = []
        run.append(word.group())
        end = word.end()
    if run:
        yield run


def sentence_diff(before: Sequence[Sentence], after: Sequence[Sentence]) -> SentenceDiff:
    """Return what differs between the sentences of two states of a text."""
    old, new = _without_shared(before, after)
    pairs = list(_paired(old[:_MOST_PAIRED], new[:_MOST_PAIRED]))
    taken = {id(sentence) for _, sentence in pairs}
    added = [sentence for sentence in new if id(sentence) not in taken]
    fresh = sum(len(sentence.words) for sentence in added)
    whole = sum(len(sentence.words) for sentence in after)
    return SentenceDiff(tuple(pairs), tuple(added), fresh / whole if whole else 0.0, fresh)


def _parts(text: str) -> Iterator[str]:
    """Yield the sentences of a text, and what is too long for one in pieces."""
    for part in _ENDS.split(text):
        sentence = " ".join(part.split())
        for start in range(0, len(sentence), _MOST_SENTENCE):
            yield sentence[start : start + _MOST_SENTENCE]


def _sentence(text: str) -> Sentence:
    words = words_of(text)
    folded = words_of(without_ages(text).casefold())
    return Sentence(text, words, " ".join(folded) if folded else text)


def _without_shared(
    before: Sequence[Sentence], after: Sequence[Sentence]
) -> tuple[list[Sentence], list[Sentence]]:
    keys_before = {sentence.key for sentence in before}
    keys_after = {sentence.key for sentence in after}
    old = [sentence for sentence in before if sentence.key not in keys_after]
    return old, [sentence for sentence in after if sentence.key not in keys_before]


def _paired(
    old: Sequence[Sentence], new: Sequence[Sentence]
) -> Iterator[tuple[Sentence, Sentence]]:
    """Pair the sentences that share most words first; each is in one pair at most."""
    bags = [_bag(sentence) for sentence in old]
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for index, bag in enumerate(bags):
        for word in bag:
            holders[word].append(index)
    likely = [
        (share, there, here)
        for here, sentence in enumerate(new)
        for share, there in _alike(_bag(sentence), bags, holders)
    ]
    used_old, used_new = set[int](), set[int]()
    for _, there, here in sorted(likely, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if there not in used_old and here not in used_new:
            used_old.add(there)
            used_new.add(here)
            yield old[there], new[here]


def _alike(
    bag: Counter[str], bags: Sequence[Counter[str]], holders: dict[str, list[int]]
) -> Iterator[tuple[float, int]]:
    """Yield (share, index) of the sentences that share enough words.

    The share is Dice's coefficient over bags of words (Dice, Ecology 26, 1945).
    """
    shared: Counter[int] = Counter()
    for word, times in bag.items():
        for index in holders.get(word, ()):
            shared[index] += min(times, bags[index][word])
    whole = bag.total()
    for index, count in shared.items():
        share = 2 * count / (whole + bags[index].total())
        if share >= _LEAST_SHARED:
            yield share, index


def _bag(sentence: Sentence) -> Counter[str]:
    return Counter(sentence.key.split())
