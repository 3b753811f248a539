"""The bench of labelled pairs: its arithmetic, and a run over a small file."""

from __future__ import annotations

import argparse
import gzip
import json
from typing import TYPE_CHECKING

import pytest

from tests.bench.pairs import add_flags, run
from tests.bench.pairs.labelled import read_pairs, strata_weights
from tests.bench.pairs.measures import by_label, intervals, measures
from tests.crawler.copies import texts

if TYPE_CHECKING:
    from pathlib import Path

FERRY, ORCHARD = texts.STORIES["ferry"], texts.STORIES["orchard"]


def row(label: str, one: str, other: str, **others: object) -> dict[str, object]:
    row = {"source": "paper", "label": label, "stratum": "", "stratum_size": 0}
    for side, text, hour in (("a", one, 12), ("b", other, 13)):
        row |= {
            f"{side}_id": f"{side}{hash(text)}",
            f"{side}_text": text,
            f"{side}_title": text[:30],
            f"{side}_site": f"{side}.example",
            f"{side}_date": f"2026-06-01T{hour}:00:00",
        }
    return row | others


@pytest.fixture
def path(tmp_path: Path) -> Path:
    rows = [
        row("copy", FERRY, texts.farm(FERRY), stratum="likely", stratum_size=8),
        row("update", ORCHARD, f"{ORCHARD} The talks go on.", stratum="likely", stratum_size=8),
        row("different", FERRY, ORCHARD, stratum="unlikely", stratum_size=90),
        row("quotation", FERRY, FERRY, source="letters"),  # labelled wrongly: a false fold
    ]
    path = tmp_path / "pairs.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(each) + "\n" for each in rows)
    return path


def test_a_pair_stands_for_its_share_of_the_stratum(path: Path) -> None:
    assert strata_weights(read_pairs(path)) == [4.0, 4.0, 90.0, None]


def test_precision_is_weighted_and_recall_is_not(path: Path) -> None:
    pairs = read_pairs(path)
    weights = strata_weights(pairs)
    folds = [True, False, True, True]
    assert measures(pairs, folds, weights) == {
        "precision": 0.3333,
        "recall_copies": 1.0,
        "recall": 0.5,
        "precision_weighted": 0.0426,
    }
    assert "precision_weighted" not in measures(pairs, folds)
    assert by_label(pairs, folds, "paper") == {
        "copy": [1, 1],
        "different": [1, 1],
        "update": [0, 1],
    }
    lowest, highest = intervals(pairs, folds, weights)["precision"]
    assert 0 <= lowest < 0.3333 < highest <= 1


def test_a_run_prints_what_is_promised(path: Path) -> None:
    parser = argparse.ArgumentParser()
    add_flags(parser)
    result = run(parser.parse_args(["--data", str(path), "--wrong"]))
    assert result["pairs"] == 4
    assert (result["precision"], result["precision_weighted"]) == (0.6667, 1.0)
    assert (result["recall"], result["recall_copies"]) == (1.0, 1.0)
    assert result["by_source"]["letters"]["precision"] == 0.0
    assert result["stream"]["recall"] == 1.0
    assert result["wrong"] == [[3, "quotation", "letters", True, True]]
    assert 0 <= result["peer_datasketch_recall"] <= 1
    assert 0 <= result["peer_datasketch_precision"] <= 1
