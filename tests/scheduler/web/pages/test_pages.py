"""The pages: what they say, and what they never let through."""

from __future__ import annotations

import contextlib
import re
from dataclasses import fields, replace
from pathlib import Path

import aiohttp

from crawler.articles.corrections import merge_stories, split_story
from crawler.copies.text.overlap import passages
from crawler.copies.text.shingles import shingle
from scheduler.web.server import WebServer
from scheduler.wording import formatters
from storage.models.articles import Article, ExtractedArticle, WrapperKind, WrapperPassage
from storage.models.stories import CopyVerdict, Relation
from storage.sql.database import Database
from storage.stories import articles, stories
from tests.crawler.copies import texts
from tests.scheduler.web.world import FERRY, NAUGHTY, NOW, make_stale, serving


async def page(client: aiohttp.ClientSession, path: str = "/") -> str:
    async with client.get(path) as response:
        assert response.status == 200
        assert response.content_type == "text/html"
        return await response.text()


async def test_the_overview_says_first_what_is_broken_and_what_to_do(
    client: aiohttp.ClientSession,
) -> None:
    html = await page(client)
    assert "3 things to look at" in html
    assert "1 delivery given up" in html
    assert "Failed, dns not found: no address for gone.example" in html
    assert "wirewatch source check 4" in html
    assert html.index("things to look at") < html.index('id="funnel"') < html.index('id="stories"')


async def test_the_overview_names_each_loss_of_the_funnel(client: aiohttp.ClientSession) -> None:
    text = re.sub(r"<[^>]+>", " ", await page(client))
    words = " ".join(text.split())
    for loss in ("46 not modified", "5 failed", "6 copies folded", "1 given up"):
        assert loss in words


async def test_the_overview_says_how_long_each_stage_takes(client: aiohttp.ClientSession) -> None:
    text = re.sub(r"<[^>]+>", " ", await page(client))
    words = " ".join(text.split())
    assert "Published to first seen 9 5 min 5 min" in words


async def test_a_story_page_says_when_each_article_reached_each_stage(
    client: aiohttp.ClientSession,
) -> None:
    html = await page(client, "/stories/1")
    assert 'id="times"' in html
    assert "5 min later" in html


async def test_copies_stand_beneath_their_story_with_the_evidence(
    client: aiohttp.ClientSession,
) -> None:
    html = await page(client)
    assert "Torvel Gazette credits Harbor Herald in its byline." in html
    assert "94 % sure" in html
    assert "2 more copies" in html


async def test_a_story_page_shows_each_member_with_its_verdict(
    client: aiohttp.ClientSession,
) -> None:
    html = await page(client, "/stories/1")
    assert html.count("of it is here") == 6
    assert "the text in a wrapper of its own" in html
    assert "Torvel Gazette has no dateline." in html


async def test_a_story_page_tells_each_copy_in_parts_and_marks_its_text(
    client: aiohttp.ClientSession,
) -> None:
    html = await page(client, "/stories/1")
    assert html.count("<details>") == 6
    assert "135 of 141 words of Harbor Herald&#39;s text; 6 words edited." in html
    assert "<del>diesel</del> <ins>otherwise</ins>" in html
    assert '<span class="own">#news #today #trending' in html
    assert "<mark>The harbour board of Lindholm" in html
    assert "<del>Chairwoman Ida Brekke said" in html


async def test_a_copys_text_is_escaped(client: aiohttp.ClientSession, db: Database) -> None:
    with db.begin() as conn:
        copy = articles.get(conn, 3)
        naughty = f"{NAUGHTY}\n{texts.farm(FERRY)}"
        changed = replace(_extracted(copy), text=naughty)
        articles.revise(conn, copy, changed, NOW)
        shared = passages(shingle(naughty), shingle(FERRY))
        stories.add_copy(conn, 3, CopyVerdict(1, Relation.CONTAINS, 0.8, 1.0, shared), NOW)
    html = await page(client, "/stories/1")
    assert "<script>" not in html
    assert (
        '<span class="own">&lt;script&gt;alert(1)&lt;/script&gt; &#34;&#39;&amp;{{ 7*7 }}' in html
    )


async def test_a_copy_that_was_revised_since_its_verdict_shows_the_shares_only(
    client: aiohttp.ClientSession, db: Database
) -> None:
    with db.begin() as conn:
        copy = articles.get(conn, 2)
        articles.revise(conn, copy, replace(_extracted(copy), text="The ferry sank."), NOW)
    html = await page(client, "/stories/1")
    assert "the passages do not fit the texts of today, since one was revised" in html
    assert html.count("<details>") == 5
    assert html.count("of it is here") == 6


async def test_a_round_up_names_what_it_strings_together_and_is_a_copy_of_none(
    client: aiohttp.ClientSession, db: Database
) -> None:
    with db.begin() as conn:
        stories.set_roundup(conn, 9, [1, 8, 99], NOW)
    html = await page(client, "/stories/3")
    assert "strings 2 articles together; it is a copy of none of them" in html
    assert '<a href="/stories/1"><bdi>Ferry crews in Ostrand' in html
    assert '<a href="/stories/2"><bdi>&lt;script&gt;' in html
    async with client.get("/api/v1/stats") as response:
        stats = await response.json()
    [strung] = [roundup for story in stats["stories"] for roundup in story["roundups"]]
    assert strung["article_id"] == 9
    assert [part["site"] for part in strung["parts"]] == ["Harbor Herald", "Torvel Gazette"]


async def test_an_original_that_is_not_crawled_is_told_by_its_publisher(
    client: aiohttp.ClientSession,
) -> None:
    assert "<bdi>North Coast Wire</bdi>, not crawled · best copy" in await page(client)
    html = await page(client, "/stories/3")
    assert '<p class="answer"><bdi>North Coast Wire</bdi>, not crawled' in html
    assert "82 % sure" in html
    assert "Best copy known:" in html
    assert "against 0.8" in html


async def test_a_story_page_shows_what_operators_ruled(
    client: aiohttp.ClientSession, db: Database
) -> None:
    with db.begin() as conn:
        [*_, last] = stories.members(conn, 1)
        new = split_story(conn, 1, [last.article.id], NOW)
    assert f"kept apart from story {new} by an operator on 2026-06-01" in await page(
        client, "/stories/1"
    )
    assert '<a href="/stories/1">' in await page(client, f"/stories/{new}")
    with db.begin() as conn:
        merge_stories(conn, 1, [new], NOW)
    html = await page(client, "/stories/1")
    assert "put together by an operator" in html
    assert "kept apart" not in html


async def test_what_sites_and_recipients_say_is_text_and_never_markup(
    client: aiohttp.ClientSession,
) -> None:
    for path in ("/", "/stories/2"):
        html = await page(client, path)
        assert "<script>" not in html
        assert "<bdi>&lt;script&gt;alert(1)&lt;/script&gt; &#34;&#39;&amp;{{ 7*7 }}" in html


async def test_the_path_of_a_webhook_stays_unsaid(client: aiohttp.ClientSession) -> None:
    html = await page(client)
    assert "hooks.example.org" in html
    assert "secret-path" not in html


async def test_what_is_not_there_is_a_404_with_a_way_back(client: aiohttp.ClientSession) -> None:
    for path in ("/stories/99", "/nothing", "/stories/x", "/static/nothing.css"):
        async with client.get(path) as response:
            assert response.status == 404
            assert "To the overview" in await response.text()


async def test_only_reading_is_possible(client: aiohttp.ClientSession) -> None:
    async with client.post("/") as response:
        assert response.status == 405


async def test_every_answer_forbids_what_the_pages_do_not_need(
    client: aiohttp.ClientSession,
) -> None:
    for path in ("/", "/stories/99", "/static/style.css", "/api/v1/stats"):
        async with client.get(path) as response:
            policy = response.headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self'; ")
            assert "frame-ancestors 'none'" in policy
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["Referrer-Policy"] == "same-origin"


async def test_only_our_own_names_are_answered(client: aiohttp.ClientSession) -> None:
    for host in ("localhost", "LocalHost:8710", "127.0.0.1:1", "[::1]:8710"):
        async with client.get("/livez", headers={"Host": host}) as response:
            assert response.status == 200, host
    for host in ("rebound.example", "127.0.0.1.rebound.example", ""):
        async with client.get("/livez", headers={"Host": host}) as response:
            assert response.status == 421, host


async def test_an_empty_installation_says_how_to_begin(tmp_path: Path) -> None:
    with contextlib.closing(Database.open(tmp_path / "empty.db")) as db:
        async with (
            serving(db) as server,
            aiohttp.ClientSession(server.url, trust_env=False) as client,
        ):
            html = await page(client)
    assert "Nothing to watch yet" in html
    assert "wirewatch source add" in html


async def test_a_page_of_a_database_that_is_broken_is_a_503(
    client: aiohttp.ClientSession, db: Database
) -> None:
    with db.begin() as conn:
        conn.exec_driver_sql("ALTER TABLE outbox RENAME TO lost")
    async with client.get("/") as response:
        assert response.status == 503
        assert "no such table" in await response.text()


def _extracted(article: Article) -> ExtractedArticle:
    values = {each.name: getattr(article, each.name) for each in fields(article)}
    values |= {
        each.name: getattr(article.provenance, each.name) for each in fields(article.provenance)
    }
    taken = [each.name for each in fields(ExtractedArticle) if each.name in values]
    return ExtractedArticle(**{name: values[name] for name in taken})


async def test_styles_are_served_as_styles(server: WebServer) -> None:
    async with (
        aiohttp.ClientSession(trust_env=False) as client,
        client.get(f"{server.url}static/style.css") as response,
    ):
        assert response.content_type == "text/css"
        assert await response.read() == _stylesheet().read_bytes()


def _stylesheet() -> Path:
    import scheduler.web

    return Path(scheduler.web.__path__[0]) / "static" / "style.css"


async def test_a_story_page_names_a_stale_repost_and_why(
    client: aiohttp.ClientSession, db: Database
) -> None:
    assert "stale repost" not in await page(client, "/stories/1")
    with db.begin() as conn:
        make_stale(conn, 1)
    html = await page(client, "/stories/1")
    assert html.count("<b>stale repost</b>") == 1
    assert "The text is dated “LONDON, 3 March 2021 (Reuters)" in html


def test_the_wrapper_is_told_by_kinds_and_numbers() -> None:
    passages = [
        WrapperPassage(WrapperKind.PROMO, "Subscribe now"),
        WrapperPassage(WrapperKind.HASHTAGS, "#ferry #ansel"),
        WrapperPassage(WrapperKind.PROMO, "Read more here"),
    ]
    assert formatters.wrapper(passages) == "2 promo lines, 1 hashtag line"
    assert formatters.wrapper([]) == ""
