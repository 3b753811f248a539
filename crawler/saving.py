"""What one visit changes in the truth: the transactions of the pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from crawler.copies.grouping import joined_groups
from crawler.copies.original import choose_origin
from crawler.copies.records import Judgement, OriginCandidate, Regrouped
from crawler.crawl import Visit, VisitResult
from crawler.fetch.trust import FullAnswer, Trust, after_full, wants_full, wants_full_page
from crawler.planning import Again, Return
from crawler.urls.canonical import canonical_url, host_of
from storage import articles, domains, gaps, pages, rulings, sources, stories, work
from storage.frontier import Due
from storage.models import (
    Article,
    CopyVerdict,
    ExtractedArticle,
    Page,
    PageState,
    Problem,
    Source,
    SourceState,
    StoryMember,
)

_MOST_WEIGHED = 500  # members of a story that are weighed for its origin; the first come first


def wanted_visit(conn: Connection, due: Due, now: datetime) -> Visit | None:
    """Say how a due URL is to be asked for; None when its source is paused or gone."""
    kind, _, number = due.key.partition(":")
    if kind == "source":
        return _wanted_listing(sources.get(conn, int(number)), now)
    if kind == "child":
        return _wanted_sitemap(sources.get(conn, int(number)), due.url)
    if kind == "backfill":
        gap = gaps.get(conn, int(number))
        source = None if gap is None else sources.get(conn, gap.source_id)
        return _wanted_sitemap(source, due.url)
    return _wanted_page(conn, pages.get(conn, int(number)), now)


def _wanted_sitemap(source: Source | None, url: str) -> Visit | None:
    if source is None or source.state is not SourceState.ACTIVE:
        return None
    return Visit(url, None, None, source.id, None, source.daily_budget)


def _wanted_page(conn: Connection, page: Page | None, now: datetime) -> Visit | None:
    source = None if page is None else sources.get(conn, page.source_id)
    if page is None or source is None or source.state is not SourceState.ACTIVE:
        return None
    etag, last_modified = pages.validators(conn, page.id)
    if wants_full_page(page.found_at, page.last_fetch_at, now):
        etag, last_modified = None, None
    return Visit(page.url, etag, last_modified, page.source_id, page.id, source.daily_budget)


def _wanted_listing(source: Source, now: datetime) -> Visit | None:
    if source.state is not SourceState.ACTIVE:
        return None
    full = wants_full(Trust(source.trust, source.checked_at), now)
    etag, last_modified = (None, None) if full else (source.etag, source.last_modified)
    return Visit(source.url, etag, last_modified, source.id, None, source.daily_budget)


def source_answered(
    conn: Connection,
    source: Source,
    result: VisitResult,
    plan: Return,
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
        etag=result.etag or source.etag if result.not_modified else result.etag,
        last_modified=(
            result.last_modified or source.last_modified
            if result.not_modified
            else result.last_modified
        ),
        body_hash=body_hash,
    )


def _weigh_validators(
    conn: Connection, source: Source, result: VisitResult, body_hash: str | None, brought: int
) -> None:
    """Hold an answer with a body against what the server's validators said of it."""
    before = Trust(source.trust, source.checked_at)
    sent = source.etag or source.last_modified
    repeated = (result.etag, result.last_modified) == (source.etag, source.last_modified)
    answer = FullAnswer(
        at=result.at,
        was_conditional=not (sent and wants_full(before, result.at)),
        is_changed=body_hash != source.body_hash,
        hid=bool(sent) and repeated and brought > 0 and body_hash != source.body_hash,
    )
    after = after_full(before, answer)
    if after != before:
        sources.trusted(conn, source.id, after.borne_out, after.checked_at)


def save_article(
    conn: Connection,
    *,
    page: Page,
    result: VisitResult,
    extracted: ExtractedArticle,
    judged: Judgement,
    revisit: Again | None,
) -> Article:
    """Store a new article, its story and origin, and the work to match it.

    The first verdict says what it is a copy of; the stories of all verdicts are one story from now
    on, unless an operator ruled them apart.
    """
    now = result.at
    story_ids = stories_made_one(conn, judged.verdicts)
    story_id = story_ids[0] if story_ids else stories.begin(conn, now)
    article = articles.insert_new(
        conn,
        page=page,
        story_id=story_id,
        host=host_of(page.url),
        extracted=extracted,
        backlog=page.backlog,
        now=now,
    )
    if judged.verdicts:
        stories.add_copy(conn, article.id, judged.verdicts[0], now)
    if judged.parts:
        stories.set_roundup(conn, article.id, judged.parts, now)
    for bridged in story_ids[1:]:
        stories.merge(conn, story_id, bridged, now)
    file_article(conn, article, page, result, revisit, is_alone=not story_ids)
    return article


def file_article(
    conn: Connection,
    article: Article,
    page: Page,
    result: VisitResult,
    revisit: Again | None,
    *,
    is_alone: bool = False,
) -> None:
    """Settle the story of an article that was stored or revised, and ask for it to be matched.

    One that `is_alone` has just begun its story.
    """
    members = [StoryMember(article, None)] if is_alone else None
    settle_story(conn, article.story_id, result.at, members)
    work.add(conn, story_id=article.story_id, article_id=article.id, now=result.at)
    page_read(conn, page, result, revisit)


def stories_made_one(
    conn: Connection, verdicts: Sequence[CopyVerdict], itself: int | None = None
) -> list[int]:
    """Name the stories that an article makes one, the oldest first: it keeps its id.

    `itself` is the story in which the article is already. Of stories that an operator ruled apart
    only the article's own, or the one of the closest verdict, is among them.
    """
    closest_first = [articles.get(conn, verdict.of_article_id).story_id for verdict in verdicts]
    found = [] if itself is None else [itself]
    for story_id in dict.fromkeys(closest_first):
        if not any(rulings.are_apart(conn, story_id, known) for known in found):
            found.append(story_id)
    return sorted(set(found))


def divide_story(conn: Connection, story_id: int, found: Regrouped, now: datetime) -> list[int]:
    """Take a story apart into groups of its articles; the ids of the new stories.

    The group that holds the original keeps the story. What an operator put together stays so.
    Each new story is matched to the topics like any other.
    """
    for article_id, parts in found.roundups.items():
        stories.set_roundup(conn, article_id, parts, now)
    root = stories.get(conn, story_id).root_article_id
    joined = joined_groups(found.groups, rulings.joined(conn, story_id))
    made: list[int] = []
    for group in joined:
        if root not in group and len(group) < sum(map(len, joined)):
            new = stories.split(conn, story_id, group, now)
            settle_story(conn, new, now)
            work.add(conn, story_id=new, article_id=min(group), now=now)
            made.append(new)
    settle_story(conn, story_id, now)
    return made


def settle_story(
    conn: Connection,
    story_id: int,
    now: datetime,
    members: Sequence[StoryMember] | None = None,
) -> None:
    """Weigh who wrote a story first, after its members or what is known of them changed.

    `members` are read where the caller does not know them.
    """
    weighed = (members or stories.members(conn, story_id))[:_MOST_WEIGHED]
    standing = domains.standing(conn, {member.article.host for member in weighed})
    origin = choose_origin([_candidate(member) for member in weighed], standing)
    stories.set_origin(conn, story_id, origin, now)


def _candidate(member: StoryMember) -> OriginCandidate:
    article = member.article
    return OriginCandidate(
        article_id=article.id,
        host=article.host,
        title=article.title,
        words=len(article.text.split()),
        published=article.published,
        first_seen=article.first_seen,
        signals=article.signals,
        verdict=member.verdict,
        url=article.url,
    )


def page_failed(
    conn: Connection,
    page: Page,
    result: VisitResult,
    *,
    problem: Problem,
    detail: str,
    retry: Again | None,
) -> None:
    """Record that a page gave no article, and when it is tried again, if it is.

    When an article's page is gone for good, its story is looked at again: that may be told.
    """
    given_up = PageState.REFUSED if page.attempts == 0 else PageState.FAILED
    pages.settle(
        conn,
        page.id,
        state=given_up if retry is None else PageState.DUE,
        now=result.at,
        http_status=result.status,
        due_at=None if retry is None else retry.at,
        next_reason="" if retry is None else retry.reason,
        problem=problem,
        detail=detail,
    )
    if retry is None and problem in (Problem.GONE, Problem.NOT_FOUND, Problem.SOFT_404):
        article = articles.of_page(conn, page.id)
        if article is not None:
            work.add(conn, story_id=article.story_id, article_id=article.id, now=result.at)


def page_read(conn: Connection, page: Page, result: VisitResult, revisit: Again | None) -> None:
    """Record that a page was read; it stays in the frontier when it is looked at again."""
    pages.settle(
        conn,
        page.id,
        state=PageState.DONE if revisit is None else PageState.DUE,
        now=result.at,
        http_status=result.status,
        due_at=None if revisit is None else revisit.at,
        next_reason="" if revisit is None else revisit.reason,
        etag=result.etag,
        last_modified=result.last_modified,
    )
