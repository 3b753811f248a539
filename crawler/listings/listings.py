"""A listing becomes pages: read, held against what is known, stored, and put into the frontier."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from crawler.extract.rules.records import rewritten
from crawler.listings.backfill import Backfill
from crawler.listings.coverage import Coverage, coverage_of
from crawler.listings.failing_sources import NetworkSense, fails_for_long, last_well
from crawler.listings.formats.hub_links import hub_links, read_link_header
from crawler.listings.formats.listing import read_listing
from crawler.listings.formats.long_listing import Before
from crawler.listings.formats.section import learn
from crawler.listings.listed_items import StoredListing, take_items
from crawler.listings.moved_sources import follow, return_from_failure, return_from_stranger
from crawler.listings.sitemap_index import IndexVisit
from crawler.urls.canonical import host_of
from crawler.visits.deps import CrawlDeps
from crawler.visits.due import child_due, source_due
from crawler.visits.records import VisitResult
from crawler.visits.source_visit import source_answered
from storage.crawl import coverage_gaps, listing_parts, page_listings, pages, sources
from storage.crawl.coverage_gaps import CoverageGap
from storage.errors import ExtractError
from storage.models.listings import Listing
from storage.models.problems import Problem
from storage.models.sources import Source, SourceKind, SourceState

_INDEX_AGAIN = timedelta(minutes=30)  # when the sitemap that it names was never answered
_ITSELF = ""  # the name, among the parts of a source's listing, of one that is no index
_LEARNED_FROM = 500  # pages of a section, the newest, that tell which links are articles
_ANNOUNCED = "its hub said that there is something new"
_PING_GAP = timedelta(minutes=1)  # a hub that says "something is new" all the time is not obeyed


@dataclass(frozen=True, slots=True)
class ReadListing:
    """A listing that was read whole, and the documents that it is made of.

    `memories` is what is remembered of those that were read, `named` are all that an index names;
    `absent_at` is the last visit that read all of them before.
    """

    listing: Listing
    body_hash: str
    memories: Mapping[str, bytes | None]
    absent_at: datetime | None
    named: Sequence[str] = ()


class Listings:
    """Takes what visits to sources bring."""

    def __init__(self, deps: CrawlDeps, backfill: Backfill) -> None:
        self._db = deps.db
        self._frontier = deps.frontier
        self._parser = deps.parser
        self._planner = deps.planner
        self._backfill = backfill
        self._settings = deps.settings
        self._clock = deps.clock
        self._rules = deps.rules
        self._on_due = deps.on_due
        self._on_work = deps.on_work
        self._network = NetworkSense()
        self._index_visits: dict[int, IndexVisit] = {}  # by source, those that are under way
        self._announced: set[int] = set()  # sources whose hub said that something is new
        self._log = structlog.get_logger("listings")

    async def take(self, source_id: int, result: VisitResult) -> None:
        """Take what a visit to a source brought: new pages, and when to come back."""
        source = await self._db.read(sources.get, source_id)
        self._sense_network(source, result)
        body_hash = _hash(result.body)
        if result.problem is not None:
            await self._source_failed(source, result, result.problem, result.detail)
        elif result.not_modified or body_hash == source.validators.body_hash:
            # Some servers send a body with a new ETag though nothing changed, others repeat an
            # ETag after a change: only the body's own hash is believed.
            await self._listing_unchanged(source, result)
        else:
            try:
                listing = await self._read(source, result, await self._before(source))
            except ExtractError as error:
                await self._source_failed(source, result, error.problem, error.detail)
            else:
                if listing.sitemaps:
                    await self._follow_index(source, result, listing)
                else:
                    absent_at = source.health.last_success_at
                    read = ReadListing(listing, body_hash, {_ITSELF: listing.memory}, absent_at)
                    await self._listing_read(source, result, read)

    async def take_child(self, source_id: int, result: VisitResult) -> None:
        """Take a sitemap that a source's index named: all that are read at a visit are one listing.

        What its server says of its age and its address is the sitemap's, not the index's.
        """
        source = await self._db.read(sources.get, source_id)
        self._sense_network(source, result)
        # Not there after a restart: then this sitemap is all of the visit.
        visit = self._index_visits.get(source_id) or await self._index_visit(source)
        await self._read_child(source, visit, result)
        if (sitemap := visit.next()) is not None:
            self._index_visits[source_id] = visit
            await self._ask_child(source, sitemap, result.at)
            return
        self._index_visits.pop(source_id, None)
        await self._index_read(source, visit, result)

    async def _read_child(self, source: Source, visit: IndexVisit, result: VisitResult) -> None:
        url = result.lease.due.url
        if result.problem is not None:
            visit.failure = result.problem, result.detail
            return
        try:
            memory = await self._db.read(listing_parts.memory_of, source.id, url)
            listing = await self._read(source, result, visit.before(url, memory))
        except ExtractError as error:
            visit.failure = error.problem, error.detail
        else:
            visit.take(url, listing, _hash(result.body))

    async def _follow_index(self, source: Source, result: VisitResult, index: Listing) -> None:
        """Have the sitemaps of an index asked for, one after the other; it is asked again if all fail."""
        visit = self._index_visits[source.id] = await self._index_visit(source)
        visit.follow(index)
        await self._put_source(source, result.at + _INDEX_AGAIN)
        await self._ask_child(source, visit.next() or source.url, result.at)

    async def _index_visit(self, source: Source) -> IndexVisit:
        parts = await self._db.read(listing_parts.asked_of, source.id)
        return IndexVisit(source.health.last_success_at, parts)

    async def _ask_child(self, source: Source, sitemap: str, at: datetime) -> None:
        await self._frontier.put(child_due(source, sitemap, at))
        self._on_due()

    async def _index_read(self, source: Source, visit: IndexVisit, result: VisitResult) -> None:
        """Take what the sitemaps of an index list together."""
        if not visit.memories:
            await self._source_failed(source, result, *visit.failure)
            return
        of_index = replace(result, etag=None, last_modified=None, permanent_redirect=None)
        body_hash = _hash("".join(visit.hashes).encode())
        if body_hash == source.validators.body_hash:
            await self._listing_unchanged(source, of_index)
            return
        read = ReadListing(visit.listing, body_hash, visit.memories, visit.absent_at, visit.named)
        await self._listing_read(source, of_index, read)

    async def pushed(
        self, source_id: int, body: bytes, content_type: str | None, at: datetime
    ) -> None:
        """Take what a source's hub pushed: its new pages, or only word that there is something.

        What is pushed may be a part of the listing: it says nothing of gaps, and plans no visit.
        """
        source = await self._db.read(sources.get, source_id)
        if source.state is not SourceState.ACTIVE:
            return
        try:
            listing = await self._read_body(source, body, source.url, content_type, Before())
        except ExtractError:
            listing = None
        if listing is None or not listing.items:
            self._announced.add(source_id)
            asked = source.health.last_fetch_at
            soonest = at if asked is None else max(at, asked + _PING_GAP)
            await self.bring_forward(source_id, soonest, _ANNOUNCED)
            return
        taken = await self._db.write(
            take_items,
            source,
            listing.items,
            found_how=page_listings.PUSHED,
            now=at,
            since=source.health.last_success_at,
            absent_at=source.health.last_success_at,
        )
        await self._put_pages(taken)
        self._log.info(
            "listing_pushed", source=source.id, items=len(listing.items), new=len(taken.added)
        )
        self._on_due()

    async def bring_forward(self, source_id: int, at: datetime, reason: str) -> None:
        """Visit a source at this time, unless it is visited sooner."""
        await self._db.write(sources.bring_forward, source_id, at, reason)
        source = await self._db.read(sources.get, source_id)
        if source.state is SourceState.ACTIVE:
            await self._put_source(source, source.schedule.next_fetch_at)
            self._on_due()

    async def _before(self, source: Source) -> Before:
        return Before(await self._db.read(listing_parts.memory_of, source.id, _ITSELF))

    async def _read(self, source: Source, result: VisitResult, before: Before) -> Listing:
        return await self._read_body(source, result.body, result.url, result.content_type, before)

    async def _read_body(
        self, source: Source, body: bytes, url: str, content_type: str | None, before: Before
    ) -> Listing:
        rules = self._rules.of(host_of(url))
        listing: Listing = await self._parser.run(
            read_listing,
            body,
            url=url,
            content_type=content_type,
            max_items=self._settings.max_items,
            now=self._clock(),
            kind=source.kind,
            learned=source.listing.learned,
            links=rules.links if rules else (),
            before=before,
        )
        return rewritten(listing, self._rules)

    async def _listing_read(self, source: Source, result: VisitResult, read: ReadListing) -> None:
        listing = read.listing
        returned = await self._db.write(return_from_stranger, source, listing, result.at)
        if returned is not None:
            self._log.warning("source_returned", source=source.id, url=returned)
            await self._put_source(replace(source, url=returned), result.at)
            self._on_due()
            return
        announced = source.id in self._announced
        self._announced.discard(source.id)

        def store(conn: Connection) -> tuple[StoredListing, CoverageGap | None, datetime]:
            since = source.health.last_success_at
            pushed = (
                page_listings.pushed_since(conn, source.id, since) if source.listing.hub_url else 0
            )
            taken = take_items(
                conn,
                source,
                listing.items,
                found_how=page_listings.PUSHED if announced else source.kind.value,
                now=result.at,
                since=since,
                absent_at=read.absent_at,
            )
            covered = coverage_of(source, taken.found, result.at)
            plan = self._planner.after_listing(
                source,
                listing=listing,
                new=len(taken.added) + pushed,
                now=result.at,
                overlap=covered.overlap,
                max_age=result.max_age,
            )
            # A server must not say "not modified" of one of which there is more to take.
            answer = replace(result, etag=None, last_modified=None) if listing.has_more else result
            body_hash = None if listing.has_more else read.body_hash
            source_answered(conn, source, answer, plan, body_hash, brought=len(taken.added))
            _keep_parts(conn, source, read, result.at)
            if source.kind is SourceKind.SECTION:
                recent = pages.recent(conn, source.id, _LEARNED_FROM)
                sources.set_learned(conn, source.id, learn(recent))
            if (listing.degraded or "") != source.health.degraded:
                sources.set_degraded(conn, source.id, listing.degraded or "")
            _keep_hub(conn, source, listing, result)
            follow(conn, source, listing, result.url, result.at)
            return taken, _covered(conn, source, taken, covered, result.at), plan.at

        taken, gap, next_at = await self._db.write(store)
        await self._tell_recovered(source, result.at)
        await self._put_source(source, next_at)
        await self._put_pages(taken)
        if gap is not None:
            await self._backfill.begin(source, gap)
        self._log.info(
            "listing_read",
            source=source.id,
            url=source.url,
            items=len(listing.items),
            new=len(taken.added),
            may_have_missed=gap.missed if gap else None,
            degraded=listing.degraded,
        )
        self._on_due()

    async def _listing_unchanged(self, source: Source, result: VisitResult) -> None:
        self._announced.discard(source.id)
        plan = self._planner.after_listing(
            source, listing=None, new=0, now=result.at, max_age=result.max_age
        )
        await self._db.write(
            source_answered, source, result, plan, source.validators.body_hash, brought=0
        )
        await self._tell_recovered(source, result.at)
        await self._put_source(source, plan.at)

    async def _source_failed(
        self, source: Source, result: VisitResult, problem: Problem, detail: str
    ) -> None:
        plan = self._planner.after_failure(
            source, problem=problem, retry_after=result.retry_after, now=result.at
        )

        def store(conn: Connection) -> str | None:
            sources.failed(
                conn,
                source.id,
                now=result.at,
                problem=problem,
                detail=detail,
                next_fetch_at=plan.at,
                next_reason=plan.reason,
            )
            down = self._network.down
            return return_from_failure(conn, source, problem, result.at, network_down=down)

        returned = await self._db.write(store)
        if returned is not None:
            self._log.warning("source_returned", source=source.id, url=returned)
        await self._put_source(replace(source, url=returned or source.url), plan.at)
        await self._tell_failing(source, problem, detail, result.at)
        self._log.warning(
            "source_failed", source=source.id, url=source.url, problem=problem.value, detail=detail
        )

    def _sense_network(self, source: Source, result: VisitResult) -> None:
        news = self._network.visited(source.id, result.problem, result.at)
        if news is not None:
            self._log.warning(
                news.value, last=source.url, problem=result.problem, detail=result.detail
            )

    async def _tell_failing(
        self, source: Source, problem: Problem, detail: str, now: datetime
    ) -> None:
        """Say once that a source has failed for long; nothing while it is our own network."""
        if (
            source.health.failing_reported_at
            or self._network.down
            or not fails_for_long(source, now)
        ):
            return
        await self._db.write(sources.failing_reported, source.id, now)
        self._log.warning(
            "source_failing",
            source=source.id,
            url=source.url,
            problem=problem.value,
            detail=detail,
            hours=_hours_unwell(source, now),
        )

    async def _tell_recovered(self, source: Source, now: datetime) -> None:
        """Say once that a source answers again, of which was said that it does not."""
        if source.health.failing_reported_at is None:
            return
        await self._db.write(sources.failing_reported, source.id, None)
        hours = _hours_unwell(source, now)
        self._log.info("source_recovered", source=source.id, url=source.url, after_hours=hours)

    async def _put_pages(self, taken: StoredListing) -> None:
        await self._frontier.put_all(taken.due)
        if taken.released:
            self._on_work()

    async def _put_source(self, source: Source, at: datetime) -> None:
        await self._frontier.put(source_due(source, at))


def _hash(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=16).hexdigest()


def _keep_parts(conn: Connection, source: Source, read: ReadListing, now: datetime) -> None:
    """Keep which documents a listing is made of, where that is to be known the next time."""
    if read.named:
        listing_parts.name(conn, source.id, read.named)
        listing_parts.forget(conn, source.id, {*read.named, *read.memories})
    if read.named or any(memory is not None for memory in read.memories.values()):
        listing_parts.asked(conn, source.id, read.memories, now)


def _hours_unwell(source: Source, now: datetime) -> int:
    return round((now - last_well(source)).total_seconds() / 3600)


def _keep_hub(conn: Connection, source: Source, listing: Listing, result: VisitResult) -> None:
    """Keep which hub a listing names; what the answer's headers say counts before its text.

    One that could not be read whole may have lost the name.
    """
    hubs = hub_links(read_link_header(result.links), result.url)
    hub_url, self_url = hubs.hub_url or listing.hub_url, hubs.self_url or listing.self_url
    if hub_url is not None:
        sources.set_hub(conn, source.id, hub_url, self_url)
    elif source.listing.hub_url is not None and listing.degraded is None:
        sources.set_hub(conn, source.id, None, None)


def _covered(
    conn: Connection, source: Source, taken: StoredListing, covered: Coverage, now: datetime
) -> CoverageGap | None:
    """Record what a listing proves of the time since the last poll; the gap, if there may be one."""
    sources.set_coverage(conn, source.id, listed=len(taken.found), overlap=covered.overlap)
    if source.kind is SourceKind.SEARCH:  # no sitemap lists what a search engine finds
        return None
    if not covered.missed or source.health.last_success_at is None:
        return None
    return coverage_gaps.add(
        conn, source.id, since=source.health.last_success_at, at=now, missed=covered.missed
    )
