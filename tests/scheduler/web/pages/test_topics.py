"""The pages of the topics: what they match, what is wrong with them, and a query tried."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest

from storage.models.articles import ExtractedArticle
from storage.process import counters
from storage.sql.database import Database
from storage.stories import articles
from storage.topics import topics
from tests.scheduler.web.world import NOW

LONG_AGO = "&since=90000d"


async def get(client: aiohttp.ClientSession, path: str, status: int = 200) -> str:
    async with client.get(path) as response:
        assert response.status == status
        assert response.content_type == "text/html"
        return await response.text()


async def get_json(client: aiohttp.ClientSession, path: str, status: int = 200) -> Any:
    async with client.get(f"/api/v1/topics/test?{path}") as response:
        assert response.status == status
        return await response.json()


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


async def test_topics_are_listed_with_what_they_match(client: aiohttp.ClientSession) -> None:
    said = words(await get(client, "/topics"))
    assert "1 topic; those that need a look first." in said
    assert "ferries ferry matching 2 matches in 24 hours" in said


async def test_a_topic_that_can_not_be_read_comes_first_with_the_reason(
    client: aiohttp.ClientSession, db: Database
) -> None:
    with db.begin() as conn:
        topics.add(conn, name="war", query="@gone AND war", recipients=[], now=NOW)
        counters.put(conn, counters.TOPICS_UNREADABLE, 1)
    html = await get(client, "/topics")
    assert "broken its query can&#39;t be read" in words(html)
    assert "no query is kept under the name gone" in html
    assert html.index("@gone") < html.index(">ferries<")


async def test_a_query_is_tried_with_its_days_hits_and_highlights(
    client: aiohttp.ClientSession,
) -> None:
    html = await get(client, f"/topics/test?q=ferry+AND+strike{LONG_AGO}")
    said = words(html)
    assert "1 story matches" in said
    assert "2026-06-01 1" in said
    assert "6 copies" in said
    assert "<mark>ferry</mark>" in html
    assert "found: ferry · strike" in said
    assert f'href="/api/v1/topics/test?q=ferry%20AND%20strike&amp;since={LONG_AGO[7:]}"' in html


async def test_a_topic_is_tried_by_its_name(client: aiohttp.ClientSession) -> None:
    assert (await get_json(client, "q=ferries"))["topic"] == "ferries"


async def test_what_is_wrong_is_shown_in_its_place_with_a_remedy(
    client: aiohttp.ClientSession,
) -> None:
    html = await get(client, "/topics/test?q=ferry+AND+(strike", 400)
    assert "this bracket is not closed ; expected: ); remedy: close it with )" in words(html)
    assert '<pre class="place">ferry AND (strike\n          ^</pre>' in html
    said = await get_json(client, "q=ferry+AND+(strike", 400)
    assert (said["position"], said["expected"]) == (10, [")"])
    assert "write 12h" in (await get_json(client, "q=ferry&since=often", 400))["detail"]


async def test_what_may_have_been_meant_otherwise_is_said(client: aiohttp.ClientSession) -> None:
    said = words(await get(client, "/topics/test?q=ferry+or+strike"))
    assert "Read as ferry AND or AND strike" in said
    assert "for the operator write OR" in said


async def test_when_nothing_came_in_that_time_it_says_where_the_archive_begins(
    client: aiohttp.ClientSession,
) -> None:
    assert "What is stored begins on 2026-06-01." in await get(client, "/topics/test?q=a2&since=1m")


@pytest.mark.parametrize("query", ["<script>alert(1)</script> AND (", "<script>alert(1)</script>"])
async def test_a_query_is_escaped_wherever_it_stands(
    client: aiohttp.ClientSession, query: str
) -> None:
    async with client.get(f"/topics/test?q={quote(query)}{LONG_AGO}") as response:
        html = await response.text()
        assert "script-src 'self';" in response.headers["Content-Security-Policy"]
        assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


async def test_the_hits_that_are_most_about_it_come_first(client: aiohttp.ClientSession) -> None:
    tried = await get_json(client, f"q=ferry+OR+library{LONG_AGO}")
    scores = [match["score"] for match in tried["matches"]]
    assert len(set(scores)) > 1
    assert scores == sorted(scores, reverse=True)


async def test_a_word_in_disguise_is_shown_as_such(
    client: aiohttp.ClientSession, db: Database
) -> None:
    before = NOW - timedelta(minutes=1)
    with db.begin() as conn:
        bells = articles.get(conn, 9)
        articles.revise(conn, bells, saying(bells.url, "Of раураl and bells."), before)
    [match] = (await get_json(client, f"q=paypal{LONG_AGO}"))["matches"]
    assert match["disguised"] == [
        {"written": "раураl", "stands_for": "paypal", "by": "Cyrillic letters"}
    ]
    said = words(await get(client, f"/topics/test?q=paypal{LONG_AGO}"))
    assert "disguised: раураl stands for paypal , by Cyrillic letters" in said


def saying(url: str, text: str) -> ExtractedArticle:
    return ExtractedArticle(url=url, canonical_url=url, site="a", title="A note", text=text)
