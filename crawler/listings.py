"""A listing becomes pages: read, held against what is known, stored, and put into the frontier."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy import Connection

from crawler.crawl import VisitResult
from crawler.discovery.listing import read_listing
from crawler.due import page_due, source_due
from crawler.extract.parser import Parser
from crawler.planning import Planner
from crawler.saving import source_answered
from crawler.settings import ExtractSettings
from crawler.urls.canonical import canonical_url
from storage import pages, sources
from storage.database import Database
from storage.errors import ExtractError, InputError
from storage.frontier import Frontier
from storage.models import ListedItem, Listing, Page, Problem, Source


class Listings:
    """Takes what visits to sources bring."""

    def __init__(
        self,
        *,
        db: Database,
        frontier: Frontier,
        parser: Parser,
        planner: Planner,
        settings: ExtractSettings,
        clock: Callable[[], datetime],
        on_due: Callable[[], None],
    ) -> None:
        self._db = db
        self._frontier = frontier
        self._parser = parser
        self._planner = planner
        self._settings = settings
        self._clock = clock
        self._on_due = on_due
        self._log = structlog.get_logger("listings")

    async def take(self, source_id: int, result: VisitResult) -> None:
        """Take what a visit to a source brought: new pages, and when to come back."""
        source = await self._db.read(sources.get, source_id)
        body_hash = hashlib.blake2b(result.body, digest_size=16).hexdigest()
        if result.problem is not None:
            await self._source_failed(source, result, result.problem, result.detail)
        elif result.not_modified or body_hash == source.body_hash:
            # Some servers send a body with a new ETag though nothing changed, others repeat an
            # ETag after a change: only the body's own hash is believed.
            await self._listing_unchanged(source, result)
        else:
            try:
                listing = await self._read_listing(source, result)
            except ExtractError as error:
                await self._source_failed(source, result, error.problem, error.detail)
            else:
                await self._listing_read(source, result, listing, body_hash)

    async def _read_listing(self, source: Source, result: VisitResult) -> Listing:
        listing: Listing = await self._parser.run(
            read_listing,
            result.body,
            url=result.url,
            content_type=result.content_type,
            max_items=self._settings.max_items,
            now=self._clock(),
        )
        return replace(listing, items=_canonical_items(listing.items, source.url))

    async def _listing_read(
        self, source: Source, result: VisitResult, listing: Listing, body_hash: str
    ) -> None:
        def store(conn: Connection) -> tuple[list[Page], datetime]:
            backlog = source.primed_at is None and not source.alert_backlog
            added = pages.add_listed(
                conn,
                source_id=source.id,
                items=listing.items,
                found_how="feed",
                backlog=backlog,
                now=result.at,
            )
            plan = self._planner.after_listing(
                source, listing=listing, new=len(added), now=result.at
            )
            source_answered(conn, source, result, plan, body_hash)
            return added, plan.at

        added, next_at = await self._db.write(store)
        await self._put_source(source, next_at)
        for page in added:
            await self._frontier.put(page_due(page, page.due_at))
        self._log.info(
            "listing_read",
            source=source.id,
            url=source.url,
            items=len(listing.items),
            new=len(added),
            degraded=listing.degraded,
        )
        self._on_due()

    async def _listing_unchanged(self, source: Source, result: VisitResult) -> None:
        plan = self._planner.after_listing(source, listing=None, new=0, now=result.at)
        await self._db.write(source_answered, source, result, plan, source.body_hash)
        await self._put_source(source, plan.at)

    async def _source_failed(
        self, source: Source, result: VisitResult, problem: Problem, detail: str
    ) -> None:
        plan = self._planner.after_failure(
            source, problem=problem, retry_after=result.retry_after, now=result.at
        )
        await self._db.write(
            sources.failed,
            source.id,
            now=result.at,
            problem=problem,
            detail=detail,
            next_fetch_at=plan.at,
            next_reason=plan.reason,
        )
        await self._put_source(source, plan.at)
        self._log.warning(
            "source_failed", source=source.id, url=source.url, problem=problem.value, detail=detail
        )

    async def _put_source(self, source: Source, at: datetime) -> None:
        await self._frontier.put(source_due(source, at))


def _canonical_items(items: Sequence[ListedItem], base: str) -> tuple[ListedItem, ...]:
    found: dict[str, ListedItem] = {}
    for item in items:
        try:
            url = canonical_url(item.url, base)
        except InputError:
            continue  # a mailto: or javascript: link is no page
        found.setdefault(url, replace(item, url=url))
    return tuple(found.values())
