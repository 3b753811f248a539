"""A page that changed is judged anew: it may join another story, leave its own, or stay as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from crawler.articles.known_texts import KnownTexts
from crawler.articles.story_review import StoryReview
from crawler.articles.transactions import (
    divide_story,
    file_article,
    relate_roundups,
    settle_story,
    stories_made_one,
)
from crawler.copies.detector import LONG_WORK, run_long
from crawler.copies.doubts import MOST_LOOKED
from crawler.copies.records import Judgement
from crawler.copies.revised import (
    ChangedPage,
    RevisionVerdict,
    change_of,
    verdicts_of_orphans,
    without_passages,
)
from crawler.settings import CopySettings
from crawler.visits.records import NextVisit, VisitResult
from storage.models.articles import Article, ExtractedArticle, WrapperPassage
from storage.models.pages import Page
from storage.models.stories import CopyVerdict
from storage.sql.database import Database
from storage.stories import articles, divisions, rulings, stories


@dataclass(frozen=True, slots=True)
class _StoryState:
    """An article in its story; `copies` are the verdicts that name it, by the copies' ids."""

    verdict: CopyVerdict | None
    root: int
    members: tuple[int, ...]
    put_here: bool
    copies: tuple[tuple[int, CopyVerdict], ...]


class Revisions:
    """Weighs what a changed page makes of its story. Takes the texts from the store."""

    def __init__(
        self, db: Database, known: KnownTexts, review: StoryReview, settings: CopySettings
    ) -> None:
        self._db = db
        self._known = known
        self._review = review
        self._settings = settings

    async def weigh(self, article: Article, text: str, judged: Judgement) -> RevisionVerdict:
        """Say what becomes of an article whose page says this text now."""
        page = await self._changed_page(article, text, judged)
        change = await run_long(LONG_WORK, lambda: change_of(page, judged, self._settings))
        if not change.leaves:
            return change
        members = await self._db.read(stories.member_ids, article.story_id)
        stay = [member for member in members if member != article.id]
        orphans = [copy.article_id for copy, _ in page.copies]
        rest = await self._review.regrouped(stay, orphans)
        texts = await self._known.load(sorted(rest.members))
        copies = await run_long(
            LONG_WORK,
            lambda: tuple(
                verdicts_of_orphans(orphans, texts, [rest.rest, *rest.groups], self._settings)
            ),
        )
        return replace(change, rest=rest, copies=copies)

    async def _changed_page(self, article: Article, text: str, judged: Judgement) -> ChangedPage:
        state = await self._db.read(_story_state, article)
        texts_before = [stored.text for stored in await self._review.earlier([article.id])]
        others = set(state.members) - {article.id}
        first = state.verdict.of_article_id if state.verdict else state.root
        judged_ids = [verdict.of_article_id for verdict in judged.verdicts]
        beside = [
            article_id
            for article_id in dict.fromkeys([first, state.root, *judged_ids])
            if article_id in others
        ]
        copies = dict(state.copies[:MOST_LOOKED])
        texts = {t.article_id: t for t in await self._known.load([*beside, *copies])}
        return ChangedPage(
            article_id=article.id,
            before=(article.text, *texts_before),
            text=text,
            verdict=state.verdict,
            is_root=state.root == article.id,
            is_alone=not others,
            put_here=state.put_here,
            beside=tuple(texts[other] for other in beside if other in texts),
            earlier=tuple(await self._review.earlier(beside)),
            copies=tuple((texts[copy], copies[copy]) for copy in copies if copy in texts),
            other_copies=state.copies[MOST_LOOKED:],
        )


def says_the_same(article: Article, extracted: ExtractedArticle) -> bool:
    """Tell whether a page still says what it said.

    A line that was text and is known for its site's wrapper by now, or the other way round, is no
    change of what the page says.
    """
    if articles.same_text(article, extracted):
        return True
    if article.title != extracted.title:
        return False
    before = _lines_without(article.text, extracted.wrapper)
    return before == _lines_without(extracted.text, article.provenance.wrapper)


def _lines_without(text: str, wrapper: Sequence[WrapperPassage]) -> list[str]:
    taken = {line for passage in wrapper for line in passage.text.split("\n")}
    return [line for line in text.split("\n") if line and line not in taken]


def save_revision(
    conn: Connection,
    *,
    page: Page,
    result: VisitResult,
    extracted: ExtractedArticle,
    known: Article,
    change: RevisionVerdict,
    revisit: NextVisit | None,
) -> Article:
    """Store a page's new revision, what it makes of the stories, and the work to match it.

    An article that leaves moves alone, and those it leaves are settled anew; its new story is then
    joined with those that it is a copy of, as that of a new article would be. What a page that had
    no copies has in common with another's from now on was first seen on it now.
    """
    now = result.at
    is_filled = bool(change.verdicts) and stories.member_ids(conn, known.story_id) == [known.id]
    article = articles.revise(conn, known, extracted, now, is_new=change.is_new or is_filled)
    story_id = _left(conn, article, change, now) if change.leaves else article.story_id
    divisions.doubt(conn, change.doubted, change.strung)
    for copy, verdict in change.copies:
        stories.add_copy(conn, copy, verdict, now)
    made_one = stories_made_one(conn, change.verdicts, story_id)
    _renew_verdict(conn, article.id, change, made_one, now)
    for bridged in made_one[1:]:
        stories.merge(conn, made_one[0], bridged, now)
    if change.parts:
        stories.set_roundup(conn, article.id, change.parts, now)
    else:
        stories.clear_roundup(conn, article.id)
    article = articles.get(conn, article.id)
    relate_roundups(conn, article.story_id, change.strung)
    file_article(conn, article, page, result, revisit)
    return article


def _story_state(conn: Connection, article: Article) -> _StoryState:
    joined = rulings.joined(conn, article.story_id)
    return _StoryState(
        verdict=stories.verdict_of(conn, article.id),
        root=stories.get(conn, article.story_id).root_article_id,
        members=tuple(stories.member_ids(conn, article.story_id)),
        put_here=any(article.id in pair for pair in joined),
        copies=tuple(stories.verdicts_on(conn, article.id)),
    )


def _left(conn: Connection, article: Article, change: RevisionVerdict, now: datetime) -> int:
    """Take an article out of its story, and settle those it leaves; the id of its new story.

    One that was left alone meanwhile, by an operator's split, keeps the story that it has.
    """
    if stories.member_ids(conn, article.story_id) == [article.id]:
        return article.story_id
    new = stories.split(conn, article.story_id, [article.id], now)
    settle_story(conn, article.story_id, now)
    if change.rest is not None:
        divide_story(conn, article.story_id, change.rest, now)
    return new


def _renew_verdict(
    conn: Connection,
    article_id: int,
    change: RevisionVerdict,
    story_ids: Sequence[int],
    now: datetime,
) -> None:
    """Keep the first verdict on one of these stories; an old one stays, without its passages."""
    for verdict in change.verdicts:
        if articles.get(conn, verdict.of_article_id).story_id in story_ids:
            stories.add_copy(conn, article_id, verdict, now)
            return
    old = stories.verdict_of(conn, article_id)
    if old is not None:
        stories.add_copy(conn, article_id, without_passages(old), now)
