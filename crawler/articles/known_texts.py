"""The texts that a new one is compared with: loaded from the store, found by their fingerprints."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import Connection

from crawler.copies.detector import CopyDetector, warm_up
from crawler.copies.records import StoredText, time_of
from crawler.copies.text.shingles import shingle
from crawler.settings import CopySettings
from storage.hot.fingerprints import Fingerprints, Sketch, rows, snapshot
from storage.hot.fingerprints.memory import MemoryFingerprints
from storage.machine_code import can_compile
from storage.models.articles import ComparedArticle
from storage.sql.database import Database
from storage.stories import articles, divisions

FORM = f"4/{unicodedata.unidata_version}"
"""How texts are made shingles: the number grows whenever alphabet.py, hashing.py or shingles.py give others."""

_OVERLAP = timedelta(hours=1)
_ARTICLES_AGAIN = 1000
_BATCH = 500


class KnownTexts:
    """Keeps a detector's fingerprints, on disk too, and loads the texts that it asks for.

    A `shared` index is filled by one process for all, see `every_text`.
    """

    def __init__(
        self,
        db: Database,
        settings: CopySettings,
        *,
        file: Path | None,
        clock: Callable[[], datetime],
        index: Fingerprints | None = None,
        shared: bool = False,
    ) -> None:
        self._db = db
        self._file = file
        self._shared = shared
        self._clock = clock
        self._window = timedelta(days=settings.window_days)
        self._settings = settings
        self.index: Fingerprints = index or MemoryFingerprints()
        self._log = structlog.get_logger("known_texts")

    async def open(self) -> CopyDetector:
        """Return a detector that knows every text of the time window."""
        await asyncio.to_thread(warm_up)
        if self._shared:
            return CopyDetector(self.index, self.load, self._settings)
        await asyncio.to_thread(rows.warm_up)
        taken = await asyncio.to_thread(self._read)
        if taken is not None:
            self.index = taken.index
        detector = CopyDetector(self.index, self.load, self._settings)
        read = await self._catch_up(detector, taken)
        await self.expire()
        size = await self.index.size()
        self._log.info(
            "known_texts",
            articles=size,
            read=read,
            snapshot=taken is not None,
            compiled=can_compile(),
        )
        return detector

    async def load(self, article_ids: Sequence[int]) -> list[StoredText]:
        """Return the stored texts of articles; one that is gone is left out."""
        return await self._db.read(_stored, article_ids)

    async def expire(self) -> int:
        """Forget the fingerprints of what was seen before the time window; how many."""
        return await self.index.expire(self._clock() - self._window)

    async def save(self) -> None:
        """Write the snapshot; a disk that is full costs the next start some time, no more."""
        if self._file is None or not isinstance(self.index, MemoryFingerprints):
            return
        arrays = snapshot.arrays_of(self.index, form=FORM, now=self._clock())
        try:
            await asyncio.to_thread(snapshot.write, arrays, self._file)
        except OSError as error:
            self._log.warning("snapshot_not_written", file=str(self._file), error=str(error))

    async def every_text(self) -> AsyncIterator[list[tuple[int, Sketch, datetime]]]:
        """Go through the sketches of all texts of the window, some hundred at a time, oldest first."""
        since, last = self._clock() - self._window, 0
        while batch := await self._db.read(articles.texts_since, since, last, _BATCH):
            yield await asyncio.to_thread(_sketches, batch)
            last = batch[-1].id

    async def sketches(self, article_ids: Sequence[int]) -> list[tuple[int, Sketch, datetime]]:
        """Return the sketches of articles; one that is gone is left out."""
        texts = await self._db.read(articles.texts, article_ids)
        return await asyncio.to_thread(_sketches, texts)

    def _read(self) -> snapshot.Snapshot | None:
        return None if self._file is None else snapshot.read(self._file, form=FORM)

    async def _catch_up(self, detector: CopyDetector, taken: snapshot.Snapshot | None) -> int:
        """Read the texts that the snapshot does not know, or knows in an older revision."""
        since, last, read = self._clock() - self._window, 0, 0
        if taken is not None:
            last = max(0, taken.index.newest_id() - _ARTICLES_AGAIN)
            revised = await self._db.read(articles.revised_since, taken.taken_at - _OVERLAP)
            for start in range(0, len(revised), _BATCH):
                batch = await self._db.read(articles.texts, revised[start : start + _BATCH])
                read += await _remember(detector, [text for text in batch if text.id <= last])
        while batch := await self._db.read(articles.texts_since, since, last, _BATCH):
            read += await _remember(detector, batch)
            last = batch[-1].id
        return read


async def _remember(detector: CopyDetector, texts: Sequence[ComparedArticle]) -> int:
    for text in texts:
        await detector.add(text.id, text.text, text.first_seen)
    return len(texts)


def _sketches(texts: Sequence[ComparedArticle]) -> list[tuple[int, Sketch, datetime]]:
    return [(text.id, shingle(text.text).sketch, text.first_seen) for text in texts]


def _stored(conn: Connection, article_ids: Sequence[int]) -> list[StoredText]:
    texts = articles.texts(conn, article_ids)
    known = divisions.of_stories(conn, {text.story_id for text in texts})
    return [
        StoredText(
            article_id=text.id,
            text=text.text,
            host=text.host,
            story_id=text.story_id,
            divisions=known.get(text.story_id, frozenset()),
            title=text.title,
            at=time_of(text.published, text.first_seen),
        )
        for text in texts
    ]
