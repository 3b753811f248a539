"""The benchmark of the worst inputs runs, in a short form, and gives all its keys."""

from __future__ import annotations

import argparse

from tests.bench import worst
from tests.bench.worst.inputs import listings, pages, texts

SIZE = 3_000


def test_the_benchmark_gives_all_its_keys() -> None:
    parser = argparse.ArgumentParser()
    worst.add_flags(parser)
    result = worst.run(parser.parse_args(["--size", str(SIZE)]))
    made = (*pages(SIZE), *listings(SIZE), *(name for _ in range(4) for name in texts(SIZE)))
    assert result["inputs"] == len(made)
    assert result["slowest"] in result["times_s"]
    assert set(result) >= {"slowest_s", "loop_silence_ms", "peer_trafilatura_slowest_page_s"}
