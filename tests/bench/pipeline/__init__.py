"""The whole pipeline, from a fetch on loopback to the stored and matched article, beside peers.

Ours is the daemon itself: fetch with robots.txt and host slots, extract, detect copies, match 1,000
topics, store. The peers fetch the same pages with Scrapy as it comes: and throw them away, or read
them with trafilatura's fast mode, in the crawl's process or in a pool of two, or with news-please.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scheduler.demo.installation import free_port
from scheduler.demo.orphan_guard import guarded
from tests.bench.pipeline.ours import Run, crawl
from tests.bench.pipeline.peers import FETCH_ONLY, INLINE, NEWS_PLEASE, POOL
from tests.bench.pipeline.web import SITES, host_of_site, page_path
from tests.bench.report import progress

_PEER_PAGES = {FETCH_ONLY: 2_000, INLINE: 400, POOL: 800, NEWS_PLEASE: 120}


def add_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--pages", type=int, default=4_000, help="of the warm run")
    parser.add_argument("--cold-pages", type=int, default=1_200, help="of the cold run")
    parser.add_argument("--workers", type=int, default=1, help="parser processes of the daemon")
    parser.add_argument("--only", choices=["cold", "warm"], help="one run of ours, and no peer")


def run(args: argparse.Namespace) -> dict[str, Any]:
    port = free_port()
    with _served(port), tempfile.TemporaryDirectory(prefix="wirewatch-pipeline-") as folder:
        runs = {}
        for name, pages in (("cold", args.cold_pages), ("warm", args.pages)):
            if args.only in (None, name):
                where = Path(folder) / name
                where.mkdir()
                runs[name] = asyncio.run(
                    crawl(where, port, pages, warm=name == "warm", workers=args.workers)
                )
                progress(f"{name}: {runs[name].pages_per_s:.1f} pages/s")
        peers = {} if args.only else {kind: _peer(kind, port) for kind in _PEER_PAGES}
    return _figures(runs, peers)


def _figures(runs: dict[str, Run], peers: dict[str, float]) -> dict[str, Any]:
    found: dict[str, Any] = {"sites": SITES}
    for name, run in runs.items():
        found[f"{name}_pages_per_s"] = round(run.pages_per_s, 1)
        found[f"{name}_pages"] = run.pages
        found[f"{name}_articles"] = run.articles
        found[f"{name}_copies"] = run.copies
        found[f"{name}_matches"] = run.matches
        found[f"{name}_main_cpu_ms"] = run.main_cpu_ms
        found[f"{name}_parser_cpu_ms"] = run.parser_cpu_ms
        if peers:
            found[f"{name}_over_fetch_only"] = round(run.pages_per_s / peers[FETCH_ONLY], 3)
            found[f"{name}_over_pool"] = round(run.pages_per_s / peers[POOL], 2)
            found[f"{name}_over_newsplease"] = round(run.pages_per_s / peers[NEWS_PLEASE], 1)
    for kind, pages_per_s in peers.items():
        found["peer_" + kind + "_pages_per_s"] = round(pages_per_s, 1)
    if peers:
        found["fetch_only_pages_per_s"] = round(peers[FETCH_ONLY], 1)
    if "warm" in runs:
        found["rss_slope"] = slope(runs["warm"].memory)
        found["rss_mb"] = round(max((mib for _, mib in runs["warm"].memory), default=0.0), 1)
    return found


def slope(memory: list[tuple[int, float]]) -> float | None:
    """Return the growth of memory in MiB each 10,000 pages, over the second half of the run."""
    half = memory[len(memory) // 2 :]
    if len({pages for pages, _ in half}) < 2:
        return None
    line = statistics.linear_regression(*zip(*half, strict=True))
    return round(line.slope * 10_000, 2)


@contextlib.contextmanager
def _served(port: int) -> Iterator[None]:
    command = guarded(sys.executable, "-m", "tests.bench.pipeline.server", str(port))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            assert server.stdout.readline() == "ready\n"
            yield
        finally:
            server.kill()


def _peer(kind: str, port: int) -> float:
    count = _PEER_PAGES[kind]
    urls = [
        f"http://{host_of_site(site)}:{port}{page_path(number)}"
        for number in range(count // SITES)
        for site in range(SITES)
    ]
    done = subprocess.run(
        guarded(sys.executable, "-m", "tests.bench.pipeline.peers", kind),
        input="\n".join(urls),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    if found["pages"] != count:
        raise RuntimeError(f"{kind}: {found['pages']} of {count} pages")
    pages_per_s: float = found["pages"] / found["seconds"]
    progress(f"{kind}: {pages_per_s:.1f} pages/s")
    return pages_per_s
