"""Looking at the web on an operator's behalf: as polite as the daemon, and written into its ledger."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crawler.extract.run.pool import ParserPool
    from crawler.fetch.services import FetchServices
    from crawler.visits.records import VisitResult
    from scheduler.actions.source_discovery import DiscoveredSources
    from scheduler.cli.context import Context
    from storage.errors import WirewatchError
    from storage.models.fetches import Fetch

_AT_ONCE = 8  # addresses


@asynccontextmanager
async def lookup_services(context: Context) -> AsyncIterator[tuple[FetchServices, ParserPool]]:
    """Yield what fetches and reads pages; its requests go into the ledger in the end."""
    from scheduler.config.factories import fetch_services, parser_pool
    from scheduler.politeness.restore import (
        as_operator_request,
        read_politeness,
        restore_politeness,
    )
    from scheduler.runtime.clock import utc_now
    from storage.crawl import fetches

    settings = context.settings()
    asked: list[Fetch] = []
    services = fetch_services(
        settings, utc_now, ledger=lambda line: asked.append(as_operator_request(line))
    )
    with context.read(or_empty=True) as conn:  # what the daemon was asked binds this command too
        restore_politeness(services, read_politeness(conn, utc_now()))
    parser = parser_pool(settings.extract)
    try:
        yield services, parser
    finally:
        await parser.close()
        with context.write() as conn:
            fetches.add(conn, asked)


async def fetch_politely(context: Context, url: str) -> VisitResult:
    """Fetch one address. Raises FetchError."""
    from scheduler.actions.source_discovery import fetch_page

    async with lookup_services(context) as (services, _parser):
        return await fetch_page(url, services)


async def discover_at(
    context: Context, urls: Sequence[str]
) -> list[tuple[str, DiscoveredSources | WirewatchError]]:
    """Look for what can be polled at each address, one set of parser processes for all."""
    import asyncio

    from scheduler.actions.source_discovery import discover_sources
    from scheduler.runtime.clock import utc_now
    from storage.errors import WirewatchError

    some = asyncio.Semaphore(_AT_ONCE)
    async with lookup_services(context) as (services, parser):

        async def one(url: str) -> DiscoveredSources | WirewatchError:
            async with some:
                try:
                    return await discover_sources(
                        url,
                        services=services,
                        parser=parser,
                        settings=context.settings().extract,
                        clock=utc_now,
                    )
                except WirewatchError as error:
                    return error

        return list(zip(urls, await asyncio.gather(*map(one, urls)), strict=True))
