"""What one visit changes in the truth: the transactions of the pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from crawler.articles.origin_candidates import candidates
from crawler.copies.origin.original import choose_origin
from crawler.copies.records import Judgement, Regrouped, joined_groups
from crawler.urls.canonical import host_of
from crawler.visits.page_sources import by_precedence, is_backlog, own_date
from crawler.visits.records import NextVisit, VisitResult
from storage.crawl import listed_texts, page_listings, pages
from storage.delivery import alerts
from storage.models.articles import Article, ExtractedArticle
from storage.models.pages import Page, PageState
from storage.models.problems import Problem
from storage.models.stories import CopyVerdict, Doubts, StoryMember
from storage.process import quarantine
from storage.process.quarantine import Step
from storage.stories import articles, divisions, domains, rulings, stories
from storage.topics import match_work

_MOST_WEIGHED = 500  # members of a story that are weighed for its origin; the first come first


def save_article(
    conn: Connection,
    *,
    page: Page,
    result: VisitResult,
    extracted: ExtractedArticle,
    judged: Judgement,
    revisit: NextVisit | None,
) -> Article:
    """Store a new article, its story and origin, and the work to match it.

    The first verdict says what it is a copy of; the stories of all verdicts are one story from now
    on, unless they are to stay apart: an operator ruled so, or they were divided. A story that begins
    with a page of a known form is kept apart from the others of that form from the start.
    """
    now = result.at
    story_ids = stories_made_one(conn, judged.verdicts)
    story_id = story_ids[0] if story_ids else stories.begin(conn, now)
    pages.lock(conn, [page.id])
    listings = page_listings.of_page(conn, page.id)
    article = articles.insert_new(
        conn,
        page=page,
        source_id=by_precedence(listings, page.url)[0].source_id,
        story_id=story_id,
        host=host_of(page.url),
        extracted=extracted,
        backlog=is_backlog(listings, page.url, own_date(extracted.dates)),
        now=now,
    )
    if judged.verdicts:
        stories.add_copy(conn, article.id, judged.verdicts[0], now)
    if judged.parts:
        stories.set_roundup(conn, article.id, judged.parts, now)
    for bridged in story_ids[1:]:
        stories.merge(conn, story_id, bridged, now)
    if judged.of_its_form and not story_ids:
        divisions.divide(conn, articles.get(conn, judged.of_its_form[0]).story_id, story_id)
    divisions.doubt(conn, judged.doubted, judged.strung)
    relate_roundups(conn, story_id, judged.strung)
    file_article(conn, article, page, result, revisit, is_alone=not story_ids)
    return article


def relate_roundups(conn: Connection, story_id: int, roundups: Sequence[int]) -> None:
    """Keep that these articles hold what a story says whole: who was told of them was told of it."""
    for text in articles.texts(conn, roundups) if roundups else ():
        stories.relate(conn, story_id, text.story_id)


def file_article(
    conn: Connection,
    article: Article,
    page: Page,
    result: VisitResult,
    revisit: NextVisit | None,
    *,
    is_alone: bool = False,
) -> None:
    """Settle the story of an article that was stored or revised, and ask for it to be matched.

    One that `is_alone` has just begun its story.
    """
    members = [StoryMember(article, None)] if is_alone else None
    settle_story(conn, article.story_id, result.at, members)
    match_work.add(conn, story_id=article.story_id, article_id=article.id, now=result.at)
    quarantine.done(conn, Step.MATCH, article.id)  # what it says now is another text
    page_read(conn, page, result, revisit)


def stories_made_one(
    conn: Connection, verdicts: Sequence[CopyVerdict], itself: int | None = None
) -> list[int]:
    """Name the stories that an article makes one, the oldest first: it keeps its id.

    `itself` is the story in which the article is already. Of stories that an operator ruled apart,
    or that came out of one division, only the article's own, or the one of the closest verdict, is
    among them.
    """
    closest_first = [articles.get(conn, verdict.of_article_id).story_id for verdict in verdicts]
    story_ids = [] if itself is None else [itself]
    for story_id in dict.fromkeys(closest_first):
        if not any(_are_apart(conn, story_id, other_id) for other_id in story_ids):
            story_ids.append(story_id)
    return sorted(set(story_ids))


def _are_apart(conn: Connection, story_id: int, other_id: int) -> bool:
    ruled = rulings.are_apart(conn, story_id, other_id)
    return ruled or (story_id != other_id and divisions.are_apart(conn, story_id, other_id))


def divide_doubted(
    conn: Connection,
    story_id: int,
    regrouped: Regrouped,
    doubts: Sequence[Doubts],
    now: datetime,
) -> list[int]:
    """Divide a story that was looked at, if it is to be, and settle the doubts that led to that.

    What comes out of the division is not joined again by what led to it.
    """
    divisions.settle(conn, doubts)
    apart = {one for group in regrouped.groups for one in group}
    rest = set(stories.member_ids(conn, story_id)) - apart
    if len(regrouped.groups) + bool(rest) == 1 and not regrouped.roundups:
        return []
    made = divide_story(conn, story_id, regrouped, now)
    for new in made:
        divisions.divide(conn, story_id, new)
    return made


def divide_story(conn: Connection, story_id: int, regrouped: Regrouped, now: datetime) -> list[int]:
    """Take a story apart into groups of its articles; the ids of the new stories.

    The group that holds the original keeps the story. What an operator put together stays so, and
    what was not looked at stays with the rest. What is in a new story is matched to the topics: it
    may repeat nothing that was told any more.
    """
    members = stories.member_ids(conn, story_id)
    apart = {one for group in regrouped.groups for one in group}
    rest = [one for one in members if one not in apart]
    groups = [[one for one in group if one in members] for group in regrouped.groups]
    for article_id, parts in regrouped.roundups.items():
        stories.set_roundup(conn, article_id, parts, now)
    root = stories.get(conn, story_id).root_article_id
    joined = joined_groups([rest, *groups], rulings.joined(conn, story_id))
    made: list[int] = []
    for group in joined:
        if root not in group and len(group) < sum(map(len, joined)):
            new = stories.split(conn, story_id, group, now)
            settle_story(conn, new, now)
            match_again(conn, story_id, new, now)
            made.append(new)
    settle_story(conn, story_id, now)
    return made


def match_again(conn: Connection, story_id: int, new: int, now: datetime) -> None:
    """Ask for a story that was taken out of another one to be matched.

    Both are, when something was told of what was taken out: what stays may not repeat it.
    """
    for each in (new, story_id) if alerts.of_story(conn, new) else (new,):
        members = stories.member_ids(conn, each)
        match_work.add_all(conn, story_id=each, article_ids=members, now=now)


def settle_story(
    conn: Connection,
    story_id: int,
    now: datetime,
    members: Sequence[StoryMember] | None = None,
) -> None:
    """Weigh who wrote a story first, after its members or what is known of them changed.

    `members` are read where the caller does not know them.
    """
    weighed = members or stories.members(conn, story_id, _MOST_WEIGHED)
    standing = domains.standing(conn, {member.article.host for member in weighed})
    origin = choose_origin(candidates(conn, weighed), standing)
    stories.set_origin(conn, story_id, origin, now)


def page_failed(
    conn: Connection,
    page: Page,
    result: VisitResult,
    *,
    problem: Problem,
    detail: str,
    retry: NextVisit | None,
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
            match_work.add(conn, story_id=article.story_id, article_id=article.id, now=result.at)


def page_read(conn: Connection, page: Page, result: VisitResult, revisit: NextVisit | None) -> None:
    """Record that a page was read; it stays in the frontier when it is looked at again."""
    listed_texts.drop(conn, page.id)
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
