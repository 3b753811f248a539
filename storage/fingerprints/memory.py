"""Fingerprints in this process's memory: the embedded form, rebuilt from the database at start."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from storage.fingerprints import Sketch

NEWEST_HOLDERS = 64
"""Holders of one shingle that are looked at: a page's boilerplate may be held by thousands."""


@dataclass(frozen=True, slots=True)
class _Entry:
    sketch: Sketch
    seen: datetime


class MemoryFingerprints:
    """An inverted index in dictionaries; about 10 kB for an article of 700 words.

    Of a shingle that very many articles hold, only the articles added last are looked at; a
    story with more copies than that is still found, by its newest ones.
    """

    def __init__(self) -> None:
        self._entries: dict[int, _Entry] = {}
        # Most shingles stand in one article only: a bare id takes a third of what a list takes.
        self._holders: dict[int, int | list[int]] = {}

    async def add(self, article_id: int, sketch: Sketch, seen: datetime) -> None:
        """Index an article; an article that is there already is replaced."""
        self._forget(article_id)
        self._entries[article_id] = _Entry(sketch.copy(), seen)
        for shingle in sketch.tolist():
            holders = self._holders.setdefault(shingle, article_id)
            if isinstance(holders, list):
                holders.append(article_id)
            elif holders != article_id:
                self._holders[shingle] = [holders, article_id]

    async def candidates(self, sketch: Sketch, limit: int) -> list[tuple[int, int]]:
        """Articles that share sampled shingles: (article id, how many), most first, ties by id."""
        counts = Counter(self._held(sketch))
        ranked = sorted(counts.items(), key=lambda found: (-found[1], found[0]))
        return ranked[:limit]

    async def remove(self, article_id: int) -> None:
        """Forget an article; no error when it is not there."""
        self._forget(article_id)

    async def expire(self, before: datetime) -> int:
        """Forget all articles seen before then; how many there were."""
        old = [article_id for article_id, entry in self._entries.items() if entry.seen < before]
        for article_id in old:
            self._forget(article_id)
        return len(old)

    async def size(self) -> int:
        """How many articles are indexed."""
        return len(self._entries)

    def _held(self, sketch: Sketch) -> Iterator[int]:
        for shingle in sketch.tolist():
            holders = self._holders.get(shingle)
            if isinstance(holders, list):
                yield from holders[-NEWEST_HOLDERS:]
            elif holders is not None:
                yield holders

    def _forget(self, article_id: int) -> None:
        entry = self._entries.pop(article_id, None)
        for shingle in entry.sketch.tolist() if entry is not None else ():
            holders = self._holders[shingle]
            if isinstance(holders, list) and len(holders) > 1:
                holders.remove(article_id)
            else:
                del self._holders[shingle]
