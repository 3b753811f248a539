"""U06: naughty strings on every page, in every feed, e-mail and webhook: shown as they are, and inert."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from http import HTTPStatus

import feedparser
import pytest
import pytest_asyncio
from lxml import etree

from scheduler.web.app import Site, SiteParts
from scheduler.web.server import WebServer
from storage.models.recipients import Channel
from storage.operators.tokens import TokenScope
from storage.sql.database import Database
from tests.hostile.naughty import NAUGHTY
from tests.hostile.peers.markup import Dangers
from tests.scheduler.access.test_access import Visitor, _path, visiting
from tests.scheduler.alerts.drafts import EMAIL, WEBHOOK, a_topic, article, drafts, member
from tests.scheduler.web.world import NOW, a_token, fill, serving

# What of a row strangers choose; a name that an operator chose is one of them, too.
FIELDS = {
    "sources": ("title", "problem_detail", "quiet", "degraded", "next_reason"),
    "articles": ("title", "site", "text"),
    "pages": ("problem_detail",),
    "page_listings": ("title", "guid"),
    "topics": ("name",),
    "evidence": ("says",),
    "outbox": ("last_error",),
}


def storable(text: str) -> str:
    """Return what the store can hold at all: no surrogates, and what PostgreSQL refuses is cut before."""
    return text.encode("utf-8", "ignore").decode().replace("\0", "")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = Database.open(tmp_path_factory.mktemp("naughty") / "wirewatch.db")
    with database.begin() as conn:
        fill(conn)
    yield database
    database.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def visitor(room: Database) -> AsyncIterator[Visitor]:
    server: WebServer
    async with (
        serving(room) as server,
        visiting(server, a_token(room, TokenScope.ADMIN)) as visitor,
    ):
        yield visitor


def everywhere(db: Database, text: str) -> None:
    """Put a string wherever a stranger may put one."""
    with db.begin() as conn:
        for table, columns in FIELDS.items():
            known = {row[1] for row in conn.exec_driver_sql(f"PRAGMA table_info({table})")}
            for column in columns:
                if column in known:
                    unique = " || id" if (table, column) == ("topics", "name") else ""
                    conn.exec_driver_sql(f"UPDATE {table} SET {column} = ?{unique}", (text,))
        conn.exec_driver_sql("UPDATE pages SET problem = 'timeout'")


SITE_PATHS = (
    *(
        "/",
        "/sources",
        "/sources/1",
        "/sources/4",
        "/topics",
        "/topics/1",
        "/stories",
        "/stories/1",
    ),
    *("/alerts", "/deliveries", "/recipients", "/settings", "/audit", "/access"),
)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("number", range(len(NAUGHTY)))
async def test_every_page_shows_it_and_nothing_runs(
    room: Database, visitor: Visitor, number: int
) -> None:
    everywhere(room, storable(NAUGHTY[number]))
    for path in SITE_PATHS:
        answer = await visitor.get(path)
        assert answer.status in (HTTPStatus.OK, HTTPStatus.NOT_FOUND), (path, answer.status)
        assert Dangers(answer.text).found == [], path


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("number", range(0, len(NAUGHTY), 3))
async def test_every_feed_stays_a_feed(room: Database, visitor: Visitor, number: int) -> None:
    everywhere(room, storable(NAUGHTY[number]))
    token = a_token(room, TokenScope.FEED)
    for kind in ("rss", "atom", "json"):
        answer = await visitor.get(f"/feeds/{token}/topics/1.{kind}")
        assert answer.status == HTTPStatus.OK
        if kind == "json":
            assert json.loads(answer.text)["items"]
            continue
        etree.fromstring(answer.text.encode(), etree.XMLParser(resolve_entities=False))
        assert not feedparser.parse(answer.text.encode()).bozo


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("text", NAUGHTY[:60:2])
async def test_every_search_takes_it(visitor: Visitor, text: str) -> None:
    for path in ("/stories", "/sources", "/topics", "/alerts", "/deliveries", "/audit"):
        answer = await visitor.get(path, params={"q": storable(text), "after": storable(text)[:50]})
        assert answer.status in (HTTPStatus.OK, HTTPStatus.BAD_REQUEST), (path, answer.status)
        assert Dangers(answer.text).found == [], path


@pytest.mark.asyncio(loop_scope="module")
async def test_every_route_takes_a_strange_number(visitor: Visitor, room: Database) -> None:
    site = Site(SiteParts(room, lambda: NOW, NOW, "1"))
    for route in site.routes:
        if "GET" not in route.methods or "{" not in route.path:
            continue
        for number in ("0", "-1", "999999999999999999999", "1%00", "1e3", "%2e%2e"):
            path = _path(route.path).replace("/1", f"/{number}", 1)
            answer = await visitor.get(path)
            assert answer.status < HTTPStatus.INTERNAL_SERVER_ERROR, (path, answer.status)


@pytest.mark.parametrize("number", range(len(NAUGHTY)))
def test_every_message_arrives_and_is_inert(number: int) -> None:
    text = NAUGHTY[number]
    told = replace(article(1), title=text, site=text[:200], text=f"{text} night ferry {text}")
    topic = replace(a_topic(EMAIL, WEBHOOK), name=text or "x")
    for draft in drafts(topic=topic, members=[member(told)], article=told):
        if draft.channel is Channel.WEBHOOK:
            body = json.loads(draft.payload)
            assert body["data"]
            assert len(draft.payload) < 20_000
            continue
        letter = message_from_bytes(draft.payload, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        assert letter["To"] == EMAIL.address
        assert letter["Bcc"] is None
        assert len(letter.get_all("Subject", [])) == 1
        html = letter.get_body(("html",))
        assert html is not None
        found = Dangers(str(html.get_content())).found
        assert [each for each in found if "style" not in each] == []
        for line in draft.payload.split(b"\n"):
            assert len(line) <= 998, "RFC 5322, 2.1.1"


def test_there_are_many() -> None:
    assert len(NAUGHTY) >= 135
    assert len(set(NAUGHTY)) == len(NAUGHTY)
