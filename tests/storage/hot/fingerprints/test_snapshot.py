"""The index on disk is the index that ran, or is not taken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from storage.hot.fingerprints import Sketch, snapshot
from storage.hot.fingerprints.memory import MemoryFingerprints

NOON = datetime(2026, 6, 2, 12, 0, tzinfo=UTC)
ARTICLES = 3_000


async def filled(rng: np.random.Generator) -> tuple[MemoryFingerprints, list[Sketch]]:
    """Return an index that has grown, spilled and been compacted, and all sketches in it."""
    index = MemoryFingerprints()
    common = rng.integers(0, 1 << 60, 5, dtype=np.uint64)
    sketches: list[Sketch] = []
    for number in range(ARTICLES):
        own = rng.integers(0, 1 << 60, 25, dtype=np.uint64)
        sketches.append(np.unique(np.concatenate([own, common[: number % 5]])))
        await index.add(number + 1, sketches[-1], NOON + timedelta(minutes=number))
    await index.expire(NOON + timedelta(minutes=ARTICLES // 2))
    for number in range(ARTICLES, 2 * ARTICLES):
        sketches.append(np.sort(rng.integers(0, 1 << 60, 25, dtype=np.uint64)))
        await index.add(number + 1, sketches[-1], NOON + timedelta(minutes=number))
    return index, sketches


async def test_every_living_article_is_found_by_its_own_shingles() -> None:
    index, sketches = await filled(np.random.default_rng(1))
    assert await index.size() == 2 * ARTICLES - ARTICLES // 2
    for number in range(ARTICLES // 2, 2 * ARTICLES, 7):
        ((article_id, shared), *_) = await index.candidates(sketches[number], 5)
        assert article_id == number + 1
        assert shared >= 25  # of what very many hold, only some holders are looked at
    assert await index.candidates(sketches[3][-3:], 5, least=3) == []


async def test_a_snapshot_gives_the_same_candidates(tmp_path: Path) -> None:
    index, sketches = await filled(np.random.default_rng(2))
    file = tmp_path / "fingerprints.npz"
    snapshot.write(snapshot.arrays_of(index, form="2", now=NOON), file)
    taken = snapshot.read(file, form="2")
    assert taken is not None
    assert taken.taken_at == NOON
    for sketch in sketches[::5]:
        assert await taken.index.candidates(sketch, 9) == await index.candidates(sketch, 9)
    assert await taken.index.size() == await index.size()
    assert taken.index.newest_id() == 2 * ARTICLES


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 not a snapshot"])
def test_a_missing_or_damaged_snapshot_is_not_taken(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "fingerprints.npz"
    if content is not None:
        file.write_bytes(content)
    assert snapshot.read(file, form="2") is None


async def test_a_snapshot_cut_short_or_of_another_form_is_not_taken(tmp_path: Path) -> None:
    file = tmp_path / "fingerprints.npz"
    snapshot.write(snapshot.arrays_of(MemoryFingerprints(), form="2", now=NOON), file)
    assert snapshot.read(file, form="3") is None
    file.write_bytes(file.read_bytes()[:-200])
    assert snapshot.read(file, form="2") is None
