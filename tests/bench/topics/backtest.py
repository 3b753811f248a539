"""A query tried on a store of many articles of made-up text.

Words are drawn by Zipf's law, so that a query of three of them meets as many articles as one in
real news does.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

from sqlalchemy import insert

from scheduler.backtest.search import samples, search
from scheduler.demo.orphan_guard import guarded
from scheduler.query.archive_keys import keys_of
from scheduler.query.language.parser import parse_query
from scheduler.query.matching.document import document_of
from storage.sql import schema
from storage.sql.database import Database
from storage.stories import archive

_NOW = datetime(2026, 6, 1, tzinfo=UTC)
_WORDS = 60_000
_BATCH = 1000
QUERY = "(w300 OR w700) AND w120 NOT w2500"


def measured(articles: int) -> dict[str, object]:
    """Make a store of so many articles, and try a query on it here and by the command."""
    with tempfile.TemporaryDirectory() as made:
        return backtest_seconds(Path(made), articles)


def backtest_seconds(
    data: Path, articles: int = 100_000, words: int = 320, query: str = QUERY
) -> dict[str, object]:
    """Measure one try of a query on so many articles.

    `backtest_s` is with opening the database, `backtest_command_s` the command with its imports.
    """
    file = data / "wirewatch.db"
    if not file.exists():
        data.mkdir(parents=True, exist_ok=True)
        fill(file, articles, words)
    began = time.perf_counter()
    db = Database.open(file)
    opened = time.perf_counter() - began
    with db.connect() as conn:
        found = search(conn, parse_query(query), since=_NOW - timedelta(days=30), until=_NOW)
        searched = time.perf_counter() - began
        shown = samples(conn, found.query, found.hits[-20:])
    took = time.perf_counter() - began
    db.close()
    began = time.perf_counter()
    command = [sys.executable, "-m", "scheduler.cli", "--data", str(data), "topic", "test"]
    since = f"--since={(_NOW - timedelta(days=30)).date()}"
    subprocess.run(guarded(*command, query, since, "--json"), check=True, stdout=subprocess.DEVNULL)
    return {
        "backtest_s": round(took, 3),
        "backtest_open_s": round(opened, 3),
        "backtest_search_s": round(searched - opened, 3),
        "backtest_command_s": round(time.perf_counter() - began, 3),
        "backtest_articles": found.articles,
        "backtest_candidates": found.candidates,
        "backtest_hits": len(found.hits),
        "backtest_near": len(found.near),
        "backtest_shown": len(shown),
    }


def fill(file: Path, articles: int, words: int) -> None:
    """Store so many articles, one in ten a copy of the one before it, and index them."""
    db = Database.open(file)
    drawn = random.Random(1)
    vocabulary = [f"w{number}" for number in range(_WORDS)]
    weights = list(accumulate(1 / (rank + 2.7) for rank in range(_WORDS)))
    with db.begin() as conn:
        conn.execute(insert(schema.sources).values(_source()))
    text = ""
    for start in range(1, articles + 1, _BATCH):
        rows: dict[str, list[dict[str, object]]] = {"pages": [], "stories": [], "articles": []}
        for number in range(start, min(start + _BATCH, articles + 1)):
            is_copy = number % 10 == 0
            if not is_copy:
                text = " ".join(drawn.choices(vocabulary, cum_weights=weights, k=words))
            _add(
                rows, number, text, is_copy, _NOW - timedelta(seconds=26 * (articles - number + 1))
            )
        with db.begin() as conn:
            for table, values in rows.items():
                conn.execute(insert(schema.metadata.tables[table]), values)
            ids = [row["id"] for row in rows["articles"]]
            for each in archive.revisions(conn, ids):  # type: ignore[arg-type]
                archive.add(conn, each, keys_of(document_of(each)))
    db.close()


def _source() -> dict[str, object]:
    return {
        "url": "https://a.example/feed",
        "title": "A",
        "site_url": "https://a.example/",
        "state": "active",
        "alert_backlog": False,
        "added_at": _NOW,
        "next_fetch_at": _NOW,
        "next_reason": "",
    }


def _add(
    rows: dict[str, list[dict[str, object]]],
    number: int,
    text: str,
    is_copy: bool,
    at: datetime,
) -> None:
    url = f"https://a.example/{number}"
    rows["pages"].append(
        {"id": number, "url": url, "source_id": 1, "state": "done", "found_at": at}
        | {"found_how": "feed", "backlog": False, "due_at": at}
    )
    story = number - 1 if is_copy else number
    if not is_copy:
        rows["stories"].append(
            {"id": story, "root_article_id": number, "first_seen": at, "updated_at": at}
            | {"confidence": 1.0, "evidence": []}
        )
    rows["articles"].append(
        {"id": number, "page_id": number, "source_id": 1, "story_id": story, "url": url}
        | {"canonical_url": url, "host": "a.example", "site": "A", "title": text[:60]}
        | {"text": text, "authors": [], "published": at, "published_from": "", "language": "en"}
        | {"first_seen": at, "fetched_at": at, "revision": 1, "text_hash": str(number)}
        | {"backlog": False, "signals": []}
    )
