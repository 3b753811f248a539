"""An endless stream of made-up documents of 500 words, one in five of them a copy.

The words are those of the labelled originals, as frequent as there, in any order. A copy is of an
original among the 2,000 documents before it: equal, with one word in twenty changed, with a lead of
60 words on top, or its first 300 words. Documents are made from the stream's seed and their numbers,
so that those which only fill an index need not be kept.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

from crawler.copies.detector import CopyDetector, warm_up
from crawler.copies.records import StoredText, SubmittedText
from crawler.settings import CopySettings
from storage.hot.fingerprints.memory import MemoryFingerprints
from tests.bench.copies.documents import Stories

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

WORDS = 500
COPIES = 0.2
LOOKS_BACK = 2000
_LEAD, _HEAD, _EDITED = 60, 300, 25
_SEEN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Stream:
    """Makes the documents."""

    vocabulary: Sequence[str]
    shares: NDArray[np.float64]
    """Cumulated frequencies of the vocabulary, up to 1."""

    seed: int = 1

    @classmethod
    def of_texts(cls, texts: Iterable[str]) -> Stream:
        """Take the words from texts in which "the" is frequent: one language, that of most peers."""
        counts: Counter[str] = Counter()
        for text in texts:
            words = text.split()
            if words.count("the") > len(words) / 33:
                counts.update(words)
        if not counts:
            raise ValueError("the stream takes its words from English texts, and there are none")
        shares = np.array(list(accumulate(counts.values())), dtype=np.float64)
        return cls(list(counts), shares / shares[-1])

    def fresh(self, number: int) -> str:
        """Make a document that is no copy."""
        return " ".join(self._words(np.random.default_rng([self.seed, number]), WORDS))

    def documents(self, first: int, count: int) -> tuple[list[str], list[int]]:
        """Make documents from a number on; and say of which each is a copy: itself, if of none."""
        originals: deque[tuple[int, str]] = deque()
        texts: list[str] = []
        sources: list[int] = []
        for number in range(first, first + count):
            random = np.random.default_rng([self.seed, number, 1])
            if originals and random.random() < COPIES:
                source, text = originals[int(random.integers(len(originals)))]
                text = self._copy(text, random)
            else:
                source, text = number, self.fresh(number)
                originals.append((source, text))
            if originals[0][0] <= number - LOOKS_BACK:
                originals.popleft()
            texts.append(text)
            sources.append(source)
        return texts, sources

    def _copy(self, text: str, random: np.random.Generator) -> str:
        kind = random.integers(4)
        words = text.split(" ")
        if kind == 1:
            for place in random.integers(0, len(words), _EDITED):
                words[place] = self.vocabulary[int(random.integers(len(self.vocabulary)))]
        elif kind == 2:
            words = [*self._words(random, _LEAD), *words]
        elif kind == 3:
            words = words[:_HEAD]
        return " ".join(words)

    def _words(self, random: np.random.Generator, count: int) -> tuple[str, ...]:
        places = self.shares.searchsorted(random.random(count))
        chosen: tuple[str, ...] = itemgetter(*places.tolist())(self.vocabulary)
        return chosen


@dataclass(frozen=True, slots=True)
class Measured:
    """How a run of documents went."""

    docs_per_s: float
    wrong: int
    """Copies that were not found, or not of their own story, and others that were folded."""

    bytes_per_doc: float


def measure(stream: Stream, size: int, count: int) -> Measured:
    """Fill an index with so many documents that are no copies, then time `count` more."""
    return asyncio.run(_measure(stream, size, count))


async def _measure(stream: Stream, size: int, count: int) -> Measured:
    index, stories = MemoryFingerprints(), Stories()
    texts, sources = stream.documents(size, count)

    async def load(numbers: Sequence[int]) -> list[StoredText]:
        return [
            StoredText(number, texts[number - size], story_id=stories.root(number) + 1)
            if number >= size
            else StoredText(number, stream.fresh(number), story_id=number + 1)
            for number in numbers
        ]

    detector = CopyDetector(index, load, CopySettings())
    warm_up()
    for number in range(size):
        await detector.add(number, stream.fresh(number), _SEEN)
    strays = 0
    began = time.perf_counter()
    for number, text in enumerate(texts, start=size):
        judged = await detector.judge(SubmittedText(text))
        copied = [verdict.of_article_id for verdict in judged.verdicts]
        stories.add(number, [one for one in copied if one >= size])
        strays += any(one < size for one in copied)
        await detector.add(number, text, _SEEN)
    seconds = time.perf_counter() - began
    apart = sum(
        stories.root(number) != stories.root(source)
        for number, source in enumerate(sources, start=size)
    )
    joined = len(set(sources)) - apart - len({stories.root(n) for n in range(size, size + count)})
    return Measured(count / seconds, strays + apart + abs(joined), index.nbytes / (size + count))
