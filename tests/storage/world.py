"""Rows that storage tests begin with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from storage.crawl import page_listings, pages, sources
from storage.models.articles import Article, ExtractedArticle
from storage.models.listings import ListedItem
from storage.models.matches import Highlight, QueryMatch
from storage.models.pages import Page, PageListing, PageState
from storage.models.recipients import Channel, NewRecipient
from storage.models.sources import Source
from storage.models.stories import CopyVerdict, Evidence, Origin, Passage, Relation
from storage.models.topics import Topic
from storage.stories import articles, stories
from storage.topics import matches, topics

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
MATCHED = QueryMatch(("ferry",), (Highlight("title", 0, 5),))


@dataclass(frozen=True)
class Minutes:
    """Times after noon, so that tests can say `after(5)`."""

    def __call__(self, minutes: float) -> datetime:
        return NOON + timedelta(minutes=minutes)


after = Minutes()


def a_source(conn: Connection, name: str = "harbor-herald.example") -> Source:
    return sources.add(
        conn,
        url=f"https://{name}/feed",
        title=name,
        site_url=f"https://{name}/",
        alert_backlog=False,
        now=NOON,
    )


def a_page(conn: Connection, source: Source, path: str = "ferry", *, backlog: bool = False) -> Page:
    item = ListedItem(url=f"{source.site_url}{path}", guid=path, title=f"About {path}")
    return a_listed_page(conn, source, item, backlog=backlog)


def a_listed_page(
    conn: Connection,
    source: Source,
    item: ListedItem,
    *,
    backlog: bool = False,
    now: datetime = NOON,
) -> Page:
    """Let a source list a page that nobody listed before."""
    page = pages.add(conn, item.url, key="", now=now)
    page_listings.add(conn, source.id, page.id, item, found_how="feed", backlog=backlog, now=now)
    return page


def listing_of(conn: Connection, page: Page) -> PageListing:
    """Return what the first source that lists a page says of it."""
    return page_listings.of_page(conn, page.id)[0]


def extracted(page: Page, text: str = "The ferry sank at noon.") -> ExtractedArticle:
    return ExtractedArticle(
        url=page.url, canonical_url=page.url, site="Herald", title="Ferry sinks", text=text
    )


def an_article(conn: Connection, page: Page, story_id: int | None = None) -> Article:
    """Store a page's article, as the first of its story when none is given."""
    new = story_id is None
    story_id = stories.begin(conn, NOON) if story_id is None else story_id
    listing = listing_of(conn, page)
    article = articles.insert_new(
        conn,
        page=page,
        source_id=listing.source_id,
        story_id=story_id,
        host="harbor-herald.example",
        extracted=extracted(page),
        backlog=listing.backlog,
        now=NOON,
    )
    pages.settle(conn, page.id, state=PageState.DONE, now=NOON, http_status=200)
    if new:
        stories.set_origin(conn, story_id, an_origin(article.id), NOON)
    return article


def an_origin(article_id: int) -> Origin:
    return Origin(article_id, 0.9, (Evidence(article_id, "first_seen", "seen first", 1.0),))


def a_verdict(of_article_id: int) -> CopyVerdict:
    return CopyVerdict(of_article_id, Relation.CONTAINS, 0.8, 1.0, (Passage(0, 10, 5, 15),))


def a_topic(conn: Connection, name: str = "ferries") -> Topic:
    return topics.add(
        conn,
        name=name,
        query="ferry",
        recipients=[
            NewRecipient(Channel.EMAIL, "desk@example.org", None),
            NewRecipient(Channel.WEBHOOK, "https://example.org/hook", "whsec_c2VjcmV0"),
        ],
        now=NOON,
    )


def a_match(conn: Connection, topic: Topic, article: Article) -> None:
    """Let an article's story match a topic."""
    matches.record(
        conn,
        topic_id=topic.id,
        story_id=article.story_id,
        article_id=article.id,
        matched=MATCHED,
        now=NOON,
        held_by=None,
    )


_VALUES = {"JSON": "[]", "BLOB": b"", "FLOAT": 0.5, "INTEGER": 1, "BOOLEAN": 0}
_SPECIAL = {
    # what a row must hold for the newest code to read it
    "state": {"sources": "active", "pages": "done", "outbox": "pending"},
    "kind": {"sources": "feed", "outbox": "alert", "aliases": "url"},
    "channel": {"recipients": "email", "outbox": "email"},
    "mode": {"recipients": "every"},
    "purpose": {"fetches": "page"},
    "relation": {"copies": "near"},
    "role": {"accounts": "viewer"},
    "scope": {"tokens": "read"},
    "how": {"audit": "cli"},
    "time_zone": {"recipients": "UTC"},
}


def a_row(table: sa.Table) -> dict[str, object]:
    """Return a row for a table, such that the code can read it."""
    row: dict[str, object] = {}
    for column in table.columns:
        if column.nullable and not column.foreign_keys and column.name != "source_id":
            continue
        kind = str(column.type).split("(", maxsplit=1)[0]
        special = _SPECIAL.get(column.name, {}).get(table.name)
        if column.name == "merged_into":
            continue
        if kind == "DATETIME":
            row[column.name] = NOON.replace(tzinfo=None)
        elif kind == "JSON":
            row[column.name] = []
        else:
            row[column.name] = special or _VALUES.get(kind, f"a {column.name}")
    if table.name == "stories":
        row["root_article_id"] = 1
    return row
