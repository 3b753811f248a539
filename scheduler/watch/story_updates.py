"""Which changes of a story are told, and to whom: its original's, against what was told before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from scheduler.watch.alert_maker import StoryUpdate, TopicMatch
from scheduler.watch.changes import ArticleText, NewsworthyChange, changes_between, removal
from storage.crawl import pages
from storage.delivery import alerts, outbox
from storage.models.alerts import Alert
from storage.models.articles import Article
from storage.models.matches import Matched
from storage.models.pages import Page, PageState
from storage.models.problems import Problem
from storage.stories import articles, stories
from storage.topics import topics

_GONE = frozenset({Problem.GONE, Problem.NOT_FOUND, Problem.SOFT_404})


@dataclass(frozen=True, slots=True)
class _AlertedTopic:
    """What a topic's recipients know of a story: its clauses, who was told, and which state."""

    id: int
    clauses: tuple[str, ...]
    told: Mapping[int, str]
    before: ArticleText


@dataclass(frozen=True, slots=True)
class ChangedOriginal:
    """An original that may have changed, and what is known of it; `status` is a gone page's."""

    article: Article
    is_gone: bool
    status: int | None
    topics: tuple[_AlertedTopic, ...]


def changed_original(conn: Connection, story_id: int, original: Article) -> ChangedOriginal | None:
    """Gather what was told of a story whose original was looked at again; None when it is as told."""
    page = pages.get(conn, original.provenance.page_id)
    is_gone = page is not None and _is_gone(page)
    if original.revision == 1 and not is_gone:
        return None
    story_ids = stories.with_merged(conn, story_id)
    by_topic: defaultdict[int, list[Alert]] = defaultdict(list)
    for alert in alerts.of_stories(conn, story_ids):
        by_topic[alert.topic_id].append(alert)
    wanted = [
        topic.id
        for topic in topics.kept(conn, list(by_topic))
        if any(recipient.routing.updates for recipient in topic.recipients)
    ]
    found = (_topic(conn, each, by_topic[each], story_ids, original) for each in wanted)
    told = tuple(topic for topic in found if topic is not None)
    return ChangedOriginal(original, is_gone, page.http_status if page and is_gone else None, told)


def updates_of(known: ChangedOriginal, hits: Iterable[TopicMatch]) -> Iterator[StoryUpdate]:
    """Say what is told of a changed original; nothing where the edit is boring."""
    article = known.article
    now = ArticleText(article.title, article.text, article.language)
    matched = {hit.topic_id: hit.matched for hit in hits if hit.article.id == article.id}
    found: dict[ArticleText, tuple[NewsworthyChange, ...]] = {}
    for topic in known.topics:
        if topic.before not in found:
            found[topic.before] = _changes(topic.before, now, known)
        if found[topic.before]:
            yield StoryUpdate(
                topic_id=topic.id,
                change=f"{article.id}/{'gone' if known.is_gone else article.revision}",
                says=tuple(change.says for change in found[topic.before]),
                matched=matched.get(topic.id, Matched(topic.clauses, ())),
                told=topic.told,
            )


def _changes(
    before: ArticleText, now: ArticleText, known: ChangedOriginal
) -> tuple[NewsworthyChange, ...]:
    gone = (removal(known.status),) if known.is_gone else ()
    return (*gone, *changes_between(before, now))


def _topic(
    conn: Connection,
    topic_id: int,
    told: Sequence[Alert],
    story_ids: Sequence[int],
    original: Article,
) -> _AlertedTopic | None:
    """Say what a topic's recipients know; None when they know all of it."""
    if any(alert.change == f"{original.id}/gone" for alert in told):
        return None
    said = articles.said(conn, original.id, _revision_told(told, original))
    title, text = said or (original.title, original.text)
    return _AlertedTopic(
        id=topic_id,
        clauses=told[0].matched.clauses,
        told=outbox.told_of(conn, topic_id, story_ids),
        before=ArticleText(title, text, original.language),
    )


def _revision_told(told: Sequence[Alert], original: Article) -> int:
    """Return the revision that was told last; of what was no original then, the one before this."""
    states = [alert.original.partition("/") for alert in told]
    known = [int(revision) for article_id, _, revision in states if article_id == str(original.id)]
    return max(known, default=max(1, original.revision - 1))


def _is_gone(page: Page) -> bool:
    """Whether a page that was read is not there any more, and is not asked for again."""
    return page.problem in _GONE and page.state in (PageState.REFUSED, PageState.FAILED)
