"""The whole way of one URL, from a listing to a delivery, and where it ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from crawler.copies.origin.stale_repost import stale_repost
from crawler.listings.listed_items import page_at
from crawler.urls.canonical import canonical_url
from crawler.visits.page_sources import by_precedence
from scheduler.diagnosis.topic_answers import TopicAnswer, answer_lines, local_time, topic_answers
from scheduler.lists.comparison import compare
from scheduler.recrawl.silence import silence_of
from scheduler.wording.formatters import span, wrapper
from storage.crawl import fetches, page_listings, pages, sources
from storage.models.articles import Article, StaleRepost
from storage.models.fetches import Fetch
from storage.models.pages import Page, PageListing, PageState
from storage.models.sources import Source
from storage.models.stories import CopyVerdict, Story
from storage.process import quarantine
from storage.process.quarantine import QuarantinedWork, Step
from storage.reports import latency
from storage.reports.latency import ArticleTimes
from storage.stories import articles, rulings, stories
from storage.topics import match_work


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that is known of a URL; the first part that is missing is where its way ended."""

    url: str
    source: Source | None
    listings: tuple[tuple[PageListing, str], ...]  # with the titles of their sources
    page: Page | None
    fetches: tuple[Fetch, ...]
    article: Article | None
    story: Story | None
    original_url: str | None
    verdict: CopyVerdict | None
    topics: tuple[TopicAnswer, ...]
    waits: bool = False  # its story is still to be shown to the topics
    set_aside: QuarantinedWork | None = None  # or is not shown to them, since that failed
    roundup_of: tuple[int, ...] = ()  # the articles that it strings together
    rulings: tuple[tuple[int, bool, datetime], ...] = ()  # article, together or apart, since when
    stale: StaleRepost | None = None
    times: ArticleTimes | None = None
    alignment: str = ""  # a copy's parts in a sentence, or why they are not known


def explain_url(conn: Connection, address: str, *, stale_days: int) -> Explanation:
    """Gather what is known of a URL. Raises InputError for what is no web address.

    An article that presents a text as new which is older by `stale_days` is a stale repost.
    """
    url = canonical_url(address)
    page = page_at(conn, url)
    article = articles.of_page(conn, page.id) if page else articles.by_url(conn, url)
    if page is None and article is not None:
        page = pages.get(conn, article.provenance.page_id)
    story = stories.get(conn, article.story_id) if article else None
    original = articles.get(conn, story.root_article_id) if story else None
    verdict = stories.verdict_of(conn, article.id) if article else None
    of_page = page_listings.of_page(conn, page.id) if page else []
    listings = by_precedence(of_page, page.url) if page else []
    return Explanation(
        url=url,
        source=sources.get(conn, listings[0].source_id) if listings else sources.by_url(conn, url),
        listings=tuple((each, sources.get(conn, each.source_id).title) for each in listings),
        page=page,
        fetches=tuple(fetches.of_page(conn, page.id) if page else fetches.of_url(conn, url)),
        article=article,
        story=story,
        original_url=original.url if original else None,
        verdict=verdict,
        topics=tuple(topic_answers(conn, article)) if article else (),
        waits=article is not None and match_work.waits_for(conn, article.story_id),
        set_aside=quarantine.is_set_aside(conn, Step.MATCH, article.id) if article else None,
        roundup_of=stories.roundup_of(conn, article.id) if article else (),
        rulings=tuple(rulings.of_article(conn, article.id)) if article else (),
        stale=_stale(conn, article, story, original, stale_days) if article else None,
        times=latency.of_articles(conn, [article.id])[article.id] if article else None,
        alignment=_alignment(conn, article, verdict) if article and verdict else "",
    )


def _stale(
    conn: Connection,
    article: Article,
    story: Story | None,
    original: Article | None,
    stale_days: int,
) -> StaleRepost | None:
    others = articles.of_story(conn, story.id) if story else []
    evidence = story.evidence if story else ()
    return stale_repost(article, original, stale_days=stale_days, others=others, evidence=evidence)


def explanation_lines(found: Explanation) -> Iterator[str]:
    """Yield what is known of the URL in sentences, in the order in which things happened."""
    yield found.url
    if found.page is None or found.source is None:
        yield from _no_page_lines(found)
        return
    page = found.page
    if page.url != found.url:
        yield f"known as {page.url}"
    yield from _listing_lines(found)
    yield from _fetch_lines(found)
    if found.article is None:
        yield _why_no_article(page)
        return
    article = found.article
    yield (
        f"extracted: {article.title!r}, {len(article.text.split())} words, "
        f"language {article.language or 'unknown'}, published {local_time(article.dates.published)} "
        f"(from {article.dates.published_from or 'nowhere'}{_flag_of(article)}), revision {article.revision}"
    )
    if article.provenance.wrapper:
        yield f"the site put round it: {wrapper(article.provenance.wrapper)}"
    if found.times is not None:
        yield _times_line(found.times)
    if page.state == PageState.DUE:
        yield f"looked at again {local_time(page.due_at)}{_because(page.next_reason)}"
    yield from _story_lines(found, article)
    if found.waits:
        yield "its story still waits to be matched"
    if found.set_aside is not None:
        yield f"set aside, not matched: {found.set_aside.reason}; see: wirewatch work list"
    yield from answer_lines(found.topics, article)


def _listing_lines(found: Explanation) -> Iterator[str]:
    for listing, title in found.listings:
        backlog = ", as its backlog" if listing.backlog else ""
        absent = f", not yet {local_time(listing.absent_at)}" if listing.absent_at else ""
        quiet = "" if listing.is_active else "; that source is not polled now"
        yield (
            f"found {local_time(listing.first_listed_at)}{absent} in the {listing.found_how} of "
            f"{title}{backlog}{quiet}"
        )


def _times_line(times: ArticleTimes) -> str:
    """Return when the article reached each stage, and how long that took."""
    parts = [f"first seen {local_time(times.seen)}"]
    if times.published is not None:
        parts[0] += f", {span(times.seen - times.published)} after it was published"
    parts.append(f"fetched {span(times.fetched - times.seen)} later")
    if times.alerted is not None:
        parts.append(f"alerted {span(times.alerted - times.fetched)} later")
    if times.alerted is not None and times.delivered is not None:
        parts.append(f"delivered {span(times.delivered - times.alerted)} later")
    return "; ".join(parts)


def _no_page_lines(found: Explanation) -> Iterator[str]:
    source = found.source
    if source is None:
        yield "not found: no source has listed it; see: wirewatch source list"
    else:
        yield f"the listing of source {source.id}, {source.title}; last read {local_time(source.health.last_success_at)}"
        yield f"next visit {local_time(source.schedule.next_fetch_at)}: {source.schedule.next_reason}"
        quiet = silence_of(source)
        if quiet is not None and quiet.is_odd:
            yield quiet.says
        if source.health.problem is not None:
            yield f"fails: {source.health.problem.value} {source.health.problem_detail}".rstrip()
    yield from _fetch_lines(found)


def _fetch_lines(found: Explanation) -> Iterator[str]:
    for fetch in reversed(found.fetches):
        status = f"HTTP {fetch.status}, " if fetch.status else ""
        yield f"fetched {local_time(fetch.at)}: {status}{fetch.outcome}, {fetch.size} bytes, {fetch.url}"


def _flag_of(article: Article) -> str:
    return f", flagged: {article.dates.published_flag}" if article.dates.published_flag else ""


def _why_no_article(page: Page) -> str:
    if page.problem is None:
        return f"not fetched yet: due {local_time(page.due_at)}"
    again = (
        f"; tried again {local_time(page.due_at)}{_because(page.next_reason)}"
        if page.state == PageState.DUE
        else "; not tried again"
    )
    return f"no article: {page.problem.value} {page.problem_detail}{again}"


def _because(reason: str) -> str:
    return f": {reason}" if reason else ""


def _story_lines(found: Explanation, article: Article) -> Iterator[str]:
    if found.story is None:
        return
    if found.roundup_of:
        parts = ", ".join(map(str, found.roundup_of))
        yield f"round-up of the articles {parts}: a copy of none of them"
    if found.verdict is None:
        yield f"new when it came: it began story {article.story_id}"
    else:
        verdict = found.verdict
        yield (
            f"copy ({verdict.relation.value}) in story {article.story_id}: "
            f"{verdict.share_of_article:.0%} of it stands in article {verdict.of_article_id}, "
            f"{verdict.share_of_other:.0%} of that one stands in it"
        )
        yield f"  {found.alignment}"
    if found.stale is not None:
        yield f"stale repost: {found.stale.says}"
    for other, together, at in found.rulings:
        held = "put together with" if together else "kept apart from"
        yield f"{held} article {other} by an operator, {local_time(at)}"
    named, sure = found.story.named_publisher, f"({found.story.confidence:.0%} sure)"
    yield f"original of the story: {f'{named}, not crawled' if named else found.original_url} {sure}"
    if named:
        yield f"best copy known: {found.original_url}"
    for evidence in found.story.evidence:
        names = named is not None and named in evidence.says
        if names or evidence.article_id in (article.id, found.story.root_article_id):
            yield f"  {evidence.weight:+.1f}  {evidence.says}"


def _alignment(conn: Connection, article: Article, verdict: CopyVerdict) -> str:
    return compare(article, verdict, articles.get(conn, verdict.of_article_id)).says
