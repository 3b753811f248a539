"""The benchmark of topics runs, in a short form, and its peers do the work that they are timed for."""

from __future__ import annotations

import argparse
import gzip
import json
import random
from pathlib import Path

import pytest

from scheduler.query.matching.document import Document
from scheduler.query.matching.evaluator import AnalysedDocument, holds
from scheduler.query.matching.matcher import Matcher
from tests.bench import topics
from tests.bench.topics.made import made_topics, source_of
from tests.bench.topics.peers import Percolator, naive, positions

ARTICLES = 12


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """Draw texts of 400 words, of which few are in many texts."""
    drawn = random.Random(1)
    return [
        " ".join(f"word{int(drawn.paretovariate(0.5)) % 5000}" for _ in range(400))
        for _ in range(ARTICLES)
    ]


def test_the_benchmark_gives_all_its_keys(texts: list[str], tmp_path: Path) -> None:
    lines = [json.dumps({"truth": {"title": "A title", "body": text}}) for text in texts]
    (tmp_path / "pages.jsonl.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    parser = argparse.ArgumentParser()
    topics.add_flags(parser)
    flags = ["--topics", "400", "--pages", str(tmp_path), "--articles", "300"]
    result = topics.run(parser.parse_args(flags))
    assert result["articles"] == ARTICLES
    for key in (
        *("articles_per_s", "dense_articles_per_s", "over_naive", "over_tantivy"),
        *("growth_1k_to_100k", "bytes_per_topic", "add_us", "backtest_s"),
    ):
        assert result[key] > 0, key


def test_topics_are_of_mixed_shape_and_always_the_same(texts: list[str]) -> None:
    source = source_of(texts)
    made = [str(topic) for topic in made_topics(source, 300, present=1.0, seed=3)]
    assert made == [str(topic) for topic in made_topics(source, 300, present=1.0, seed=3)]
    for sign in ("NEAR/", " OR ", " AND ", "NOT ", "*", '"'):
        assert any(sign in topic for topic in made), sign


def test_topics_about_something_else_match_nothing(texts: list[str]) -> None:
    matcher = Matcher(as_machine_code=False)
    for number, topic in enumerate(made_topics(source_of(texts), 200, present=0.0, seed=3)):
        matcher.add(number, topic)
    assert [matcher.match(Document("", text)) for text in texts] == [[]] * ARTICLES


def test_the_peers_find_what_the_definition_finds(texts: list[str]) -> None:
    made = list(made_topics(source_of(texts), 300, present=1.0, seed=5))
    documents = [Document("", text) for text in texts]  # of no language: no stems
    expected = sum(
        holds(topic, article) for article in map(AnalysedDocument, documents) for topic in made
    )
    found = [positions(document) for document in documents]
    assert sum(naive(topic)(each) for topic in made for each in found) == expected > 0
    # Tantivy has no NEAR: its phrases with gaps stand for it, which are ordered.
    assert Percolator(made).hits(documents) == pytest.approx(expected, rel=0.1)
