"""What is due: sources and pages as URLs of the frontier, and the frontier rebuilt from the truth."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from datetime import datetime

from sqlalchemy import Connection

from crawler.urls.canonical import host_of
from storage.crawl import coverage_gaps, page_listings, pages, sources
from storage.crawl.coverage_gaps import CoverageGap
from storage.hot.frontier import Due, Frontier, FrontierKey, FrontierKind
from storage.models.pages import Page, PageState
from storage.models.sources import Source, SourceState
from storage.sql.database import Database

_AT_ONCE = 2_000  # pages


async def fill_frontier(db: Database, frontier: Frontier) -> None:
    """Put every due page and every polled source into the frontier, and take out paused ones."""
    put, gone = await dues_of_sources(db)
    await frontier.put_all(put)
    for key in gone:
        await frontier.remove(key)
    async for batch in dues_of_pages(db):
        await frontier.put_all(batch)


async def dues_of_sources(
    db: Database, *, before: datetime | None = None
) -> tuple[list[Due], list[FrontierKey]]:
    """Return what is due of sources, and sitemaps in which gaps are looked for; and who is paused.

    `before` a time: only the sources that were due then.
    """
    all_sources = await db.read(sources.list_all)
    polled = [source for source in all_sources if source.state is SourceState.ACTIVE]
    put = [
        source_due(source, source.schedule.next_fetch_at)
        for source in polled
        if before is None or source.schedule.next_fetch_at < before
    ]
    gone = [
        FrontierKey(FrontierKind.SOURCE, source.id)
        for source in all_sources
        if source.state is not SourceState.ACTIVE
    ]
    if before is None:
        sitemaps = {source.id: source.listing.sitemap_url for source in all_sources}
        put += [
            backfill_due(gap, sitemap)
            for gap in await db.read(coverage_gaps.unfilled)
            if (sitemap := sitemaps.get(gap.source_id)) is not None
        ]
    return put, gone


async def dues_of_pages(
    db: Database, *, before: datetime | None = None, most: int | None = None
) -> AsyncIterator[list[Due]]:
    """Yield what is due of pages, some at a time; only what was due `before` a time, `most` of it."""
    last, left = 0, most
    while left is None or left > 0:
        limit = _AT_ONCE if left is None else min(_AT_ONCE, left)
        batch = await db.read(pages.due_after, last, limit, before)
        if not batch:
            return
        yield [page_due(page, page.due_at) for page in batch]
        last = batch[-1].id
        left = None if left is None else left - len(batch)


def dues_of(conn: Connection, page_ids: Collection[int]) -> list[Due]:
    """Return what is due of these pages: those that wait, and that a polled source lists."""
    waiting = [
        page for page in pages.get_all(conn, page_ids).values() if page.state is PageState.DUE
    ]
    listings = page_listings.of_pages(conn, [page.id for page in waiting])
    return [
        page_due(page, page.due_at)
        for page in waiting
        if any(listing.is_active for listing in listings[page.id])
    ]


def source_due(source: Source, at: datetime) -> Due:
    """Say that a source is due at a time."""
    return Due(
        key=FrontierKey(FrontierKind.SOURCE, source.id),
        url=source.url,
        host=host_of(source.url),
        due_at=at,
    )


def child_due(source: Source, sitemap: str, at: datetime) -> Due:
    """Say that a sitemap is due which a source's index names: it is the source's listing."""
    return Due(
        key=FrontierKey(FrontierKind.CHILD_SITEMAP, source.id),
        url=sitemap,
        host=host_of(sitemap),
        due_at=at,
    )


def backfill_due(gap: CoverageGap, sitemap: str) -> Due:
    """Say that a sitemap is due, in which to look for what a gap hid."""
    return Due(
        key=FrontierKey(FrontierKind.BACKFILL, gap.id),
        url=sitemap,
        host=host_of(sitemap),
        due_at=gap.at,
    )


def part_due(page: Page, url: str, at: datetime) -> Due:
    """Say that a further part of the article on a page is due."""
    return Due(key=FrontierKey(FrontierKind.PART, page.id), url=url, host=host_of(url), due_at=at)


def page_due(page: Page, at: datetime) -> Due:
    """Say that a page is due at a time."""
    return Due(
        key=FrontierKey(FrontierKind.PAGE, page.id), url=page.url, host=host_of(page.url), due_at=at
    )
