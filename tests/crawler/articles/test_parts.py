"""An article over several pages is one article: its parts are fetched like pages, and joined."""

from __future__ import annotations

from crawler.articles.parts import joined_article
from storage.crawl import pages
from storage.hot.frontier import FrontierKind
from storage.models.articles import Article, ExtractedArticle
from storage.models.pages import Page
from storage.models.problems import Problem
from storage.stories import articles
from tests.crawler.news import STORY, html
from tests.crawler.world import World

PARTS = {
    2: "The council heard the harbour master on Monday, and asked who is to pay for a second boat.",
    3: "A third of the crews have found other work since, the union says, and will not come back.",
}


def _part(number: int, text: str, *, last: bool = False) -> str:
    more = "" if last else f'<link rel="next" href="/a/{number + 1}">'
    return html("A ferry is late", text).replace("</head>", f"{more}</head>")


async def _asked(world: World) -> list[tuple[str, str]]:
    """Take what is due of parts out of the frontier: keys and addresses."""
    asked = []
    while leases := await world.frontier.claim(world.now, 9):
        due = leases[0].due
        await world.frontier.settle(leases[0], host_open_at=world.now)
        await world.frontier.remove(due.key)
        if due.key.kind is FrontierKind.PART:
            asked.append((str(due.key), due.url))
            assert await world.pipeline.prepare(due) is not None
    return asked


def _article(world: World, page: Page) -> Article | None:
    with world.db.connect() as conn:
        return articles.of_page(conn, page.id)


async def test_the_parts_of_an_article_are_joined(world: World) -> None:
    [page] = await world.listing(world.source(), "a")
    await world.answer(f"page:{page.id}", page.url, _part(1, STORY))
    for number in (2, 3):
        assert _article(world, page) is None
        [(key, url)] = await _asked(world)
        assert (key, url) == (f"part:{page.id}", f"{page.url}/{number}")
        await world.answer(key, url, _part(number, PARTS[number], last=number == 3))
    article = _article(world, page)
    assert article is not None
    assert article.url == page.url
    assert [line in article.text for line in (STORY.split(".")[0], PARTS[2], PARTS[3])] == [
        True
    ] * 3
    assert await _asked(world) == []


async def test_an_article_whose_part_fails_is_taken_as_far_as_it_was_read(world: World) -> None:
    [page] = await world.listing(world.source(), "a")
    await world.answer(f"page:{page.id}", page.url, _part(1, STORY))
    [(key, url)] = await _asked(world)
    await world.answer(key, url, status=500, problem=Problem.SERVER_ERROR)
    article = _article(world, page)
    assert article is not None
    assert PARTS[2] not in article.text


async def test_a_page_whose_parts_are_never_answered_is_visited_anew(world: World) -> None:
    [page] = await world.listing(world.source(), "a")
    await world.answer(f"page:{page.id}", page.url, _part(1, STORY))
    with world.db.connect() as conn:
        kept = pages.get(conn, page.id)
    assert kept is not None
    assert kept.last_fetch_at is None
    assert await world.frontier.next_at(world.now) is not None


def test_a_part_that_says_the_same_again_adds_nothing() -> None:
    first = ExtractedArticle(url="u", canonical_url="u", site="s", title="t", text="One.\nTwo.")
    assert joined_article(first, first) is None
    part = ExtractedArticle(url="u", canonical_url="u", site="s", title="t", text="Two.\nThree.")
    joined = joined_article(first, part)
    assert joined is not None
    assert joined.text == "One.\nTwo.\nThree."
