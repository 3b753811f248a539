"""What is due: sources and pages as URLs of the frontier, and the frontier rebuilt from the truth."""

from __future__ import annotations

import asyncio
from datetime import datetime

from crawler.urls.canonical import host_of
from storage import gaps, pages, sources
from storage.database import Database
from storage.frontier import Due, Frontier
from storage.gaps import Gap
from storage.models import Page, Source, SourceState


async def fill_frontier(db: Database, frontier: Frontier) -> None:
    """Put every due page and every polled source into the frontier, and take out paused ones."""
    all_sources, due_pages = await asyncio.gather(db.read(sources.list_all), db.read(pages.due))
    for source in all_sources:
        if source.state is SourceState.ACTIVE:
            await frontier.put(source_due(source, source.next_fetch_at))
        else:
            await frontier.remove(f"source:{source.id}")
    sitemaps = {source.id: source.sitemap_url for source in all_sources}
    for gap in await db.read(gaps.unfilled):
        if (sitemap := sitemaps.get(gap.source_id)) is not None:
            await frontier.put(backfill_due(gap, sitemap))
    for page in due_pages:
        await frontier.put(page_due(page, page.due_at))


def source_due(source: Source, at: datetime) -> Due:
    """Say that a source is due at a time."""
    return Due(key=f"source:{source.id}", url=source.url, host=host_of(source.url), due_at=at)


def child_due(source: Source, sitemap: str, at: datetime) -> Due:
    """Say that a sitemap is due which a source's index names: it is the source's listing."""
    return Due(key=f"child:{source.id}", url=sitemap, host=host_of(sitemap), due_at=at)


def backfill_due(gap: Gap, sitemap: str) -> Due:
    """Say that a sitemap is due, in which to look for what a gap hid."""
    return Due(key=f"backfill:{gap.id}", url=sitemap, host=host_of(sitemap), due_at=gap.at)


def page_due(page: Page, at: datetime) -> Due:
    """Say that a page is due at a time."""
    return Due(key=f"page:{page.id}", url=page.url, host=host_of(page.url), due_at=at)
