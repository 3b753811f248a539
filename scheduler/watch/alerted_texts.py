"""What alerts told of a story and of its lineage, read for an article that may repeat it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from crawler.copies.coverage import AlertedCoverage, StoryTexts, joined_texts
from crawler.copies.records import StoredText
from crawler.settings import CopySettings
from storage.delivery import alerts
from storage.models.alerts import AlertedText
from storage.models.articles import Article, ComparedArticle
from storage.models.stories import Story
from storage.stories import articles, rulings, stories

MOST_TEXTS = 64
"""Texts of one lineage that an article is compared with: those of its story, and told last."""

_MOST_SHORT = 8
_MOST_EARLIER = 8
_MOST_JOINED = 16


@dataclass(frozen=True, slots=True)
class LineageTexts:
    """What an article is compared with, and which alerts that are: so many, up to an id.

    `earlier` are the earlier texts of the article, the last first.
    """

    article: StoredText
    original: StoredText
    alerted: tuple[AlertedText, ...]
    story: StoryTexts
    earlier: tuple[str, ...]
    lineage_id: int
    alerts_read: tuple[int, int]

    def is_current(self, conn: Connection) -> bool:
        """Tell whether nothing was told of the lineage, and the article was not moved, since then."""
        article = articles.get(conn, self.article.article_id)
        if article.story_id != self.article.story_id:
            return False
        lineage_id = stories.get(conn, article.story_id).lineage_id
        return (
            lineage_id == self.lineage_id
            and alerts.number_of_lineage(conn, lineage_id) == self.alerts_read
        )


@dataclass(frozen=True, slots=True)
class Repetition:
    """What alerts told already, by their ids: an article's text, and that of its story's original.

    `is_copy` says whether the article is a copy of the original.
    """

    article: dict[int, AlertedText]
    original: dict[int, AlertedText]
    is_copy: bool

    def of(self, original: bool) -> list[AlertedText]:
        """Return what alerts told of the article; of the original as well, where that is shown."""
        return list((self.original | self.article if original else self.article).values())


NO_REPETITION = Repetition({}, {}, is_copy=True)


def lineage_texts(
    conn: Connection, story: Story, article: Article, original: Article
) -> LineageTexts:
    """Read what an article and its story's original are to be compared with."""
    alerted = alerts.texts_of_lineage(conn, story, MOST_TEXTS)
    return LineageTexts(
        article=_stored(article),
        original=_stored(original),
        alerted=tuple(alerted),
        story=_story_texts(conn, story.id) if alerted else StoryTexts(),
        earlier=_earlier(conn, article) if alerted else (),
        lineage_id=story.lineage_id,
        alerts_read=alerts.number_of_lineage(conn, story.lineage_id),
    )


def repetition(texts: LineageTexts, settings: CopySettings) -> Repetition:
    """Compare an article with what was told; it takes milliseconds of work, off the loop."""
    coverage = AlertedCoverage(texts.alerted, texts.story, settings)
    of = {alerted.alert_id: alerted for alerted in texts.alerted}
    article = coverage.alerts_repeated(texts.article, texts.earlier)
    if texts.article.article_id == texts.original.article_id:
        original, is_copy = article, True
    else:
        original = coverage.alerts_repeated(texts.original)
        is_copy = coverage.are_copies(texts.article, texts.original)
    return Repetition(
        article={alert_id: of[alert_id] for alert_id in sorted(article)},
        original={alert_id: of[alert_id] for alert_id in sorted(original)},
        is_copy=is_copy,
    )


def _story_texts(conn: Connection, story_id: int) -> StoryTexts:
    pairs = rulings.joined(conn, story_id)[:_MOST_JOINED]
    short = articles.shortest_of_story(conn, story_id, _MOST_SHORT)
    joined = articles.texts(conn, sorted({one for pair in pairs for one in pair})) if pairs else []
    return StoryTexts(
        short=tuple(map(_compared, short)),
        apart=rulings.apart_from(conn, story_id),
        joined=joined_texts([_compared(text) for text in joined], pairs),
    )


def _earlier(conn: Connection, article: Article) -> tuple[str, ...]:
    if article.revision == 1:
        return ()
    return tuple(text for _, text in articles.earlier_texts(conn, [article.id], _MOST_EARLIER))


def _stored(article: Article) -> StoredText:
    return StoredText(article.id, article.text, article.host, article.story_id)


def _compared(text: ComparedArticle) -> StoredText:
    return StoredText(text.id, text.text, text.host, text.story_id)
