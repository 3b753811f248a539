"""Look-ups in the copy index in Redis: how long each takes, and what a document takes of memory."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import numpy as np

from storage.hot.fingerprints import Sketch
from storage.hot.fingerprints.shared import SharedFingerprints
from storage.hot.redis.connection import RedisConnection, examine
from tests.bench.report import progress

_WINDOW = timedelta(days=45)
_SHINGLES, _KEPT, _POOL, _COMMON = 60, 48, 20_000, 300
_COPIES = 0.3
_AT_ONCE, _ASKED = 500, 3_000


async def lookups(url: str, documents: int) -> dict[str, float]:
    """Fill an index of made-up sketches, three in ten copies of another, and ask for some thousand."""
    connection = RedisConnection.at(url)
    try:
        await connection.command("FLUSHALL")
        empty = (await examine(connection)).used
        index = SharedFingerprints(connection, form="bench", window=_WINDOW, bucket=_WINDOW / 4)
        rng = np.random.default_rng(1)
        pool = await _fill(index, documents, rng)
        used = (await examine(connection)).used - empty
        seconds = sorted([await _asked(index, pool, rng) for _ in range(_ASKED)])
        return {
            "lookup_p50_ms": round(1000 * seconds[_ASKED // 2], 2),
            "lookup_p99_ms": round(1000 * seconds[_ASKED * 99 // 100], 2),
            "redis_bytes_per_doc": round(used / documents),
        }
    finally:
        await connection.close()


async def _fill(
    index: SharedFingerprints, documents: int, rng: np.random.Generator
) -> list[Sketch]:
    pool: list[Sketch] = []
    common = _made(_COMMON, rng)
    filler = await index.begin(expected=documents)
    start, batch = datetime.now(UTC) - _WINDOW, []
    for number in range(documents):
        sketch = _made(_SHINGLES, rng)
        if pool and rng.random() < _COPIES:
            sketch[:_KEPT] = pool[rng.integers(len(pool))][:_KEPT]
        sketch[:3] = rng.choice(common, 3)
        if len(pool) < _POOL:
            pool.append(sketch)
        else:
            pool[rng.integers(_POOL)] = sketch
        seen = start + _WINDOW * (number / documents)
        batch.append((number + 1, np.unique(sketch), seen))
        if len(batch) == _AT_ONCE or number == documents - 1:
            await filler.add_all(batch)
            batch = []
        if number % 100_000 == 0:
            progress(f"{number} of {documents} documents")
    await filler.finish()
    return pool


def _made(size: int, rng: np.random.Generator) -> Sketch:
    return rng.integers(0, 2**63, size=size, dtype=np.uint64)


async def _asked(index: SharedFingerprints, pool: list[Sketch], rng: np.random.Generator) -> float:
    sketch = np.unique(pool[rng.integers(len(pool))])
    began = time.perf_counter()
    found = await index.candidates(sketch, 33, least=2)
    took = time.perf_counter() - began
    if not found:
        raise AssertionError("a document that is there was not found")
    return took
