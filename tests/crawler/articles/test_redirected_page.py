"""An article's address is the one that answered, whoever led there and whatever is listed later."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from storage.crawl import page_listings, pages
from storage.models.pages import PageState
from storage.models.problems import Problem
from storage.models.sources import Source
from storage.stories import articles
from tests.crawler.news import NOON, html
from tests.crawler.replay import Entry, Replay, replaying, text_of

HERALD = "https://herald.example"
MIRROR = "https://mirror.example"
NEWS = f"{HERALD}/news/ferries"
YEARS_AGO = NOON - timedelta(days=7 * 365)


@pytest.fixture
async def replay(tmp_path: Path) -> AsyncIterator[Replay]:
    """Yield a source on the mirror's host that was polled before."""
    async with replaying(tmp_path, "mirror.example") as replay:
        await replay.poll()
        yield replay


def _led_to_news(replay: Replay, path: str = "go") -> Entry:
    """Let the mirror's address lead to the herald's news."""
    entry = Entry(f"{MIRROR}/{path}", "Ferries leave late", path)
    replay.publish(NEWS, entry.title, 0)
    replay.redirects[entry.link] = NEWS
    return entry


async def _herald(replay: Replay) -> Source:
    herald = replay.world.source("herald.example")
    await replay.poll(source=herald)
    return herald


def _sources_of(replay: Replay, url: str) -> list[int]:
    with replay.world.db.connect() as conn:
        page = pages.by_url(conn, url)
        assert page is not None
        return [listing.source_id for listing in page_listings.of_page(conn, page.id)]


async def test_an_article_has_the_address_that_answered(replay: Replay) -> None:
    entry = _led_to_news(replay)
    await replay.poll(entry)
    with replay.world.db.connect() as conn:
        article = articles.by_url(conn, NEWS)
        link = pages.by_url(conn, entry.link)
        assert articles.by_url(conn, entry.link) is None
    assert article is not None
    assert article.host == "herald.example"
    assert link is not None
    assert link.state is PageState.DONE
    assert _sources_of(replay, NEWS) == [replay.source.id]


async def test_what_a_redirect_brought_with_an_old_date_is_told_when_its_own_source_lists_it(
    replay: Replay,
) -> None:
    herald = await _herald(replay)
    entry = replace(_led_to_news(replay), at=YEARS_AGO)
    recent = Entry(f"{MIRROR}/new", "Apples freeze", "new", replay.world.now)
    replay.publish(recent.link, recent.title, 1)
    await replay.poll(recent)
    await replay.poll(entry, recent)
    assert replay.alerts == 1
    await replay.poll(Entry(NEWS, entry.title, "1", replay.world.now), source=herald)
    assert (replay.articles, replay.alerts) == (2, 2)


async def test_a_link_that_led_elsewhere_is_asked_anew_when_a_further_source_lists_it(
    replay: Replay,
) -> None:
    entry = _led_to_news(replay)
    await replay.poll(entry)
    del replay.redirects[entry.link]
    replay.publish(entry.link, "Apples freeze at night", 1)
    other = replay.world.source("other.example")
    await replay.poll(source=other)
    await replay.poll(entry, source=other)
    assert replay.article_at(entry.link).startswith(text_of(1)[:40])
    assert replay.article_at(NEWS).startswith(text_of(0)[:40])
    assert replay.alerts == 2


async def test_a_page_that_says_that_it_is_the_one_asked_for_keeps_that_address(
    replay: Replay,
) -> None:
    entry = Entry(f"{MIRROR}/ferries", "Ferries leave late", "1")
    landed = f"{MIRROR}/landed?token=8f3a"
    replay.publish(landed, entry.title, 0, canonical=entry.link)
    replay.redirects[entry.link] = landed
    assert await replay.poll(entry) == 1
    assert replay.article_at(entry.link)


async def test_a_page_that_names_a_strangers_address_as_its_own_has_its_own(replay: Replay) -> None:
    entry = _led_to_news(replay)
    replay.publish(NEWS, entry.title, 0, canonical=entry.link)
    await replay.poll(entry)
    assert replay.article_at(NEWS)


async def test_an_article_is_not_revised_by_the_text_of_another_site(replay: Replay) -> None:
    entry = Entry(f"{MIRROR}/ferries", "Apples freeze at night", "1")
    replay.publish(entry.link, entry.title, 1)
    await replay.poll(entry)
    with replay.world.db.connect() as conn:
        page = pages.by_url(conn, entry.link)
    assert page is not None
    await replay.world.answer(f"page:{page.id}", NEWS, html("Ferries leave late", text_of(0)))
    with replay.world.db.connect() as conn:
        after = pages.by_url(conn, entry.link)
    assert after is not None
    assert after.problem is Problem.SOFT_404
    assert replay.article_at(entry.link).startswith(text_of(1)[:40])


async def test_only_its_own_publisher_moves_a_page(replay: Replay) -> None:
    """What a stranger says of an address is asked again when its own source lists it."""
    herald = await _herald(replay)
    early = Entry(NEWS, "Ferries leave late again", "1")
    await replay.poll(early)  # which is not there yet
    elsewhere = replace(early, link=f"{HERALD}/news/dull")
    replay.publish(elsewhere.link, elsewhere.title, 1)
    await replay.poll(elsewhere)
    replay.publish(NEWS, early.title, 0)
    await replay.poll(replace(early, guid="h1"), source=herald)
    assert replay.article_at(NEWS).startswith(text_of(0)[:40])


async def test_a_page_is_asked_for_at_the_address_that_its_own_source_lists(
    replay: Replay,
) -> None:
    """A stranger's spelling of an address has the key of the right one, and may not be there."""
    herald = await _herald(replay)
    misspelt = Entry(f"{HERALD}/news/ferries/index.php", "Ferries leave late", "1")
    await replay.poll(misspelt)
    replay.publish(NEWS, misspelt.title, 0)
    await replay.poll(Entry(NEWS, misspelt.title, "h1"), source=herald)
    assert replay.article_at(NEWS)
