"""The pages of the topics: a list with what needs a look, and a form that tries a query."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest

from storage import topics
from storage.database import Database
from tests.scheduler.web.world import NOW


async def page(client: aiohttp.ClientSession, path: str, status: int = 200) -> str:
    async with client.get(path) as response:
        assert response.status == status
        return await response.text()


async def json(client: aiohttp.ClientSession, path: str, status: int = 200) -> Any:
    async with client.get(path) as response:
        assert response.status == status
        return await response.json()


def trying(query: str, since: str = "30d", *, api: bool = False) -> str:
    asked = urlencode({"q": query, "since": since})
    return f"{'/api/v1' if api else ''}/topics/test?{asked}"


async def test_topics_are_listed_with_those_that_need_a_look_first(
    client: aiohttp.ClientSession, db: Database
) -> None:
    with db.begin() as conn:
        for name, query in (("<b>silent</b>", "zeppelin"), ("new", "airship")):
            now = NOW - timedelta(days=30) if "silent" in name else NOW
            topics.add(conn, name=name, query=query, recipients=[], now=now)
    html = await page(client, "/topics")
    assert "3 topics" in html
    assert "<b>silent" not in html
    assert html.index("&lt;b&gt;silent") < html.index(">ferries<") < html.index(">new<")
    assert "no match in" in html
    overview = await page(client, "/")
    assert "The topic “&lt;b&gt;silent&lt;/b&gt;”" in overview


async def test_without_a_query_the_form_waits(client: aiohttp.ClientSession) -> None:
    html = await page(client, "/topics/test")
    assert '<form class="ask" action="/topics/test" method="get">' in html
    assert "Hits" not in html


async def test_a_query_is_tried_with_marks_days_alerts_and_near_misses(
    client: aiohttp.ClientSession,
) -> None:
    html = await page(client, trying("ferry AND strike"))
    assert "1 story matches" in html
    assert "<mark>ferry</mark>" in html
    assert "6 copies folded" in html
    assert "Would have sent" in html
    assert "Near misses" in html


async def test_a_topic_is_tried_by_its_name(client: aiohttp.ClientSession) -> None:
    assert "Read as <code>ferry</code>" in await page(client, trying("ferries"))


async def test_the_same_is_said_as_json(client: aiohttp.ClientSession) -> None:
    found = await json(client, trying("ferry AND strike", api=True))
    assert found["stories"] == len(found["alerts"])
    assert found["matches"][0]["passage"]


@pytest.mark.parametrize(("query", "since"), [("ferry AND (", "30d"), ("ferry", "soon")])
async def test_what_can_not_be_read_is_said_in_place(
    client: aiohttp.ClientSession, query: str, since: str
) -> None:
    html = await page(client, trying(query, since), 400)
    assert 'role="alert"' in html
    assert (await json(client, trying(query, since, api=True), 400))["error"]


async def test_what_was_typed_and_what_sites_wrote_is_escaped(
    client: aiohttp.ClientSession,
) -> None:
    html = await page(client, trying('"<script>alert(1)</script>" OR evil'))
    assert "<script" not in html
    assert "&lt;script&gt;" in html


async def test_the_form_may_be_sent_to_this_site_only(client: aiohttp.ClientSession) -> None:
    async with client.get("/topics/test") as response:
        assert "form-action 'self'" in response.headers["Content-Security-Policy"]


async def test_a_search_that_takes_too_long_stops_and_says_so(
    client: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.web.topics._SECONDS", -1.0)
    html = await page(client, trying("ferry"))
    assert "Stopped early:" in html
    assert (await json(client, trying("ferry", api=True)))["complete"] is False
