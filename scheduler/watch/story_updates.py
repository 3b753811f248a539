"""Which changes of a story's original, or of what was told, become updates: those against alerts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from scheduler.watch.alert_maker import StoryUpdate
from scheduler.watch.changes import ArticleText, NewsworthyChange, changes_between, removal
from storage.crawl import pages
from storage.delivery import alerts, outbox
from storage.models.alerts import Alert
from storage.models.articles import Article
from storage.models.matches import QueryMatch
from storage.models.pages import Page, PageState
from storage.models.problems import Problem
from storage.models.stories import Story
from storage.stories import articles
from storage.topics import topics

_GONE = frozenset({Problem.GONE, Problem.NOT_FOUND, Problem.SOFT_404})


@dataclass(frozen=True, slots=True)
class _AlertedTopic:
    """What a topic's recipients know of an article: what matched, their first alerts, which text.

    `changes_told` are the sentences in which updates told changes of the story's other articles.
    """

    id: int
    clauses: tuple[str, ...]
    first_alerts: Mapping[int, str]
    known_text: ArticleText
    changes_told: frozenset[str]


@dataclass(frozen=True, slots=True)
class ChangedArticle:
    """An article that may have changed, and the topics whose alerts told it or its story.

    `status` is the HTTP status of a page that is gone.
    """

    article: Article
    is_gone: bool
    status: int | None
    topics: tuple[_AlertedTopic, ...]


def changed_article(conn: Connection, story: Story, article: Article) -> ChangedArticle | None:
    """Return an article that was looked at again, with the alerts on it; None when it was not.

    Alerts on an original are all those of its story: its changes are the story's. Those of another
    article concern whom it was told itself.
    """
    page = pages.get(conn, article.provenance.page_id)
    gone = page is not None and _is_gone(page)
    if article.revision == 1 and not gone:
        return None
    alerted = (
        _alerted_topic(conn, topic_id, made, story, article)
        for topic_id, made in alerts_to_update(conn, story.id).items()
    )
    status = page.http_status if page and gone else None
    kept = tuple(topic for topic in alerted if topic is not None)
    return ChangedArticle(article, gone, status, kept)


def is_gone(conn: Connection, article: Article) -> bool:
    """Tell whether an article's page is not there any more."""
    page = pages.get(conn, article.provenance.page_id)
    return page is not None and _is_gone(page)


def alerts_to_update(conn: Connection, story_id: int) -> dict[int, list[Alert]]:
    """Return a story's alerts by topic, of the topics with a recipient who wants updates."""
    by_topic: defaultdict[int, list[Alert]] = defaultdict(list)
    for alert in alerts.of_story(conn, story_id):
        by_topic[alert.topic_id].append(alert)
    if not by_topic:
        return {}
    return {
        topic.id: by_topic[topic.id]
        for topic in topics.kept(conn, list(by_topic))
        if any(recipient.routing.updates for recipient in topic.recipients)
    }


def updates_of(changed: ChangedArticle, matched: Mapping[int, QueryMatch]) -> Iterator[StoryUpdate]:
    """Yield the updates of a changed article, one a topic; none where the edit is boring.

    `matched` is what topics match of it now, by their ids.
    """
    article = changed.article
    text = ArticleText(article.title, article.text, article.language)
    changes: dict[ArticleText, tuple[NewsworthyChange, ...]] = {}
    for topic in changed.topics:
        if topic.known_text not in changes:
            changes[topic.known_text] = changes_between(topic.known_text, text)
        sentences = tuple(_sentences(changed, topic, changes[topic.known_text]))
        if sentences:
            yield StoryUpdate(
                topic_id=topic.id,
                article=article,
                revision=0 if changed.is_gone else article.revision,
                change=f"{article.id}/{'gone' if changed.is_gone else article.revision}",
                sentences=sentences,
                matched=matched.get(topic.id, QueryMatch(topic.clauses, ())),
                first_alerts=topic.first_alerts,
            )


def _sentences(
    changed: ChangedArticle, topic: _AlertedTopic, changes: Sequence[NewsworthyChange]
) -> Iterator[str]:
    """Yield what is told of a change: not what an update told of another article of the story."""
    if changed.is_gone:
        yield removal(changed.status).sentence
    yield from (each.sentence for each in changes if each.sentence not in topic.changes_told)


def _alerted_topic(
    conn: Connection, topic_id: int, made: Sequence[Alert], story: Story, article: Article
) -> _AlertedTopic | None:
    """Return what a topic's recipients know by its alerts; None when they know all of it, or nothing."""
    own = [alert for alert in made if alert.article_id == article.id and alert.revision]
    on_article = made if article.id == story.root_article_id else own
    if not on_article or any(alert.change == f"{article.id}/gone" for alert in made):
        return None
    title_and_text = articles.said(conn, article.id, _revision_alerted(made, article))
    title, text = title_and_text or (article.title, article.text)
    others = (alert for alert in made if alert.article_id != article.id)
    return _AlertedTopic(
        id=topic_id,
        clauses=made[0].matched.clauses,
        first_alerts=outbox.recipients_alerted(conn, [alert.id for alert in on_article]),
        known_text=ArticleText(title, text, article.language),
        changes_told=frozenset(sentence for alert in others for sentence in alert.changes),
    )


def _revision_alerted(made: Sequence[Alert], article: Article) -> int:
    """Return the revision of the last alert; of what none named then, the one before this."""
    parts = [alert.original.partition("/") for alert in made]
    named = [int(revision) for article_id, _, revision in parts if article_id == str(article.id)]
    named += [alert.revision for alert in made if alert.article_id == article.id and alert.revision]
    return max(named, default=max(1, article.revision - 1))


def _is_gone(page: Page) -> bool:
    """Tell whether a page that was read is not there any more, and is not asked for again."""
    return page.problem in _GONE and page.state in (PageState.REFUSED, PageState.FAILED)
