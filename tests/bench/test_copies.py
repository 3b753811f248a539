"""The bench's own arithmetic."""

from __future__ import annotations

import argparse
import gzip
import json
from typing import TYPE_CHECKING

from tests.bench.copies import add_flags, run
from tests.bench.copies.documents import Stories, pairwise
from tests.bench.copies.stream import Stream
from tests.crawler.copies import texts

if TYPE_CHECKING:
    from pathlib import Path


def test_pairs_are_counted_over_stories() -> None:
    assert pairwise("aab", "xxy") == {"precision": 1.0, "recall": 1.0, "f1": 1.0}
    assert pairwise("aab", "xxx") == {"precision": 0.3333, "recall": 1.0, "f1": 0.5}
    assert pairwise("aab", "xyz") == {"precision": 1.0, "recall": 0.0, "f1": 0.0}


def test_a_bridging_copy_makes_two_stories_one() -> None:
    stories = Stories()
    stories.add(1, [])
    stories.add(2, [])
    assert stories.root(1) != stories.root(2)
    stories.add(3, [1, 2])
    assert stories.root(1) == stories.root(2) == stories.root(3)


def test_a_run_over_a_small_file_prints_what_is_promised(tmp_path: Path) -> None:
    path = tmp_path / "small.jsonl.gz"
    made = [("original", texts.STORIES["ferry"]), ("farm", texts.farm(texts.STORIES["ferry"]))]
    with gzip.open(path, "wt", encoding="utf-8") as file:
        for place, (kind, text) in enumerate(made):
            row = {
                "group": "ferry",
                "kind": kind,
                "site": f"{kind}.example",
                "title": "",
                "text": text,
                "published": f"2026-06-01T12:0{place}:00+00:00",
                "seen_at": f"2026-06-01T12:0{place}:00+00:00",
                "original": kind == "original",
            }
            file.write(json.dumps(row) + "\n")
    parser = argparse.ArgumentParser()
    add_flags(parser)
    result = run(parser.parse_args(["--data", str(path), "--scale", "200", "--timed", "300"]))
    assert (result["f1"], result["original_accuracy"]) == (1.0, 1.0)
    assert result["recall_by_kind"] == {"farm": 1.0, "original": 1.0}
    assert result["docs_per_s"] > 0
    assert result["bytes_per_doc"] > 0
    assert result["over_datasketch"] > 0
    assert result["over_rensa"] > 0
    assert list(result["growth"]) == ["200"]
    assert result["stream_wrong"] == 0
    assert result["harder"]["translation_folded"] == 0.0


def test_the_stream_is_the_same_each_time_and_one_in_five_is_a_copy() -> None:
    stream = Stream.of_texts([f"the {texts.STORIES['ferry']}"])
    made, sources = stream.documents(100, 400)
    assert stream.documents(100, 400) == (made, sources)
    copies = sum(source != number for number, source in enumerate(sources, start=100))
    assert 50 < copies < 110
    assert made[0] == stream.fresh(100)
    assert len(made[0].split()) == 500
