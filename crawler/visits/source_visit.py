"""How a due URL is asked for, and what a source's answer changes in the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from crawler.fetch.trust import FullAnswer, Trust, after_full, wants_full, wants_full_page
from crawler.settings import SITEMAP_BYTES
from crawler.urls.canonical import canonical_url, host_of
from crawler.visits.page_sources import by_precedence
from crawler.visits.records import Payer, SourceVisit, Visit, VisitResult
from storage.crawl import coverage_gaps, page_listings, pages, sources
from storage.hot.frontier import Due, FrontierKind
from storage.models.pages import Page
from storage.models.sources import Source, SourceKind, SourceState

_MOST_BYTES = {SourceKind.SITEMAP: SITEMAP_BYTES}  # others: the setting says


def wanted_visit(conn: Connection, due: Due, now: datetime) -> Visit | None:
    """Say how a due URL is to be asked for; None when no source that is polled lists it."""
    kind, row_id = due.key
    if kind is FrontierKind.SOURCE:
        return _wanted_listing(sources.get(conn, row_id), now)
    if kind is FrontierKind.CHILD_SITEMAP:
        return _wanted_sitemap(sources.get(conn, row_id), due.url)
    if kind is FrontierKind.BACKFILL:
        gap = coverage_gaps.get(conn, row_id)
        source = None if gap is None else sources.get(conn, gap.source_id)
        return _wanted_sitemap(source, due.url)
    page = _wanted_page(conn, pages.get(conn, row_id), now)
    if kind is FrontierKind.PART and page is not None:
        return replace(page, url=due.url, etag=None, last_modified=None)
    return page


def _wanted_sitemap(source: Source | None, url: str) -> Visit | None:
    if source is None or source.state is not SourceState.ACTIVE:
        return None
    return Visit(url, None, None, _payer(source), None, most_bytes=SITEMAP_BYTES)


def _wanted_page(conn: Connection, page: Page | None, now: datetime) -> Visit | None:
    if page is None:
        return None
    listings = by_precedence(page_listings.of_page(conn, page.id), page.url)
    payers = [
        Payer(listing.source_id, host_of(listing.source_url), listing.daily_budget)
        for listing in listings
        if listing.is_active
    ]
    if not payers:
        return None
    etag, last_modified = pages.validators(conn, page.id)
    if wants_full_page(page.found_at, page.last_fetch_at, now):
        etag, last_modified = None, None
    payer, *others = payers
    return Visit(page.url, etag, last_modified, payer, page.id, tuple(others))


def _payer(source: Source) -> Payer:
    return Payer(source.id, host_of(source.url), source.schedule.daily_budget)


def _wanted_listing(source: Source, now: datetime) -> Visit | None:
    if source.state is not SourceState.ACTIVE:
        return None
    full = wants_full(Trust(source.validators.trust, source.validators.checked_at), now)
    etag, last_modified = (
        (None, None) if full else (source.validators.etag, source.validators.last_modified)
    )
    most = _MOST_BYTES.get(source.kind)
    return Visit(source.url, etag, last_modified, _payer(source), None, most_bytes=most)


def source_answered(
    conn: Connection,
    source: Source,
    result: VisitResult,
    plan: SourceVisit,
    body_hash: str | None,
    *,
    brought: int,
) -> None:
    """Record that a source answered, changed or not, and when it is visited next.

    `brought` is how many new items its listing had.
    """
    if not result.not_modified:
        _weigh_validators(conn, source, result, body_hash, brought)
    if result.permanent_redirect is not None:
        url = canonical_url(result.permanent_redirect)
        sources.moved(conn, source, url, how="redirected for good", now=result.at)
    sources.fetched(
        conn,
        source.id,
        now=result.at,
        next_fetch_at=plan.at,
        next_reason=plan.reason,
        article_rate=plan.rate,
        rhythm=plan.rhythm,
        etag=result.etag or source.validators.etag if result.not_modified else result.etag,
        last_modified=(
            result.last_modified or source.validators.last_modified
            if result.not_modified
            else result.last_modified
        ),
        body_hash=body_hash,
    )


def _weigh_validators(
    conn: Connection, source: Source, result: VisitResult, body_hash: str | None, brought: int
) -> None:
    """Hold an answer with a body against what the server's validators said of it."""
    before = Trust(source.validators.trust, source.validators.checked_at)
    sent = source.validators.etag or source.validators.last_modified
    repeated = (result.etag, result.last_modified) == (
        source.validators.etag,
        source.validators.last_modified,
    )
    answer = FullAnswer(
        at=result.at,
        was_conditional=not (sent and wants_full(before, result.at)),
        is_changed=body_hash != source.validators.body_hash,
        hid=bool(sent) and repeated and brought > 0 and body_hash != source.validators.body_hash,
    )
    after = after_full(before, answer)
    if after != before:
        sources.set_trust(conn, source.id, after.borne_out, after.checked_at)
