"""What is stored without its words in the archive's index is given them, a few at a time."""

from __future__ import annotations

from sqlalchemy import Connection

from scheduler.query.archive_keys import keys_of
from scheduler.query.matching.document import document_of
from storage.process import counters
from storage.sql.database import Database
from storage.stories import archive

ANALYSIS = 1
"""Grows when words are cut, folded or stemmed otherwise: an index that was made before is useless."""

_VERSION = "archive_analysis"
_BATCH = 50


async def fill_archive(db: Database, batches: int = 200) -> None:
    """Index what is missing, newest first, in short transactions; so many of them at most."""
    if await db.read(counters.get, _VERSION) != ANALYSIS:
        await db.write(_begin_anew)
    waiting = await db.read(archive.unindexed)
    for start in range(len(waiting), max(0, len(waiting) - batches * _BATCH), -_BATCH):
        await db.write(_index, waiting[max(0, start - _BATCH) : start])


def _begin_anew(conn: Connection) -> None:
    archive.clear(conn)
    counters.add(conn, _VERSION, ANALYSIS - counters.get(conn, _VERSION))


def _index(conn: Connection, article_ids: list[int]) -> None:
    for text in archive.missing(conn, article_ids):
        archive.add(conn, text, keys_of(document_of(text)))
