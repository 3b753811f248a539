"""Recorded pages, served under their own host names and crawled by the daemon, against the truth.

The daemon is `wirewatch run` as anybody starts it; only its way out is a proxy that replays.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import trafilatura

from crawler.urls.canonical import canonical_url
from scheduler.demo.installation import Installation, free_port
from storage.crawl import pages, sources
from storage.models.articles import Article
from storage.models.pages import PageState
from storage.models.problems import Problem
from storage.models.sources import Source
from storage.sql.database import Database
from storage.stories import articles
from tests.bench.report import progress
from tests.bench.scores import date_exact, ngram_f1, title_loose
from tests.servers.replay_proxy import LISTING_URL, ReplayProxy

_POLL_SECONDS = 0.1
_TELL_SECONDS = 5.0
_CONFIG = """\
[fetch]
proxy = "{proxy}"
ca_file = "{ca_file}"
host_delay_seconds = 0
[extract]
workers = {workers}
[recrawl]
revisit_minutes = []
page_tries = 1
[web]
port = {port}
"""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A page of the file: its address (as the daemon spells it), its HTML and what is true of it."""

    url: str
    html: str
    truth: dict[str, Any]
    kind: str = ""  # what it is where it is no article


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the daemon made of a page."""

    page: Recorded
    article: Article | None
    problem: Problem | None


def add_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--pages", type=Path, required=True, help="gzip JSON Lines, a page a line")
    parser.add_argument("--limit", type=int, help="only the first pages of the file")
    parser.add_argument(
        "--patience", type=float, default=300.0, help="seconds after which the crawl is cut off"
    )
    parser.add_argument("--each", action="store_true", help="print each page's figures as well")


def run(args: argparse.Namespace) -> dict[str, Any]:
    recorded = list(read_pages(args.pages))[: args.limit]
    progress(f"{len(recorded)} pages of {args.pages.name}")
    with tempfile.TemporaryDirectory(prefix="wirewatch-replay-") as folder:
        outcomes, seconds = asyncio.run(crawl(recorded, Path(folder), args.patience))
    if args.each:
        _print_each(outcomes)
    result = figures(outcomes)
    result["pages_per_s"] = round(len(recorded) / seconds, 2)
    progress("the same pages through trafilatura.extract")
    result["peer_trafilatura_text_f1"] = _mean(
        ngram_f1(_by_trafilatura(page), page.truth["body"])
        for page in recorded
        if page.truth.get("body")
    )
    return result


def read_pages(path: Path) -> Iterator[Recorded]:
    """Read the file; a page recorded without its address gets a made-up one."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            row = json.loads(line)
            url = row["url"] or f"https://page-{number}.replay.example/"
            yield Recorded(
                canonical_url(url), row["html"], row.get("truth") or {}, row.get("kind", "")
            )


async def crawl(
    recorded: Sequence[Recorded], folder: Path, patience: float
) -> tuple[list[Outcome], float]:
    """Let a daemon fetch all pages; what became of each, and the seconds from listing to last."""
    bodies = {page.url: page.html.encode("utf-8", "surrogatepass") for page in recorded}
    installation = Installation(folder / "data")
    async with ReplayProxy(bodies, folder) as proxy:
        installation.configure(
            _CONFIG.format(
                proxy=proxy.url,
                ca_file=proxy.ca_file,
                workers=os.cpu_count() or 1,
                port=free_port(),
            )
        )
        await installation.must("source", "add", LISTING_URL)
        db = Database.open(installation.data / "wirewatch.db")
        try:
            async with installation.daemon() as process:
                seconds = await _finished(db, process, patience, len(bodies))
            if process.returncode:
                progress(installation.last_words())
            with db.connect() as conn:
                return [
                    Outcome(page, _article(conn, page), _problem(conn, page)) for page in recorded
                ], seconds
        finally:
            db.close()


def figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Hold what was stored against the truth; a page without an article has text F1 0."""
    with_body = [o for o in outcomes if o.page.truth.get("body")]
    with_title = [o for o in outcomes if o.page.truth.get("title")]
    with_date = [o for o in outcomes if o.page.truth.get("published")]
    failed = (o.problem.value if o.problem else "unfinished" for o in outcomes if not o.article)
    return {
        "pages": len(outcomes),
        "articles": sum(1 for o in outcomes if o.article),
        "errors": dict(Counter(failed).most_common()),
        "text_f1": _mean(_text_f1(o) for o in with_body),
        "title_loose": _mean(float(_title_right(o)) for o in with_title),
        "date_exact": _mean(float(_date_right(o)) for o in with_date),
    }


async def _finished(
    db: Database, process: asyncio.subprocess.Process, patience: float, expected: int
) -> float:
    """Wait until the daemon is done with every page; the seconds since it read the listing."""
    began = listed = told = time.monotonic()
    while time.monotonic() - began < patience and process.returncode is None:
        source, done = await db.read(_progress)
        now = time.monotonic()
        if source is None or source.health.primed_at is None:
            listed = now
        elif done >= expected:
            break
        if now - told > _TELL_SECONDS:
            told = now
            progress(f"{done} of {expected} pages")
        await asyncio.sleep(_POLL_SECONDS)
    return time.monotonic() - listed


def _progress(conn: Any) -> tuple[Source | None, int]:
    source = sources.by_url(conn, LISTING_URL)
    if source is None:
        return None, 0
    done = sum(
        len(pages.of_source(conn, source.id, state))
        for state in (PageState.DONE, PageState.REFUSED, PageState.FAILED)
    )
    return source, done


def _article(conn: Any, page: Recorded) -> Article | None:
    found = articles.by_url(conn, page.url)
    return found if found and found.url == page.url else None


def _problem(conn: Any, page: Recorded) -> Problem | None:
    known = pages.by_url(conn, page.url)
    return known.problem if known else None


def _text_f1(outcome: Outcome) -> float:
    return ngram_f1(outcome.article.text if outcome.article else "", outcome.page.truth["body"])


def _title_right(outcome: Outcome) -> bool:
    found = outcome.article.title if outcome.article else None
    return title_loose(found, outcome.page.truth["title"])


def _date_right(outcome: Outcome) -> bool:
    found = outcome.article.dates.published if outcome.article else None
    return date_exact(found, outcome.page.truth["published"])


def _by_trafilatura(page: Recorded) -> str:
    return trafilatura.extract(page.html, url=page.url, include_comments=False) or ""


def _mean(values: Iterator[float]) -> float | None:
    found = list(values)
    return round(fmean(found), 4) if found else None


def _print_each(outcomes: Sequence[Outcome]) -> None:
    for outcome in outcomes:
        truth = outcome.page.truth
        text = f"{_text_f1(outcome):.3f}" if truth.get("body") else "-"
        date = str(_date_right(outcome)) if truth.get("published") else "-"
        progress(f"{text}\t{date}\t{outcome.problem or ''}\t{outcome.page.url}")
