"""A publisher says in a listing that it stands elsewhere now: followed once, and back if it is wrong."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from storage import moves, sources
from storage.models import Listing, Source

_SAID = "its publisher says so in it"
_BACK = "nothing could be read there"
_FAILURES = 3  # in a row, before what a publisher said is taken for a mistake


def follow(
    conn: Connection, source: Source, listing: Listing, answered_at: str, now: datetime
) -> None:
    """Move a source to where its listing says that it stands.

    Not to where it has been before: two addresses that name each other would be taken in turns,
    and one that could not be read there would be left and followed for ever.
    """
    said = listing.moved_to
    if said is None or said in (source.url, answered_at):
        return
    if all(move.from_url != said for move in moves.of_source(conn, source.id)):
        sources.moved(conn, source, said, how=_SAID, now=now)


def return_from_failure(conn: Connection, source: Source, now: datetime) -> str | None:
    """Bring a source back that could never be read where its publisher said; the old address."""
    known = moves.of_source(conn, source.id)
    if not known or source.failures + 1 < _FAILURES:
        return None
    last = known[-1]
    was_read = source.last_success_at is not None and source.last_success_at > last.at
    if last.how != _SAID or last.to_url != source.url or was_read:
        return None
    sources.moved(conn, source, last.from_url, how=_BACK, now=now)
    return last.from_url
