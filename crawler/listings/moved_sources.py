"""A publisher says in a listing that it stands elsewhere now: followed once, and back if it is wrong."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from crawler.listings.failing_sources import fails_for_long
from crawler.urls.page_key import page_key
from storage.crawl import moves, page_listings, pages, sources
from storage.models.listings import Listing
from storage.models.problems import Problem
from storage.models.sources import Source, SourceMove

_SAID = "its publisher says so in it"
_BACK = "nothing could be read there"
_FOREIGN = "nothing that it lists there is known of the source"
_FAILURES = 3  # in a row, before what a publisher said is taken for a mistake
_NOT_THERE = frozenset({Problem.NOT_FOUND, Problem.GONE, Problem.NOT_A_FEED, Problem.PARKED})


def follow(
    conn: Connection, source: Source, listing: Listing, answered_at: str, now: datetime
) -> None:
    """Move a source to where its listing says that it stands.

    Not to where it has been before: two addresses that name each other would be taken in turns,
    and one that could not be read there would be left and followed for ever.
    """
    new_url = listing.moved_to
    if new_url is None or new_url in (source.url, answered_at):
        return
    if all(move.from_url != new_url for move in moves.of_source(conn, source.id)):
        sources.moved(conn, source, new_url, how=_SAID, now=now)


def return_from_failure(
    conn: Connection, source: Source, problem: Problem, now: datetime, *, network_down: bool
) -> str | None:
    """Bring a source back that was never read where its publisher said; the old address.

    Only once it is sure that nothing is there: what fails for a while, or with our own network, may
    answer later.
    """
    gone = problem in _NOT_THERE and source.health.failures + 1 >= _FAILURES
    if network_down or not (gone or fails_for_long(source, now)):
        return None
    return _return(conn, source, _BACK, now)


def return_from_stranger(
    conn: Connection, source: Source, listing: Listing, now: datetime
) -> str | None:
    """Bring a source back whose new address lists nothing that is known of it; the old address."""
    if _last_word(conn, source) is None or not listing.items:
        return None
    keys = {page_key(item.url): item.url for item in listing.items}
    guids = {item.guid for item in listing.items if item.guid is not None}
    at_addresses = [page.id for page in pages.by_keys(conn, keys).values()]
    if page_listings.of_source_and_pages(conn, source.id, at_addresses):
        return None
    if page_listings.by_guids(conn, source.id, guids):
        return None
    if not pages.recent(conn, source.id, 1):
        return None  # nothing was known of it anywhere
    return _return(conn, source, _FOREIGN, now)


def _return(conn: Connection, source: Source, how: str, now: datetime) -> str | None:
    last = _last_word(conn, source)
    if last is None:
        return None
    sources.moved(conn, source, last.from_url, how=how, now=now)
    return sources.get(conn, source.id).url


def _last_word(conn: Connection, source: Source) -> SourceMove | None:
    """Return the move that a publisher's word made, when nothing was read at its address since."""
    source_moves = moves.of_source(conn, source.id)
    if not source_moves or source_moves[-1].how != _SAID or source_moves[-1].to_url != source.url:
        return None
    was_read = (
        source.health.last_success_at is not None
        and source.health.last_success_at > source_moves[-1].at
    )
    return None if was_read else source_moves[-1]
