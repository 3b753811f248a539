"""A link becomes a story: fetched, extracted, judged, stored, and handed on to be matched.

The one place where the steps meet. What each step decides is decided elsewhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy import Connection

from crawler.articles.feed_text import feed_text_page, of_feed, takes_feed_text
from crawler.articles.judging_lock import judging_lock
from crawler.articles.known_sites import KnownSites
from crawler.articles.known_texts import KnownTexts
from crawler.articles.parts import ArticleParts, PartedArticle
from crawler.articles.redirected_page import answered_address, answered_page, is_led_astray
from crawler.articles.revisions import Revisions, save_revision, says_the_same
from crawler.articles.same_page import keep_names, names_of, settle_twin, twin_of
from crawler.articles.story_review import StoryReview
from crawler.articles.transactions import page_failed, page_read, save_article
from crawler.copies.detector import CopyDetector
from crawler.copies.origin.stale_repost import stale_repost
from crawler.copies.records import Judgement, SubmittedText, time_of
from crawler.extract.dates.date_value import HOURS_NOT_TOLD
from crawler.extract.dates.parse_datetime import is_of_day
from crawler.extract.page_reader import ExtractedPage, read_page
from crawler.listings.backfill import Backfill
from crawler.listings.listings import Listings
from crawler.settings import CopySettings
from crawler.urls.canonical import host_of, leads_home
from crawler.visits.deps import CrawlDeps
from crawler.visits.due import page_due
from crawler.visits.page_sources import FROM_LISTING, by_precedence, facts_of
from crawler.visits.records import NextVisit, Visit, VisitResult
from crawler.visits.source_visit import wanted_visit
from storage.crawl import listed_texts, page_listings, pages
from storage.errors import ExtractError
from storage.failpoints import reach
from storage.hot.frontier import Due, FrontierKey, FrontierKind
from storage.models.articles import Article, ArticleDates, ExtractedArticle, Signal
from storage.models.pages import ListedPage, Page, PageListing
from storage.models.problems import Problem
from storage.models.stories import CopyVerdict
from storage.process.quarantine import Step
from storage.process.work_in_hand import WorkInHand
from storage.stories import articles, stories

_PARSER_DIED = (Problem.PARSE_TIMEOUT, Problem.PARSE_CRASHED)


class Pipeline:
    """Takes what the crawl brings: listings into pages, pages into articles and stories."""

    def __init__(
        self,
        deps: CrawlDeps,
        *,
        detector: CopyDetector,
        texts: KnownTexts,
        sites: KnownSites,
        copies: CopySettings,
    ) -> None:
        self._db = deps.db
        self._frontier = deps.frontier
        self._parser = deps.parser
        self._planner = deps.planner
        self._settings = deps.settings
        self._clock = deps.clock
        self._rules = deps.rules
        self._on_work = deps.on_work
        self._on_due = deps.on_due
        self._detector = detector
        self._texts = texts
        self._sites = sites
        self._copies = copies
        self._review = StoryReview(deps.db, detector, texts, copies)
        self._revisions = Revisions(deps.db, texts, self._review, copies)
        self._backfill = Backfill(deps)
        self._listings = Listings(deps, self._backfill)
        self._parts = ArticleParts(deps, self._take_article)
        # Two copies that arrive together must not both be judged before either is stored.
        self._one_at_a_time = asyncio.Lock()
        self._log = structlog.get_logger("pipeline")

    async def prepare(self, due: Due) -> Visit | None:
        """Say how a due URL is to be asked for; None when nobody wants it any more."""
        return await self._db.read(wanted_visit, due, self._clock())

    async def visited(self, result: VisitResult) -> None:
        """Take what a visit brought, and put into the frontier what is to be fetched next."""
        kind, row_id = result.lease.due.key
        if kind is FrontierKind.SOURCE:
            await self._listings.take(row_id, result)
        elif kind is FrontierKind.CHILD_SITEMAP:
            await self._listings.take_child(row_id, result)
        elif kind is FrontierKind.BACKFILL:
            await self._backfill.take(row_id, result)
            self._on_due()
        elif kind is FrontierKind.PART:
            await self._parts.take_part(row_id, result)
        else:
            await self._take_page(row_id, result)

    async def pushed(
        self, source_id: int, body: bytes, content_type: str | None, at: datetime
    ) -> None:
        """Take what a source's hub pushed to us."""
        await self._listings.pushed(source_id, body, content_type, at)

    async def bring_forward(self, source_id: int, at: datetime, reason: str) -> None:
        """Visit a source at this time, unless it is visited sooner."""
        await self._listings.bring_forward(source_id, at, reason)

    # --- pages ----------------------------------------------------------------------------

    async def _take_page(self, page_id: int, result: VisitResult) -> None:
        page = await self._db.read(pages.get, page_id)
        listings = await self._db.read(page_listings.of_page, page_id)
        if page is None or not listings:
            return
        listed = ListedPage(page, by_precedence(listings, page.url)[0])
        if result.problem is not None:
            await self._page_failed(page, result, result.problem, result.detail)
        elif result.not_modified:
            await self._page_unchanged(listed, result)
        elif leads_home(page.url, result.url):
            says = "its address leads to the site's front page"
            await self._page_failed(page, result, Problem.SOFT_404, says)
        else:
            await self._take_body(listed, listings, result)

    async def _take_body(
        self, listed: ListedPage, listings: Sequence[PageListing], result: VisitResult
    ) -> None:
        page = listed.page
        work = WorkInHand(self._db, Step.PAGE, page.id, self._clock)
        admission = await work.begin()
        if not admission.granted:
            says = "it was tried before; see: wirewatch work list"
            await self._page_failed(page, result, Problem.SET_ASIDE, says, admission.again_at)
            return
        async with work:
            try:
                read = await self._extract(result)
            except ExtractError as error:
                problem = error.problem
                if problem in _PARSER_DIED and await work.failed(str(error)):
                    problem = Problem.SET_ASIDE
                await self._page_failed(page, result, problem, error.detail)
            else:
                reach("parse")
                article = PartedArticle(listed, listings, result, read.article, read.next_part)
                await self._parts.begin(article)

    async def _take_article(self, article: PartedArticle) -> None:
        """Take what a page said, with its further parts, or the page to which its address led."""
        listed, listings = article.listed, article.listings
        result, extracted = article.result, article.extracted
        page = listed.page
        url = answered_address(page, result, extracted)
        known = None if url is None else await self._db.read(articles.of_page, page.id)
        if url is not None and known is None:
            answered = await self._db.write(answered_page, page, url, result)
            listings = await self._db.read(page_listings.of_page, answered.page.id)
            listed = ListedPage(answered.page, by_precedence(listings, url)[0])
            await self._leave(page, answered.page, released=answered.released)
        elif known is not None and is_led_astray(known, url, extracted):
            says = f"its address leads to another site now: {url}"
            await self._page_failed(page, result, Problem.SOFT_404, says)
            return
        extracted = with_listing(extracted, facts_of(listings, listed.page.url))
        await self._store_article(listed, result, extracted)

    async def _extract(self, result: VisitResult) -> ExtractedPage:
        host = host_of(result.url)
        read: ExtractedPage = await self._parser.run(
            read_page,
            result.body,
            url=result.url,
            content_type=result.content_type,
            settings=self._settings,
            now=self._clock(),
            site=await self._sites.of(host) if self._settings.learn else None,
            rules=self._rules.of(host),
        )
        if read.site is not None and self._settings.learn:
            self._sites.learned(host, read.site)
        return read

    async def _store_article(
        self, listed: ListedPage, result: VisitResult, extracted: ExtractedArticle
    ) -> None:
        page = listed.page
        async with self._one_at_a_time:
            # Asked for anew: when a lease ran out, or the clock was set, while the page was in hand,
            # another visit may have stored its article since `page` was read.
            known = await self._db.read(articles.of_page, page.id)
            if known is not None and says_the_same(known, extracted):
                await self._page_unchanged(listed, result)
                return
            revisit = self._planner.revisit(page, listed.listing.source_id, now=result.at)
            extracted = await self._with_copied_lines(page, extracted, known, result.at)
            sketch = await self._detector.sketch_of(extracted.text)
            async with judging_lock(self._texts.index, sketch, result.at) as judged_text:
                judged = await self._detector.judge(
                    _submitted(page, extracted, known, result.at), judged_text.candidates
                )
                twin = None
                if known is None:
                    twin = await self._twin(listed, result, extracted, judged)
                if twin is not None:
                    await self._page_is(listed, twin, result)
                    return
                article = await self._save(page, result, extracted, known, judged, revisit)
                judged_text.article_id, judged_text.seen = article.id, article.first_seen
            await self._review.doubted(judged, result.at)
        await self._put_page(page, revisit)
        self._on_work()
        await self._tell_stored(article, judged)

    async def _with_copied_lines(
        self, page: Page, extracted: ExtractedArticle, known: Article | None, at: datetime
    ) -> ExtractedArticle:
        """Give a text back what recurs on its site because the site repeats another one's text."""
        if not extracted.whole:
            return extracted
        submitted = _submitted(page, extracted, known, at)
        if not await self._detector.completes(submitted, extracted.whole):
            return extracted
        wrapper = tuple(part for part in extracted.wrapper if part.text not in extracted.whole)
        return replace(extracted, text=extracted.whole, wrapper=wrapper)

    async def _save(  # noqa: PLR0917 - what a visit brought, in the order in which it was found
        self,
        page: Page,
        result: VisitResult,
        extracted: ExtractedArticle,
        known: Article | None,
        judged: Judgement,
        revisit: NextVisit | None,
    ) -> Article:
        if known is None:
            return await self._db.write(
                save_article,
                page=page,
                result=result,
                extracted=extracted,
                judged=judged,
                revisit=revisit,
            )
        return await self._db.write(
            save_revision,
            page=page,
            result=result,
            extracted=extracted,
            known=known,
            change=await self._revisions.weigh(known, extracted.text, judged),
            revisit=revisit,
        )

    async def _twin(
        self,
        listed: ListedPage,
        result: VisitResult,
        extracted: ExtractedArticle,
        judged: Judgement,
    ) -> Article | None:
        """Return the article of another page that this one is; keep its names when it is none."""
        page = listed.page
        names = names_of(page, result, extracted)
        if not names and not judged.verdicts:
            return None  # as nearly all pages are
        twin = await self._db.read(twin_of, page, names, extracted, judged)
        if twin is None and names:
            await self._db.write(keep_names, page, listed.listing.source_id, names, result.at)
        return twin

    async def _page_is(self, listed: ListedPage, twin: Article, result: VisitResult) -> None:
        """Leave a page that is another one: that is visited, this one is not any more."""
        released = await self._db.write(settle_twin, listed.page, twin, result)
        twin_page = await self._db.read(pages.get, twin.provenance.page_id)
        if twin_page is not None:
            await self._leave(listed.page, twin_page, released=released)

    async def _leave(self, page: Page, target: Page, *, released: bool) -> None:
        await self._put_page(page, None)
        if released:
            self._on_work()
        self._log.info("page_is_another", page=page.id, url=page.url, other=target.url)

    async def _tell_stored(self, article: Article, judged: Judgement) -> None:
        """Log what an article was found to be, when all that it changed is stored."""
        verdict, original = None, article
        if judged.verdicts or article.revision > 1:
            verdict, original = await self._db.read(_as_folded, article)
        stale = stale_repost(article, original, stale_days=self._copies.stale_days)
        self._log.info(
            "article_stored",
            source=article.provenance.source_id,
            article=article.id,
            story=original.story_id,
            url=article.url,
            revision=article.revision,
            copy_of=verdict.of_article_id if verdict else None,
            relation=verdict.relation.value if verdict else None,
            roundup_of=judged.parts or None,
            stale_repost=stale.says if stale else None,
        )

    async def _page_unchanged(self, listed: ListedPage, result: VisitResult) -> None:
        page = listed.page
        revisit = self._planner.revisit(page, listed.listing.source_id, now=result.at)
        await self._db.write(page_read, page, result, revisit)
        await self._put_page(page, revisit)

    async def _page_failed(
        self,
        page: Page,
        result: VisitResult,
        problem: Problem,
        detail: str,
        again_at: datetime | None = None,
    ) -> None:
        """Settle a page that failed; it is tried again `again_at`, or when the planner says."""
        retry = self._planner.retry(
            page, problem=problem, retry_after=result.retry_after, now=result.at
        )
        if again_at is not None:
            retry = NextVisit(again_at, detail)
        may_speak = takes_feed_text(problem, is_given_up=retry is None)
        if may_speak and await self._take_feed_text(page, result, problem):
            return
        await self._db.write(page_failed, page, result, problem=problem, detail=detail, retry=retry)
        await self._put_page(page, retry)
        if retry is None:
            self._on_work()
        self._log.info(
            "page_failed", page=page.id, url=page.url, problem=problem.value, detail=detail
        )

    async def _take_feed_text(self, page: Page, result: VisitResult, problem: Problem) -> bool:
        """Take what a feed says of a page that can't be read; whether there was something to take."""
        listed_text = await self._db.read(listed_texts.of_page, page.id)
        if listed_text is None or await self._db.read(articles.of_page, page.id) is not None:
            return False
        try:
            read: ExtractedPage = await self._parser.run(
                read_page,
                feed_text_page(*listed_text),
                url=page.url,
                content_type="text/html; charset=utf-8",
                settings=self._settings,
                now=self._clock(),
                site=None,
            )
        except ExtractError:
            return False
        listings = await self._db.read(page_listings.of_page, page.id)
        extracted = with_listing(of_feed(read.article, problem), facts_of(listings, page.url))
        listed = ListedPage(page, by_precedence(listings, page.url)[0])
        answer = replace(result, url=page.url, etag=None, last_modified=None, problem=None)
        await self._store_article(listed, answer, extracted)
        return True

    async def _put_page(self, page: Page, again: NextVisit | None) -> None:
        if again is None:
            await self._frontier.remove(FrontierKey(FrontierKind.PAGE, page.id))
        else:
            await self._frontier.put(page_due(page, again.at))


def _submitted(
    page: Page, extracted: ExtractedArticle, known: Article | None, at: datetime
) -> SubmittedText:
    """Return what a page says, as it is judged."""
    return SubmittedText(
        text=extracted.text,
        host=host_of(page.url),
        article_id=known.id if known else None,
        title=extracted.title,
        at=time_of(extracted.dates.published, known.first_seen if known else at),
    )


def _as_folded(conn: Connection, article: Article) -> tuple[CopyVerdict | None, Article]:
    """Return why an article is in its story, and that story's original."""
    story = stories.get(conn, articles.get(conn, article.id).story_id)
    return stories.verdict_of(conn, article.id), articles.get(conn, story.root_article_id)


def _gives_way(dates: ArticleDates, listed: datetime) -> bool:
    if dates.published is None:
        return True
    if dates.published_flag in HOURS_NOT_TOLD:
        return is_of_day(listed, dates.published)
    return dates.published_flag != "" and listed < dates.published


def with_listing(extracted: ExtractedArticle, says: PageListing | None) -> ExtractedArticle:
    """Return what a page says with what only its listing knew (None: nobody lists it).

    A date of the page that is doubted gives way to an earlier one of the listing; a bare day of which the
    page had the hour, in a form that is not read for certain, to the listing's of that day.
    """
    if says is None:
        return extracted
    listed, dates = says.published, extracted.dates
    if listed is not None and _gives_way(dates, listed):
        extracted = replace(
            extracted, dates=replace(dates, published=listed, published_from=FROM_LISTING)
        )
    if not extracted.title and says.title:
        extracted = replace(extracted, title=says.title)
    if says.credited_source:
        credit = Signal("credited_source", says.credited_source)
        extracted = replace(extracted, signals=(*extracted.signals, credit))
    return extracted
