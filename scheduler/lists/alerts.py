"""The list of alerts, and all of one alert, as pages and API show them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from scheduler.alerts.passage import PassagePart, passage
from scheduler.lists.cursors import ListPage, page_by_id
from scheduler.wording.formatters import recipient as recipient_name
from storage.delivery import alerts, outbox
from storage.models.alerts import Alert
from storage.models.articles import Article
from storage.models.deliveries import Attempt
from storage.reports import statistics
from storage.reports.statistics import AlertRow
from storage.stories import articles
from storage.topics import topics


@dataclass(frozen=True, slots=True)
class AlertDetail:
    """An alert with why it was made, and every try at its deliveries by their ids.

    `held` are the recipients that are not told, each with the reason.
    """

    row: AlertRow
    article: Article
    passage: tuple[PassagePart, ...]
    attempts: dict[int, list[Attempt]]
    held: tuple[tuple[str, str], ...]


def alert_list(
    conn: Connection, cursor: str = "", topic_id: int | None = None, limit: int = 50
) -> ListPage[AlertRow]:
    """Return a page of the alerts, of all topics or of one, the newest first.

    Raises InputError for a cursor that we never wrote.
    """
    page = page_by_id(partial(alerts.page, conn, topic_id=topic_id), cursor, limit)
    return page.with_rows(statistics.alert_rows(conn, page.rows))


def alert_detail(conn: Connection, uid: str) -> AlertDetail:
    """Return all of one alert. Raises NotFoundError."""
    row = statistics.alert_row(conn, alerts.get(conn, uid))
    article = articles.get(conn, row.alert.article_id)
    return AlertDetail(
        row=row,
        article=article,
        passage=passage(article, row.alert.matched.highlights),
        attempts={delivery.id: outbox.attempts(conn, delivery.id) for delivery in row.deliveries},
        held=tuple(held_recipients(conn, row.alert)),
    )


def held_recipients(conn: Connection, alert: Alert) -> Iterator[tuple[str, str]]:
    """Yield who of an alert's recipients is not told, and why."""
    reasons = dict(alert.held)
    for recipient in topics.recipients(conn, reasons):
        yield f"{recipient.channel.value} to {recipient_name(recipient)}", reasons[recipient.id]
