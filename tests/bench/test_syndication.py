"""The bench of credits counts as it says."""

from __future__ import annotations

import argparse
import gzip
import json
from pathlib import Path

import pytest

from tests.bench import syndication
from tests.crawler.extract.pages import page

HEAD = '<link rel="canonical" href="{}"><meta property="og:url" content="{}">'


def row(url: str, canonical: str, original: str | None) -> dict[str, object]:
    html = page(head=HEAD.format(canonical, url))
    return {"url": url, "html": html, "syndicated": original is not None, "original": original}


def test_precision_and_recall_are_of_the_right_publisher(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wire = "https://wire.example/a"
    rows = [
        row("https://one.test/a", wire, wire),
        row("https://two.test/a", "https://wrong.example/a", wire),
        row("https://three.test/a", "https://three.test/a", wire),
        row("https://four.test/a", "https://m.four.test/a", None),
        row("https://five.test/a", wire, None),
        {"url": "https://six.test/a", "html": page(head=HEAD.format(wire, wire))},
    ]
    file = tmp_path / "pages.jsonl.gz"
    with gzip.open(file, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(each) + "\n" for each in rows)
    result = syndication.run(argparse.Namespace(pages=file))
    assert (result["precision"], result["recall"]) == (0.3333, 0.3333)
    assert (result["pages"], result["named"], result["syndicated"]) == (6, 4, 3)
    told = capsys.readouterr().err
    assert "right: https://one.test/a is from wire.example" in told
    assert "+4.0  it names wire.example as its canonical address" in told
    assert "MISSED: https://three.test/a" in told
    assert "unlabelled: https://six.test/a" in told
