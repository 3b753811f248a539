"""A page that can't be read is read from its feed, where that gives the whole text; it is named so."""

from __future__ import annotations

import pytest

from storage.crawl import listed_texts, pages, sources
from storage.models.articles import Article, WrapperKind
from storage.models.pages import PageState
from storage.models.problems import Problem
from storage.stories import articles
from tests.crawler.news import STORY, html
from tests.crawler.world import World

WHOLE = "".join(f"<p>{line}</p>" for line in (f"{STORY} {STORY}").splitlines())
URL = "https://meridian.example/ferry"


async def _listed(world: World, content: str) -> int:
    source = world.source()
    body = (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>M</title>'
        f"<item><title>A ferry is late</title><link>{URL}</link><pubDate>Mon, 01 Jun 2026 10:00:00 GMT</pubDate>"
        f"<description>A ferry.</description><content:encoded><![CDATA[{content}]]></content:encoded></item>"
        "</channel></rss>"
    )
    await world.answer(f"source:{source.id}", source.url, body, content_type="text/xml")
    with world.db.connect() as conn:
        assert sources.get(conn, source.id).health.problem is None
        [page] = pages.of_source(conn, source.id, PageState.DUE)
    return page.id


def _article(world: World, page_id: int) -> Article | None:
    with world.db.connect() as conn:
        return articles.of_page(conn, page_id)


@pytest.mark.parametrize(
    "problem", [Problem.FORBIDDEN, Problem.ROBOTS_DISALLOWED, Problem.NOT_HTML], ids=str
)
async def test_the_feed_speaks_for_a_page_that_is_closed_to_us(
    world: World, problem: Problem
) -> None:
    page_id = await _listed(world, WHOLE)
    await world.answer(f"page:{page_id}", URL, problem=problem)
    article = _article(world, page_id)
    assert article is not None
    assert (article.title, article.url) == ("A ferry is late", URL)
    assert STORY.split(".")[0] in article.text
    assert [(each.kind, each.text) for each in article.provenance.wrapper][-1] == (
        WrapperKind.FEED,
        f"the page could not be read: {problem.value}",
    )


async def test_a_page_without_an_article_is_read_from_its_feed(world: World) -> None:
    page_id = await _listed(world, WHOLE)
    await world.answer(f"page:{page_id}", URL, html("A ferry", "Switch on JavaScript."))
    assert _article(world, page_id) is not None


async def test_a_page_that_can_be_read_speaks_for_itself(world: World) -> None:
    page_id = await _listed(world, WHOLE)
    await world.answer(f"page:{page_id}", URL, html("The page says so", STORY))
    article = _article(world, page_id)
    assert article is not None
    assert article.title == "The page says so"
    with world.db.connect() as conn:
        assert listed_texts.of_page(conn, page_id) is None


async def test_a_page_that_was_taken_away_is_not_read_from_its_feed(world: World) -> None:
    page_id = await _listed(world, WHOLE)
    await world.answer(f"page:{page_id}", URL, status=410, problem=Problem.GONE)
    assert _article(world, page_id) is None


async def test_a_page_that_may_come_back_is_waited_for(world: World) -> None:
    page_id = await _listed(world, WHOLE)
    await world.answer(f"page:{page_id}", URL, status=503, problem=Problem.SERVER_ERROR)
    assert _article(world, page_id) is None


async def test_a_summary_is_no_text(world: World) -> None:
    page_id = await _listed(world, "<p>Ferries are late again, as the harbour says.</p>")
    await world.answer(f"page:{page_id}", URL, status=403, problem=Problem.FORBIDDEN)
    assert _article(world, page_id) is None
