"""The bench of cases: each kind is asked of the product, and a wrong answer is seen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.bench.cases import figures, judge, read_cases

FEED = """<rss version="2.0"><channel><title>Harbour</title><item><title>Crews &amp; ferries</title>
<link>https://harbour.example/1</link><pubDate>Mon, 30 Nov 2026 07:00:00 GMT</pubDate></item></channel></rss>"""
SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://harbour.example/%7Ea</loc>
</url></urlset>"""
PROSE = " ".join(["The crews of three ferries voted on Monday to stop work for a day."] * 12)
PAGE = f"""<html lang="en"><head><title>Crews vote</title></head><body><article><h1>Crews vote</h1><p>{PROSE}</p>
</article></body></html>"""


def case(kind: str, expect: dict[str, Any], **given: Any) -> dict[str, Any]:
    return {"id": f"{kind}-1", "family": kind, "kind": kind, "expect": expect, **given}


GIVEN: dict[str, dict[str, Any]] = {
    "page": {"body": PAGE, "url": "https://harbour.example/1", "content_type": "text/html"},
    "feed": {"body": FEED, "url": "https://harbour.example/feed"},
    "sitemap": {"body": SITEMAP, "url": "https://harbour.example/sitemap.xml"},
    "query": {"query": "crews NEAR/3 vote", "text": "The crews will vote."},
    "mail": {"topic": "Fähren", "story": {"headline": "Crews vote"}},
    "address": {"address": "desk@newsroom.example"},
    "config": {"toml": "[email]\nport = 587\n"},
}
RIGHT: dict[str, dict[str, Any]] = {
    "page": {"title_in": ["Crews vote"], "text_has": ["three ferries"], "language": "en"},
    "feed": {
        "items": [
            {"url": "https://HARBOUR.example/1", "published": "2026-11-30T07:00:00Z"},
        ],
        "count": 1,
        "degraded": False,
    },
    "sitemap": {"any_of": [{"count": 7}, {"links": ["https://harbour.example/~a"]}]},
    "query": {"matches": True, "noted": False},
    "mail": {"subject_has": ["Fähren: Crews vote"], "to": "desk@newsroom.example"},
    "address": {"stored": "desk@newsroom.example"},
    "config": {"ok": True},
}
WRONG: dict[str, dict[str, Any]] = {
    "page": {"text_lacks": ["three ferries"]},
    "feed": {"items": [{"url": "https://harbour.example/1", "title": "Crews"}]},
    "sitemap": {"any_of": [{"count": 7}, {"lacks": ["https://harbour.example/~a"]}]},
    "query": {"matches": False},
    "mail": {"no_encoded_word_in": ["Subject"]},
    "address": {"refused": True},
    "config": {"refused_key": "email.port"},
}


@pytest.mark.parametrize("kind", GIVEN)
def test_a_right_answer_passes(kind: str) -> None:
    assert judge(case(kind, RIGHT[kind], **GIVEN[kind])).failures == []


@pytest.mark.parametrize("kind", GIVEN)
def test_a_wrong_answer_is_said(kind: str) -> None:
    assert len(judge(case(kind, WRONG[kind], **GIVEN[kind])).failures) == 1


def test_a_crash_is_a_failure_of_the_product() -> None:
    [failure] = judge(case("feed", {"count": 1}, body=FEED)).failures
    assert failure == "crash: KeyError: 'url'"


def test_an_expectation_that_is_not_known_is_no_pass() -> None:
    with pytest.raises(KeyError, match="colour"):
        judge(case("query", {"colour": "red"}, **GIVEN["query"]))


def test_figures_count_by_family_and_kind(tmp_path: Path) -> None:
    lines = [
        case("query", RIGHT["query"], **GIVEN["query"]),
        case("query", WRONG["query"], role="control", **GIVEN["query"]),
        case("config", RIGHT["config"], **GIVEN["config"]),
    ]
    file = tmp_path / "cases.jsonl"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    assert figures([judge(each) for each in read_cases(file)]) == {
        "cases": 3,
        "passed": 2,
        "failed": 1,
        "by_family": {"config": [1, 1], "query": [1, 2]},
        "by_kind": {"config": [1, 1], "query": [1, 2]},
        "controls_failed": 1,
    }
