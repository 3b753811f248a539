"""What the API takes and gives: the shapes that stay, whatever the records become."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from scheduler.wording.formatters import recipient as named
from storage.models.alerts import Alert
from storage.models.deliveries import Attempt, Delivery, DeliveryKind, DeliveryState
from storage.models.problems import Problem
from storage.models.recipients import Channel, Recipient, WatchMode
from storage.models.sources import SourceKind
from storage.models.topics import Topic
from storage.reports.statistics import AlertRow, SourceRow

T = TypeVar("T")

_LARGEST = 2**63 - 1
Id = Annotated[int, Field(ge=1, le=_LARGEST)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
QueryText = Annotated[str, Field(min_length=1, max_length=1_000_000)]


class Shape(BaseModel):
    """Refuses what it does not know, so that a misspelt field is no silence."""

    model_config = ConfigDict(extra="forbid")


class Page(BaseModel, Generic[T]):
    """A page of a list; `next` is the cursor of the one after it, null on the last."""

    items: list[T]
    next: str | None


class SourceShape(BaseModel):
    """A source; counts are of the last 24 hours."""

    id: int
    url: str
    title: str
    site_url: str
    kind: SourceKind
    state: str = Field(description="new, healthy, failing or paused")
    quiet: str
    last_success_at: datetime | None
    next_fetch_at: datetime
    next_reason: str
    failures: int
    problem: Problem | None
    problem_detail: str
    degraded: str
    articles: int
    copies: int
    waiting: int
    requests: int
    not_modified: int
    failed: int
    missed: int
    daily_budget: int | None


class CandidateShape(BaseModel):
    """What can be polled at an address."""

    url: str
    title: str
    kind: SourceKind
    items: int


class FoundShape(BaseModel):
    """What was found at an address, the best first, and what was added of it."""

    candidates: list[CandidateShape]
    added: list[SourceShape]


class NewSource(Shape):
    """A source to be added: `pick` names the candidates to take, else the best is taken."""

    url: str = Field(min_length=1, max_length=2000)
    pick: list[str] | None = Field(default=None, max_length=50)
    alert_backlog: bool = False
    dry_run: bool = Field(default=False, description="Look, and add nothing.")


class SourceChange(Shape):
    """What is to be changed of a source; what is left out stays."""

    paused: bool | None = None
    daily_budget: int | None = Field(default=None, ge=0, le=10_000_000)
    default_budget: bool = Field(default=False, description="Leave the budget to the setting.")


class RecipientShape(BaseModel):
    """Who is told of a topic; of a webhook only its host, and its secret once, when it is new."""

    id: int
    channel: Channel
    name: str
    mode: WatchMode
    updates: bool
    digest: str
    muted: bool
    secret: str | None = None


class NewRecipientShape(Shape):
    """Who is to be told of a topic, and when."""

    channel: Channel
    address: str = Field(min_length=1, max_length=2000)
    mode: str | None = Field(default=None, max_length=100)
    updates: bool = False
    digest: str | None = Field(default=None, max_length=200)
    quiet: str | None = Field(default=None, max_length=100)
    time_zone: str | None = Field(default=None, max_length=100)
    most_an_hour: int | None = Field(default=None, ge=0, le=10_000)


class TopicShape(BaseModel):
    """A topic with its recipients."""

    id: int
    name: str
    query: str
    created_at: datetime
    muted: bool
    snoozed_until: datetime | None
    managed_by: str | None
    recipients: list[RecipientShape]


class NewTopic(Shape):
    """A topic to be watched."""

    name: Name
    query: QueryText


class TopicChange(Shape):
    """What is to be changed of a topic; what is left out stays."""

    query: QueryText | None = None
    muted: bool | None = None


class AttemptShape(BaseModel):
    """One try at a delivery."""

    at: datetime
    outcome: str
    status: int | None
    detail: str
    seconds: float


class DeliveryShape(BaseModel):
    """A delivery, without its bytes and its address."""

    id: int
    uid: str
    kind: DeliveryKind
    channel: Channel
    recipient: str
    state: DeliveryState
    attempts: int
    created_at: datetime
    next_attempt_at: datetime
    delivered_at: datetime | None
    last_error: str


class DeliveryDetail(DeliveryShape):
    """A delivery with every try."""

    tries: list[AttemptShape]


class AlertShape(BaseModel):
    """An alert, and what became of it."""

    uid: str
    topic_id: int
    topic: str
    story_id: int
    article_id: int
    headline: str
    created_at: datetime
    clauses: list[str]
    changes: list[str]
    deliveries: list[DeliveryShape]


class StoryLine(BaseModel):
    """A story in a list."""

    id: int
    title: str
    url: str
    publisher: str
    crawled: bool = Field(description="False: the original is not crawled, the URL is a copy's.")
    confidence: float
    copies: int
    first_seen: datetime
    updated_at: datetime


class Split(Shape):
    """Articles that are another story."""

    articles: list[Id] = Field(min_length=1, max_length=1000)


class Merge(Shape):
    """Stories that are the same as this one."""

    stories: list[Id] = Field(min_length=1, max_length=100)


class Done(BaseModel):
    """What came of it."""

    id: int | None = None
    says: str


def source_shape(row: SourceRow) -> SourceShape:
    """Return a source's shape."""
    source = row.source
    return SourceShape(
        id=source.id,
        url=source.url,
        title=source.title,
        site_url=source.site_url,
        kind=source.kind,
        state=row.word,
        quiet=source.health.quiet,
        last_success_at=source.health.last_success_at,
        next_fetch_at=source.schedule.next_fetch_at,
        next_reason=source.schedule.next_reason,
        failures=source.health.failures,
        problem=source.health.problem,
        problem_detail=source.health.problem_detail,
        degraded=source.health.degraded,
        articles=row.articles,
        copies=row.copies,
        waiting=row.waiting,
        requests=row.requests,
        not_modified=row.not_modified,
        failed=row.failed,
        missed=source.listing.missed,
        daily_budget=source.schedule.daily_budget,
    )


def recipient_shape(recipient: Recipient, *, secret: str | None = None) -> RecipientShape:
    """Return a recipient's shape."""
    return RecipientShape(
        id=recipient.id,
        channel=recipient.channel,
        name=named(recipient),
        mode=recipient.routing.mode,
        updates=recipient.routing.updates,
        digest=recipient.routing.digest,
        muted=recipient.routing.muted,
        secret=secret,
    )


def topic_shape(topic: Topic) -> TopicShape:
    """Return a topic's shape."""
    return TopicShape(
        id=topic.id,
        name=topic.name,
        query=topic.query,
        created_at=topic.created_at,
        muted=topic.muted,
        snoozed_until=topic.snoozed_until,
        managed_by=topic.managed_by,
        recipients=[recipient_shape(each) for each in topic.recipients],
    )


def delivery_shape(delivery: Delivery) -> DeliveryShape:
    """Return a delivery's shape."""
    return DeliveryShape(**_of_delivery(delivery))


def delivery_detail(delivery: Delivery, tries: list[Attempt]) -> DeliveryDetail:
    """Return a delivery's shape with its tries."""
    shapes = [
        AttemptShape(
            at=each.at,
            outcome=each.outcome,
            status=each.status,
            detail=each.detail,
            seconds=each.seconds,
        )
        for each in tries
    ]
    return DeliveryDetail(tries=shapes, **_of_delivery(delivery))


def alert_shape(row: AlertRow) -> AlertShape:
    """Return an alert's shape."""
    alert: Alert = row.alert
    return AlertShape(
        uid=alert.uid,
        topic_id=alert.topic_id,
        topic=row.topic,
        story_id=alert.story_id,
        article_id=alert.article_id,
        headline=row.headline,
        created_at=alert.created_at,
        clauses=list(alert.matched.clauses),
        changes=list(alert.changes),
        deliveries=[delivery_shape(each) for each in row.deliveries],
    )


def _of_delivery(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "uid": delivery.uid,
        "kind": delivery.kind,
        "channel": delivery.channel,
        "recipient": named(delivery),
        "state": delivery.state,
        "attempts": delivery.attempts,
        "created_at": delivery.created_at,
        "next_attempt_at": delivery.next_attempt_at,
        "delivered_at": delivery.delivered_at,
        "last_error": delivery.last_error,
    }
