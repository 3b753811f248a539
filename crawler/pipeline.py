"""A link becomes a story: fetched, extracted, judged, stored, and handed on to be matched.

The one place where the steps meet. What each step decides is decided elsewhere.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import ParamSpec, Protocol, TypeVar

import structlog
from sqlalchemy import Connection

from crawler.copies.detector import CopyDetector
from crawler.copies.records import Judgement, SubmittedText
from crawler.copies.repost import stale_repost
from crawler.crawl import Visit, VisitResult
from crawler.discovery.feed import read_listing
from crawler.extract.article import extract_article
from crawler.known_texts import KnownTexts
from crawler.revising import Revisions, save_revision
from crawler.saving import (
    Return,
    divide_story,
    page_failed,
    page_read,
    save_article,
    source_answered,
    wanted_visit,
)
from crawler.settings import CopySettings, ExtractSettings
from crawler.urls.canonical import canonical_url, host_of
from storage import articles, pages, sources, stories
from storage.database import Database
from storage.errors import ExtractError, InputError
from storage.frontier import Due, Frontier
from storage.models import (
    Article,
    CopyVerdict,
    ExtractedArticle,
    ListedItem,
    Listing,
    Page,
    Problem,
    Signal,
    Source,
    SourceState,
)

P = ParamSpec("P")
T = TypeVar("T")


class Planner(Protocol):
    """The recrawl plan, as the crawl asks for it; the policy is the scheduler's."""

    def after_listing(
        self, source: Source, *, listing: Listing | None, new: int, now: datetime
    ) -> Return:
        """Plan the next visit to a source that answered; listing None when it had not changed."""

    def after_failure(
        self, source: Source, *, problem: Problem, retry_after: datetime | None, now: datetime
    ) -> Return:
        """Plan the next visit to a source that gave no listing."""

    def retry(
        self, page: Page, *, problem: Problem, retry_after: datetime | None, now: datetime
    ) -> datetime | None:
        """Plan the next try at a page; None to give it up."""

    def revisit(self, page: Page, *, now: datetime) -> datetime | None:
        """Plan another look at a page that was read; None when it is old enough."""


class Parser(Protocol):
    """Runs what reads bodies, off the event loop."""

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Give what the function gives. Raises its ExtractError, or one for a body that killed it."""


class Pipeline:
    """Takes what the crawl brings: listings into pages, pages into articles and stories."""

    def __init__(
        self,
        *,
        db: Database,
        frontier: Frontier,
        parser: Parser,
        detector: CopyDetector,
        known: KnownTexts,
        planner: Planner,
        settings: ExtractSettings,
        copies: CopySettings,
        clock: Callable[[], datetime],
        on_work: Callable[[], None],
        on_due: Callable[[], None],
    ) -> None:
        self._db = db
        self._frontier = frontier
        self._parser = parser
        self._detector = detector
        self._known = known
        self._planner = planner
        self._settings = settings
        self._copies = copies
        self._revisions = Revisions(db, detector, known, copies)
        self._clock = clock
        self._on_work = on_work
        self._on_due = on_due
        # Two copies that arrive together must not both be judged before either is stored.
        self._one_at_a_time = asyncio.Lock()
        self._log = structlog.get_logger("pipeline")

    async def prepare(self, due: Due) -> Visit | None:
        """Say how a due URL is to be asked for; None when nobody wants it any more."""
        return await self._db.read(wanted_visit, due)

    async def visited(self, result: VisitResult) -> None:
        """Take what a visit brought, and put into the frontier what is to be fetched next."""
        kind, _, number = result.lease.due.key.partition(":")
        if kind == "source":
            await self._take_listing(int(number), result)
        else:
            await self._take_page(int(number), result)

    # --- listings -------------------------------------------------------------------------

    async def _take_listing(self, source_id: int, result: VisitResult) -> None:
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
            await self._frontier.put(_page_due(page, page.due_at))
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
        await self._frontier.put(_source_due(source, at))

    # --- pages ----------------------------------------------------------------------------

    async def _take_page(self, page_id: int, result: VisitResult) -> None:
        page = await self._db.read(pages.get, page_id)
        if page is None:
            return
        if result.problem is not None:
            await self._page_failed(page, result, result.problem, result.detail)
        elif result.not_modified:
            await self._page_unchanged(page, result)
        else:
            try:
                extracted = await self._extract(page, result)
            except ExtractError as error:
                await self._page_failed(page, result, error.problem, error.detail)
            else:
                await self._store_article(page, result, extracted)

    async def _extract(self, page: Page, result: VisitResult) -> ExtractedArticle:
        extracted: ExtractedArticle = await self._parser.run(
            extract_article,
            result.body,
            url=result.url,
            content_type=result.content_type,
            settings=self._settings,
            now=self._clock(),
        )
        return _with_listing(extracted, page)

    async def _store_article(
        self, page: Page, result: VisitResult, extracted: ExtractedArticle
    ) -> None:
        async with self._one_at_a_time:
            known = await self._db.read(articles.of_page, page.id)
            if known is not None and articles.same_text(known, extracted):
                await self._page_unchanged(page, result)
                return
            submitted = SubmittedText(
                text=extracted.text, host=host_of(page.url), article_id=known.id if known else None
            )
            judged = await self._detector.judge(submitted)
            revisit = self._planner.revisit(page, now=result.at)
            if known is None:
                article = await self._db.write(
                    save_article,
                    page=page,
                    result=result,
                    extracted=extracted,
                    judged=judged,
                    revisit=revisit,
                )
            else:
                article = await self._db.write(
                    save_revision,
                    page=page,
                    result=result,
                    extracted=extracted,
                    known=known,
                    change=await self._revisions.weigh(known, extracted.text, judged),
                    revisit=revisit,
                )
            await self._detector.add(article.id, extracted.text, article.first_seen)
            await self._look_again(judged, result.at)
        await self._put_page(page, revisit)
        self._on_work()
        await self._tell_stored(article, judged)

    async def _tell_stored(self, article: Article, judged: Judgement) -> None:
        """Log what an article was found to be, when all that it changed is stored."""
        verdict, original = await self._db.read(_as_folded, article)
        stale = stale_repost(article, original, stale_days=self._copies.stale_days)
        self._log.info(
            "article_stored",
            article=article.id,
            story=original.story_id,
            url=article.url,
            revision=article.revision,
            copy_of=verdict.of_article_id if verdict else None,
            relation=verdict.relation.value if verdict else None,
            roundup_of=judged.parts or None,
            stale_repost=stale.says if stale else None,
        )

    async def _look_again(self, judged: Judgement, now: datetime) -> None:
        """Take stories apart whose articles, by what is known now, are not all one story."""
        texts = await self._known.load(judged.doubted) if judged.doubted else []
        for story_id in sorted({text.story_id for text in texts}):
            members = await self._known.of_story(story_id)
            if len(members) == 1 and members[0].article_id not in judged.strung:
                continue  # a site's pages of one form doubt each other whenever one more comes
            found = await self._revisions.regrouped(members)
            if len(found.groups) > 1 or found.roundups:
                new = await self._db.write(divide_story, story_id, found, now)
                self._log.info("story_divided", story=story_id, new_stories=new)

    async def _page_unchanged(self, page: Page, result: VisitResult) -> None:
        revisit = self._planner.revisit(page, now=result.at)
        await self._db.write(page_read, page, result, revisit)
        await self._put_page(page, revisit)

    async def _page_failed(
        self, page: Page, result: VisitResult, problem: Problem, detail: str
    ) -> None:
        retry = self._planner.retry(
            page, problem=problem, retry_after=result.retry_after, now=result.at
        )
        await self._db.write(page_failed, page, result, problem=problem, detail=detail, retry=retry)
        await self._put_page(page, retry)
        if retry is None:
            self._on_work()
        self._log.info(
            "page_failed", page=page.id, url=page.url, problem=problem.value, detail=detail
        )

    async def _put_page(self, page: Page, at: datetime | None) -> None:
        key = f"page:{page.id}"
        if at is None:
            await self._frontier.remove(key)
        else:
            await self._frontier.put(_page_due(page, at))


def _as_folded(conn: Connection, article: Article) -> tuple[CopyVerdict | None, Article]:
    """Give why an article is in its story, and that story's original."""
    story = stories.get(conn, articles.get(conn, article.id).story_id)
    return stories.verdict_of(conn, article.id), articles.get(conn, story.root_article_id)


# --- the frontier, rebuilt from the truth -----------------------------------------------------


async def fill_frontier(db: Database, frontier: Frontier) -> None:
    """Put every due page and every polled source into the frontier, and take out paused ones."""
    all_sources, due_pages = await asyncio.gather(db.read(sources.list_all), db.read(pages.due))
    for source in all_sources:
        if source.state is SourceState.ACTIVE:
            await frontier.put(_source_due(source, source.next_fetch_at))
        else:
            await frontier.remove(f"source:{source.id}")
    for page in due_pages:
        await frontier.put(_page_due(page, page.due_at))


def _source_due(source: Source, at: datetime) -> Due:
    return Due(key=f"source:{source.id}", url=source.url, host=host_of(source.url), due_at=at)


def _page_due(page: Page, at: datetime) -> Due:
    return Due(key=f"page:{page.id}", url=page.url, host=host_of(page.url), due_at=at)


def _canonical_items(items: Sequence[ListedItem], base: str) -> tuple[ListedItem, ...]:
    found: dict[str, ListedItem] = {}
    for item in items:
        try:
            url = canonical_url(item.url, base)
        except InputError:
            continue  # a mailto: or javascript: link is no page
        found.setdefault(url, replace(item, url=url))
    return tuple(found.values())


def _with_listing(extracted: ExtractedArticle, page: Page) -> ExtractedArticle:
    """Fill in what only the listing knew."""
    if extracted.published is None and page.listed_published is not None:
        extracted = replace(extracted, published=page.listed_published, published_from="listing")
    if not extracted.title and page.listed_title:
        extracted = replace(extracted, title=page.listed_title)
    if page.credited_source:
        credit = Signal("credited_source", page.credited_source)
        extracted = replace(extracted, signals=(*extracted.signals, credit))
    return extracted
