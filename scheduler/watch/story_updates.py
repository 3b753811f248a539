"""Which changes of a story's original become updates: those against what alerts said before."""

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
from storage.models.matches import QueryMatch
from storage.models.pages import Page, PageState
from storage.models.problems import Problem
from storage.stories import articles, stories
from storage.topics import topics

_GONE = frozenset({Problem.GONE, Problem.NOT_FOUND, Problem.SOFT_404})


@dataclass(frozen=True, slots=True)
class _AlertedTopic:
    """What a topic's recipients know of a story: what matched, their first alerts, which text."""

    id: int
    clauses: tuple[str, ...]
    first_alerts: Mapping[int, str]
    known_text: ArticleText


@dataclass(frozen=True, slots=True)
class ChangedOriginal:
    """An original that may have changed, and the topics that made alerts of its story.

    `status` is the HTTP status of a page that is gone.
    """

    article: Article
    is_gone: bool
    status: int | None
    topics: tuple[_AlertedTopic, ...]


def changed_original(conn: Connection, story_id: int, original: Article) -> ChangedOriginal | None:
    """Return an original that was looked at again, with its story's alerts; None when it was not."""
    page = pages.get(conn, original.provenance.page_id)
    is_gone = page is not None and _is_gone(page)
    if original.revision == 1 and not is_gone:
        return None
    story_ids = stories.with_merged(conn, story_id)
    alerted = (
        _alerted_topic(conn, topic_id, made, story_ids, original)
        for topic_id, made in alerts_to_update(conn, story_ids).items()
    )
    status = page.http_status if page and is_gone else None
    kept = tuple(topic for topic in alerted if topic is not None)
    return ChangedOriginal(original, is_gone, status, kept)


def alerts_to_update(conn: Connection, story_ids: Sequence[int]) -> dict[int, list[Alert]]:
    """Return the alerts of stories by topic, of the topics with a recipient who wants updates."""
    by_topic: defaultdict[int, list[Alert]] = defaultdict(list)
    for alert in alerts.of_stories(conn, story_ids):
        by_topic[alert.topic_id].append(alert)
    if not by_topic:
        return {}
    return {
        topic.id: by_topic[topic.id]
        for topic in topics.kept(conn, list(by_topic))
        if any(recipient.routing.updates for recipient in topic.recipients)
    }


def updates_of(original: ChangedOriginal, matches: Iterable[TopicMatch]) -> Iterator[StoryUpdate]:
    """Yield the updates of a changed original, one a topic; none where the edit is boring."""
    article = original.article
    text = ArticleText(article.title, article.text, article.language)
    matched = {match.topic_id: match.matched for match in matches if match.article.id == article.id}
    changes: dict[ArticleText, tuple[NewsworthyChange, ...]] = {}
    for topic in original.topics:
        if topic.known_text not in changes:
            changes[topic.known_text] = _changes(topic.known_text, text, original)
        if changes[topic.known_text]:
            yield StoryUpdate(
                topic_id=topic.id,
                change=f"{article.id}/{'gone' if original.is_gone else article.revision}",
                sentences=tuple(change.sentence for change in changes[topic.known_text]),
                matched=matched.get(topic.id, QueryMatch(topic.clauses, ())),
                first_alerts=topic.first_alerts,
            )


def _changes(
    before: ArticleText, after: ArticleText, original: ChangedOriginal
) -> tuple[NewsworthyChange, ...]:
    gone = (removal(original.status),) if original.is_gone else ()
    return (*gone, *changes_between(before, after))


def _alerted_topic(
    conn: Connection,
    topic_id: int,
    made: Sequence[Alert],
    story_ids: Sequence[int],
    original: Article,
) -> _AlertedTopic | None:
    """Return what a topic's recipients know by its alerts; None when they know all of it."""
    if any(alert.change == f"{original.id}/gone" for alert in made):
        return None
    known = articles.said(conn, original.id, _revision_alerted(made, original))
    title, text = known or (original.title, original.text)
    return _AlertedTopic(
        id=topic_id,
        clauses=made[0].matched.clauses,
        first_alerts=outbox.recipients_alerted(conn, topic_id, story_ids),
        known_text=ArticleText(title, text, original.language),
    )


def _revision_alerted(made: Sequence[Alert], original: Article) -> int:
    """Return the revision of the last alert; of what was no original then, the one before this."""
    parts = [alert.original.partition("/") for alert in made]
    known = [int(revision) for article_id, _, revision in parts if article_id == str(original.id)]
    return max(known, default=max(1, original.revision - 1))


def _is_gone(page: Page) -> bool:
    """Tell whether a page that was read is not there any more, and is not asked for again."""
    return page.problem in _GONE and page.state in (PageState.REFUSED, PageState.FAILED)
