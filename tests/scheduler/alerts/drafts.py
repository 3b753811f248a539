"""An alert of a folded story, in records, and ways to write it with parts exchanged."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from scheduler.alerts.compose import compose
from scheduler.alerts.content import MessageStyle
from scheduler.alerts.links import MessageLinks
from storage.models.alerts import Alert
from storage.models.articles import Article, ArticleDates, ArticleProvenance
from storage.models.deliveries import Draft
from storage.models.matches import Highlight, QueryMatch
from storage.models.recipients import Channel, Recipient
from storage.models.stories import CopyVerdict, Evidence, Relation, Story, StoryMember
from storage.models.topics import Topic

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
SENDER = "Wirewatch <wirewatch@newsroom.example>"
LINKS = MessageLinks("http://127.0.0.1:8710/", b"the key of these tests")
STYLE = MessageStyle(SENDER, LINKS, stale_days=10)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TEXT = "Two ferries collided off Ostrand on Monday.\nThe night ferry went aground; nobody was hurt."
EMAIL = Recipient(1, 7, Channel.EMAIL, "desk@newsroom.example")
WEBHOOK = Recipient(2, 7, Channel.WEBHOOK, "https://hooks.example/news", SECRET)


def article(
    number: int, site: str = "Harbor Herald", published: datetime | None = NOON, **changes: Any
) -> Article:
    host = f"{site.lower().replace(' ', '-')}.example"
    seen = NOON + timedelta(minutes=number)
    whole = Article(
        id=number,
        provenance=ArticleProvenance(
            page_id=number,
            source_id=number,
            canonical_url=f"https://{host}/ferry",
            fetched_at=seen,
            text_hash="x",
        ),
        story_id=12,
        url=f"https://{host}/ferry",
        host=host,
        site=site,
        title="Two ferries collide off Ostrand",
        text=TEXT,
        authors=("A. Writer",),
        dates=ArticleDates(published=published, published_from="jsonld"),
        language="en",
        first_seen=seen,
        revision=1,
        backlog=False,
    )
    return replace(whole, **changes)


def member(of: Article) -> StoryMember:
    verdict = CopyVerdict(1, Relation.CONTAINS, 0.8, 1.0)
    return StoryMember(of, None if of.id == 1 else verdict)


def an_alert(start: int = TEXT.index("night"), length: int = len("night ferry")) -> Alert:
    places = (Highlight("title", 4, 11), Highlight("text", start, start + length))
    return Alert(
        3,
        "alert_0a1b",
        7,
        12,
        1,
        NOON + timedelta(minutes=9),
        QueryMatch(('"night ferry"',), places),
    )


def a_story(**changes: Any) -> Story:
    evidence = (
        Evidence(1, "first_seen", "It was seen 12 minutes before any copy.", 2.0),
        Evidence(1, "wrapper", "Its text stands in a wrapper.", -1.0),
        Evidence(2, "credit", "It credits Harbor Herald.", 3.0),
    )
    return replace(Story(12, 1, NOON, NOON, 0.934, evidence), **changes)


def a_topic(*recipients: Recipient, **changes: Any) -> Topic:
    whole = Topic(
        7, "Ferry accidents", '"night ferry" -drill', NOON, recipients or (EMAIL, WEBHOOK)
    )
    return replace(whole, **changes)


def drafts(**changes: Any) -> list[Draft]:
    """Compose with the story told above, but for the parts given."""
    original = article(1)
    parts: dict[str, Any] = {
        "alert": an_alert(),
        "topic": a_topic(),
        "story": a_story(),
        "members": [member(original), member(article(2, "News 24")), member(article(3, "Gazette"))],
        "article": original,
        "style": STYLE,
    }
    return compose(**(parts | changes))
