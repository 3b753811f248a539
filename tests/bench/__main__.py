"""`python -m tests.bench NAME [flags]`: runs a benchmark, prints one JSON line last.

A benchmark is a module of this package with `add_flags(parser)` and `run(args) -> dict`.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import time

from tests.bench.report import common_keys

BENCHMARKS = {
    # name: what it measures; the module of that name in this package is imported when asked for
    "cases": "inputs on which people met faults, and how many are got right",
    "copies": "quality and speed of copy detection on labelled documents",
    "delivery": "how fast and how soon webhooks leave the outbox",
    "extraction": "quality and speed of extraction on recorded pages, beside its peers",
    "feeds": "how feeds of a corpus are read, beside feedparser",
    "fuzz": "readers of bytes under a fuzzer: what fails, and what is slow",
    "kill": "what is lost and told twice when the daemon is killed",
    "origin": "who was first, in made stories that forgers join",
    "pipeline": "the daemon from fetch to match, beside Scrapy",
    "neighbours": "what hostile sources do to the stories of others: lost, told twice, misattributed",
    "pairs": "which of the pairs that a person labelled are folded, beside datasketch",
    "recrawl": "how late articles are met, under equal budgets of requests",
    "replay": "pages of a file, served and crawled by the daemon",
    "soak": "an hour of a thousand sources, a tenth of them hostile: memory, loop, alerts",
    "scale": "what Redis and several processes give: claims, look-ups, more workers",
    "topics": "how fast topics find their articles, and a query the stored ones",
    "web": "how soon pages and `status` answer over a million articles",
    "worst": "what costs each step most for its size: its time, and how long the loop is silent",
    "syndication": "from whom pages say that their text is, on labelled pages",
}


def main(arguments: list[str]) -> int:
    """Run the benchmark named first; its progress goes to standard error."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    listed = "; ".join(f"{name}: {says}" for name, says in BENCHMARKS.items())
    parser.add_argument("name", choices=sorted(BENCHMARKS), help=listed)
    name = parser.parse_args(arguments[:1]).name
    module = importlib.import_module(f"tests.bench.{name}")
    flags = argparse.ArgumentParser(prog=f"python -m tests.bench {name}")
    module.add_flags(flags)
    args = flags.parse_args(arguments[1:])
    began = time.perf_counter()
    result = module.run(args)
    print(json.dumps({**common_keys(name, time.perf_counter() - began), **result}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
