"""How fast topics find their articles, beside reading every topic and beside tantivy.

The articles are real texts of news length. *Sparse*: nine tenths of the topics are about words that
stand in none of them, as with real topics. *Dense*: every topic's words stand in some of them.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import json
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from scheduler.query.analysis.tokens import folded_words
from scheduler.query.matching.document import Document
from scheduler.query.matching.matcher import Matcher
from storage.machine_code import can_compile
from tests.bench.report import progress
from tests.bench.topics import backtest
from tests.bench.topics.made import Source, made_topics, source_of
from tests.bench.topics.peers import Percolator, naive, positions

_PAGES = Path(__file__).parents[3].parent / "shared" / "data" / "pages"
_SPARSE, _DENSE = 0.1, 1.0
_LENGTHS = range(300, 1300)  # words of the articles: their mean is that of news
_SMALL = 1000
_ROUNDS = 5
_CHANGES = 2000
_ARTICLES_OF_NAIVE = 3
_ARTICLES_OF_TANTIVY = 2


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags of this benchmark."""
    parser.add_argument("--topics", type=int, default=100_000, help="how many topics")
    parser.add_argument(
        "--pages",
        type=Path,
        default=_PAGES,
        help="folder with *.jsonl.gz: url, truth {title, body}",
    )
    parser.add_argument("--articles", type=int, default=100_000, help="stored, for the backtest")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Measure both mixes at the wanted number of topics and at a thousand, and both peers."""
    texts = list(_texts(args.pages))
    if not texts:
        raise SystemExit(f"no pages with a text in {args.pages}; name a folder with --pages")
    source = source_of([text for _, text in texts])
    articles = [
        Document(title, text, "en") for title, text in texts if len(folded_words(text)) in _LENGTHS
    ]
    mean = sum(len(folded_words(article.text)) for article in articles) / len(articles)
    progress(f"{len(articles)} articles of {mean:.0f} words")
    bytes_per_topic = _bytes_per_topic(source, args.topics)
    sparse = _Measured(source, args.topics, _SPARSE, articles)
    dense = _Measured(source, args.topics, _DENSE, articles)
    few = _Measured(source, _SMALL, _SPARSE, articles)
    adding, removing = sparse.change_us(source)
    batches = {count: _over_batches(source, count, articles) for count in _sizes(args.topics)}
    return {
        "topics": args.topics,
        "articles": len(articles),
        "words_per_article": round(mean),
        "compiled": can_compile(),
        "articles_per_s": round(sparse.per_second, 1),
        "hits_per_article": round(sparse.hits, 1),
        "dense_articles_per_s": round(dense.per_second, 1),
        "dense_hits_per_article": round(dense.hits, 1),
        "over_naive": round(sparse.per_second / sparse.naive_per_second(), 1),
        "over_tantivy": round(sparse.per_second / sparse.tantivy_per_second(), 1),
        "over_tantivy_in_batches": batches,
        "growth_1k_to_100k": round(few.per_second / sparse.per_second, 2),
        "bytes_per_topic": bytes_per_topic,
        "add_us": round(adding, 1),
        "remove_us": round(removing, 1),
        "peer_naive_articles_per_s": round(sparse.naive_per_second(), 2),
        "peer_tantivy_articles_per_s": round(sparse.tantivy_per_second(), 2),
        **backtest.measured(args.articles),
    }


class _Measured:
    """A matcher with its topics, and how fast it and the peers are with them."""

    def __init__(
        self, source: Source, count: int, present: float, articles: Sequence[Document]
    ) -> None:
        self._topics = list(made_topics(source, count, present=present, seed=1))
        self._articles = articles
        self._matcher = Matcher()
        self._kept: dict[str, float] = {}
        for number, topic in enumerate(self._topics):
            self._matcher.add(number, topic)
        progress(f"{count} topics, {present:.0%} about the articles")
        # The trees are kept for the peers only; a watcher's collector has none to go through.
        gc.collect()
        gc.freeze()
        found = 0
        for _ in range(2):  # compiles, learns how common words are, and works out their stems
            found = self._matched()
        self.hits = found / len(articles)
        self.per_second = len(articles) / _fastest(self._matched)

    def naive_per_second(self) -> float:
        """Read every topic, as compiled closures; tokenising included."""
        return self._once("naive", _ARTICLES_OF_NAIVE, self._naive())

    def tantivy_per_second(self) -> float:
        """Index one article at a time, and run every topic on it."""
        return self._once("tantivy", _ARTICLES_OF_TANTIVY, self._percolated())

    def change_us(self, source: Source) -> tuple[float, float]:
        """Add a topic more, and take it away again: the mean of each, in microseconds."""
        more = list(made_topics(source, _CHANGES, present=_SPARSE, seed=2))
        numbers = range(len(self._topics), len(self._topics) + _CHANGES)
        began = time.perf_counter()
        for number, topic in zip(numbers, more, strict=True):
            self._matcher.add(number, topic)
        added = time.perf_counter()
        for number in numbers:
            self._matcher.remove(number)
        removed = time.perf_counter()
        return (added - began) / _CHANGES * 1e6, (removed - added) / _CHANGES * 1e6

    def _matched(self) -> int:
        return sum(len(self._matcher.match(article)) for article in self._articles)

    def _naive(self) -> Callable[[Document], object]:
        predicates = [naive(topic) for topic in self._topics]

        def match(article: Document) -> int:
            found = positions(article)
            return sum(predicate(found) for predicate in predicates)

        return match

    def _percolated(self) -> Callable[[Document], object]:
        percolator = Percolator(self._topics)
        return lambda article: percolator.hits([article])

    def _once(self, name: str, count: int, match: Callable[[Document], object]) -> float:
        if name not in self._kept:
            progress(f"{name}: {count} articles")
            some = self._articles[:count]
            began = time.perf_counter()
            for article in some:
                match(article)
            self._kept[name] = count / (time.perf_counter() - began)
        return self._kept[name]


def _over_batches(source: Source, count: int, articles: Sequence[Document]) -> float:
    """Compare with tantivy when it may wait for all articles and index them as one batch."""
    ours = _Measured(source, count, _SPARSE, articles)
    percolator = Percolator(list(made_topics(source, count, present=_SPARSE, seed=1)))
    began = time.perf_counter()
    percolator.hits(articles)
    theirs = len(articles) / (time.perf_counter() - began)
    return round(ours.per_second / theirs, 2)


def _bytes_per_topic(source: Source, count: int) -> int:
    """Count the memory that is held after the topics were added; the topics' texts are not kept."""
    gc.collect()
    tracemalloc.start()
    matcher = Matcher()
    for number, topic in enumerate(made_topics(source, count, present=_SPARSE, seed=1)):
        matcher.add(number, topic)
    # The stems of the topics' words are worked out with the first article of a language.
    matcher.match(Document("first", "article", "en"))
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return round(held / len(matcher))


def _fastest(task: Callable[[], object]) -> float:
    """Return the seconds of the fastest of some rounds: others on the machine only ever slow it."""
    seconds = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        task()
        seconds.append(time.perf_counter() - began)
    return min(seconds)


def _sizes(topics: int) -> list[int]:
    return [size for size in (1_000, 10_000, 100_000) if size <= topics]


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the titles and texts of the pages of all files, English or not."""
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                truth = json.loads(line).get("truth") or {}
                text = truth.get("body")
                if isinstance(text, str) and text:
                    yield truth.get("title") or "", text
