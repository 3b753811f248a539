"""A link becomes a story: the steps together, on a real store, extractor and detector."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from crawler.visits.due import fill_frontier
from storage.crawl import moves, pages, sources
from storage.hot.frontier import Due, FrontierKey, FrontierKind
from storage.hot.frontier.memory import MemoryFrontier
from storage.models.pages import PageState
from storage.models.problems import Problem
from storage.models.sources import Source, SourceKind
from storage.models.stories import Relation
from storage.process import quarantine
from storage.process.quarantine import Step
from storage.sql import schema
from storage.stories import articles, stories
from storage.topics import match_work
from tests.crawler.news import NOON, OTHER, STORY, html
from tests.crawler.world import World, feed

NEW = "https://meridian.example/new"


def naming(source: Source, url: str) -> str:
    """Return a feed whose publisher says that it stands at another address."""
    itunes = 'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    says = f"<itunes:new-feed-url {itunes}>{url}</itunes:new-feed-url>"
    return feed(source, "a").replace("<title>News</title>", f"<title>News</title>{says}")


async def test_what_a_source_lists_at_first_is_backlog_and_what_it_adds_is_news(
    world: World,
) -> None:
    source = world.source()
    await world.listing(source, "a", "b")
    world.now += timedelta(hours=1)
    await world.listing(source, "c", "a", "b")
    assert [(each.page.url[-1], each.listing.backlog) for each in world.listed(source)] == [
        ("a", True),
        ("b", True),
        ("c", False),
    ]


async def test_a_backlog_that_was_asked_for_is_news(world: World) -> None:
    source = world.source(alert_backlog=True)
    await world.listing(source, "a")
    assert [each.listing.backlog for each in world.listed(source)] == [False]


async def test_new_pages_and_the_next_poll_wait_in_the_frontier(world: World) -> None:
    await world.listing(world.source(), "a")
    assert await world.frontier.size() == 2
    [lease] = await world.frontier.claim(world.now, 10)
    assert lease.due.url == "https://meridian.example/a"


async def test_a_page_that_is_visited_twice_at_one_time_is_one_article(world: World) -> None:
    """Its lease ran out, or the clock was set, while it was in hand."""
    [page] = await world.listing(world.source(), "a")
    says = html("A ferry", STORY)
    await asyncio.gather(*(world.answer(f"page:{page.id}", page.url, says) for _ in range(2)))
    with world.db.connect() as conn:
        assert conn.execute(select(schema.articles.c.revision)).scalars().all() == [1]
    assert await world.frontier.size() == 2, "the page is looked at again, beside its source"


async def test_a_feed_that_says_the_same_is_unchanged_whatever_its_validators(world: World) -> None:
    source = world.source()
    await world.listing(source, "a")
    world.now += timedelta(hours=6)
    await world.listing(source, "a")
    with world.db.connect() as conn:
        seen = sources.get(conn, source.id)
    assert seen.health.last_success_at == world.now
    assert seen.schedule.article_rate < 1


async def test_a_failing_source_is_named_and_recovers_by_itself(world: World) -> None:
    source = world.source()
    await world.answer(f"source:{source.id}", source.url, "<html><p>Sorry</p></html>")
    with world.db.connect() as conn:
        failing = sources.get(conn, source.id)
    assert (failing.health.problem, failing.health.failures) == (Problem.NOT_A_FEED, 1)
    assert failing.schedule.next_fetch_at > world.now
    await world.listing(source, "a")
    with world.db.connect() as conn:
        assert sources.get(conn, source.id).health.problem is None


async def test_a_feed_that_moved_for_good_is_polled_at_its_new_address(world: World) -> None:
    source = world.source()
    await world.answer(
        f"source:{source.id}",
        "https://meridian.example/rss2",
        feed(source, "a"),
        moved_to="https://meridian.example/rss2",
    )
    with world.db.connect() as conn:
        assert sources.get(conn, source.id).url == "https://meridian.example/rss2"


async def test_a_page_becomes_an_article_a_story_and_work_to_match(world: World) -> None:
    article = await world.published("meridian.example", "Ferries leave", STORY)
    assert (article.title, article.revision, article.backlog) == ("Ferries leave", 1, True)
    with world.db.begin() as conn:
        story = stories.get(conn, article.story_id)
        [row] = match_work.claim(conn, world.now, 10, 60)
    assert story.root_article_id == article.id
    assert (row.story_id, row.article_id) == (story.id, article.id)


async def test_a_reprint_with_a_lead_is_folded_and_the_original_stays_the_root(
    world: World,
) -> None:
    original = await world.published("meridian.example", "Ferries leave", STORY)
    world.now += timedelta(hours=1)
    lead = "Readers of this paper will remember the long winter of the last strike. Many do. "
    copy = await world.published("herald.example", "Ferries leave our quay", lead + STORY)
    assert copy.story_id == original.story_id
    with world.db.connect() as conn:
        [_, member] = stories.members(conn, original.story_id)
        assert stories.get(conn, original.story_id).root_article_id == original.id
    assert member.verdict is not None
    assert member.verdict.of_article_id == original.id
    assert member.verdict.relation in (Relation.CONTAINS, Relation.NEAR)


async def test_another_text_is_another_story(world: World) -> None:
    one = await world.published("meridian.example", "Ferries leave", STORY)
    other = await world.published("herald.example", "Apples freeze", OTHER)
    assert one.story_id != other.story_id


async def test_two_copies_that_arrive_together_are_one_story(world: World) -> None:
    listed = [await world.listing(world.source(host), "a") for host in ("a.example", "b.example")]
    await asyncio.gather(*(world.read(pages[0], "Ferries leave", STORY) for pages in listed))
    with world.db.connect() as conn:
        assert len(stories.recent(conn, 10)) == 1


async def test_a_text_that_bridges_two_stories_makes_them_one(world: World) -> None:
    sentences = STORY.split(". ")
    first = await world.published("a.example", "Ferries leave", ". ".join(sentences[:3]))
    second = await world.published("b.example", "More ferries", ". ".join(sentences[3:]))
    assert first.story_id != second.story_id
    whole = await world.published("c.example", "All ferries", STORY)
    with world.db.connect() as conn:
        assert stories.get(conn, second.story_id).id == first.story_id == whole.story_id
        assert len(stories.members(conn, whole.story_id)) == 3


async def test_the_listings_date_is_taken_for_one_that_the_page_invents(world: World) -> None:
    source = world.source()
    listed = feed(source, "a").replace(
        "<guid>", "<pubDate>Tue, 06 Jan 2026 08:00:00 GMT</pubDate><guid>"
    )
    await world.answer(
        f"source:{source.id}", source.url, listed, content_type="application/rss+xml"
    )
    invented = '<head><meta property="article:published_time" content="2099-01-01T00:00:00Z">'
    with world.db.connect() as conn:
        [page] = pages.of_source(conn, source.id, PageState.DUE)
    body = html("Ferries leave", STORY).replace("<head>", invented)
    await world.answer(f"page:{page.id}", page.url, body)
    with world.db.connect() as conn:
        article = articles.of_page(conn, page.id)
    assert article is not None
    assert article.dates.published == datetime(2026, 1, 6, 8, 0, tzinfo=UTC)
    assert (article.dates.published_from, article.dates.published_flag) == ("listing", "future")


async def test_a_page_that_changed_is_a_revision_of_its_article(world: World) -> None:
    source = world.source()
    [page] = await world.listing(source, "a")
    first = await world.read(page, "Ferries leave", STORY)
    world.now += timedelta(minutes=30)
    second = await world.read(page, "Ferries leave late", STORY + " The strike was called off.")
    assert (second.id, second.story_id, second.revision) == (first.id, first.story_id, 2)
    with world.db.connect() as conn:
        kept = conn.execute(select(schema.revisions.c.title)).scalars().all()
    assert kept == ["Ferries leave"]


async def test_a_page_that_says_the_same_is_stored_and_matched_once(world: World) -> None:
    [page] = await world.listing(world.source(), "a")
    await world.read(page, "Ferries leave", STORY)
    await world.read(page, "Ferries leave", STORY)
    with world.db.begin() as conn:
        assert match_work.pending(conn) == 1


async def test_a_young_article_is_looked_at_again(world: World) -> None:
    [page] = await world.listing(world.source(), "a")
    await world.read(page, "Ferries leave", STORY)
    with world.db.connect() as conn:
        seen = pages.get(conn, page.id)
    assert seen is not None
    assert (seen.state, seen.due_at) == (PageState.DUE, NOON + timedelta(minutes=30))


@pytest.mark.parametrize(
    ("problem", "status", "state"),
    [
        (Problem.SERVER_ERROR, 503, PageState.DUE),
        (Problem.TIMEOUT, None, PageState.DUE),
        (Problem.NOT_FOUND, 404, PageState.REFUSED),
        (Problem.ROBOTS_DISALLOWED, None, PageState.REFUSED),
    ],
)
async def test_a_page_that_fails_is_tried_again_or_refused_by_name(
    world: World, problem: Problem, status: int | None, state: PageState
) -> None:
    [page] = await world.listing(world.source(), "a")
    await world.answer(f"page:{page.id}", page.url, status=status or 0, problem=problem)
    with world.db.connect() as conn:
        seen = pages.get(conn, page.id)
    assert seen is not None
    assert (seen.state, seen.problem) == (state, problem)


async def test_a_page_that_is_no_article_is_refused_by_name(world: World) -> None:
    [page] = await world.listing(world.source(), "a")
    await world.answer(f"page:{page.id}", page.url, "<html><body><p>Log in</p></body></html>")
    with world.db.connect() as conn:
        seen = pages.get(conn, page.id)
    assert seen is not None
    assert (seen.state, seen.problem) == (PageState.REFUSED, Problem.LOGIN_WALL)


@pytest.mark.parametrize(
    ("says", "problem"),
    [
        ("<title>Sign in</title></head><body><p>Log in</p>", Problem.LOGIN_WALL),
        ("<title>Page not found</title></head><body><h1>Page not found</h1>", Problem.SOFT_404),
        (
            "<title>Just a moment...</title></head><body><p>Checking your browser</p>",
            Problem.BOT_WALL,
        ),
    ],
)
async def test_a_known_article_keeps_its_text_when_a_wall_stands_on_its_page(
    world: World, says: str, problem: Problem
) -> None:
    source = world.source()
    [page] = await world.listing(source, "a")
    before = await world.read(page, "Ferries leave", STORY)
    world.now += timedelta(hours=2)
    await world.answer(f"page:{page.id}", page.url, f"<html><head>{says}</body></html>")
    with world.db.connect() as conn:
        seen, after = pages.get(conn, page.id), articles.of_page(conn, page.id)
    assert seen is not None
    assert seen.problem is problem
    assert after == before


async def test_nobody_asks_for_the_pages_of_a_paused_source(world: World) -> None:
    source = world.source()
    [page] = await world.listing(source, "a")
    due = Due(FrontierKey(FrontierKind.PAGE, page.id), page.url, "meridian.example", world.now)
    assert await world.pipeline.prepare(due) is not None
    with world.db.begin() as conn:
        sources.pause(conn, source.id)
    assert await world.pipeline.prepare(due) is None


async def test_a_new_frontier_is_filled_from_the_store(world: World) -> None:
    await world.listing(world.source(), "a", "b")
    again = MemoryFrontier(60)
    await fill_frontier(world.db, again)
    assert await again.size() == await world.frontier.size() == 3


async def test_a_section_page_is_polled_and_learns_which_links_are_articles(world: World) -> None:
    with world.db.begin() as conn:
        source = sources.add(
            conn,
            url="https://meridian.example/region",
            title="Region",
            site_url="https://meridian.example/",
            alert_backlog=True,
            now=world.now,
            kind=SourceKind.SECTION,
        )
    links = "".join(
        f'<h3><a href="/region/ferry-line-closes-for-{when}">Ferry line closes for {when} now</a></h3>'
        for when in ("winter", "summer")
    )
    await world.answer(f"source:{source.id}", source.url, f"<html><body>{links}</body></html>")
    with world.db.connect() as conn:
        found = pages.of_source(conn, source.id, PageState.DUE)
    assert {each.listing.found_how for each in world.listed(source)} == {"section"}
    await world.read(found[0], "Ferry line closes", STORY)
    world.now += timedelta(hours=1)
    more = (
        f'{links}<h3><a href="/region/storm-over-ansel-ends">Storm over Ansel ends today</a></h3>'
    )
    await world.answer(f"source:{source.id}", source.url, f"<html><body>{more}</body></html>")
    with world.db.connect() as conn:
        assert sources.get(conn, source.id).listing.learned == {"shapes": {"region/slug": [1, 0]}}


async def test_a_feed_whose_publisher_names_a_new_address_is_followed_there(world: World) -> None:
    source = world.source()
    await world.answer(
        f"source:{source.id}", source.url, naming(source, NEW), content_type="text/xml"
    )
    with world.db.connect() as conn:
        assert sources.get(conn, source.id).url == NEW
        [move] = moves.of_source(conn, source.id)
    assert (move.from_url, move.to_url) == (source.url, NEW)


async def test_a_source_returns_from_a_named_address_that_never_answers_and_stays(
    world: World,
) -> None:
    source = world.source()
    key, says = f"source:{source.id}", naming(source, NEW)
    await world.answer(key, source.url, says, content_type="text/xml")
    for _ in range(3):
        world.now += timedelta(hours=1)
        await world.answer(key, NEW, status=404, problem=Problem.NOT_FOUND)
    with world.db.connect() as conn:
        assert sources.get(conn, source.id).url == source.url
    world.now += timedelta(hours=1)
    await world.answer(key, source.url, f"{says} ", content_type="text/xml")
    with world.db.connect() as conn:
        assert sources.get(conn, source.id).url == source.url
        told = [(move.from_url, move.to_url, move.how) for move in moves.of_source(conn, source.id)]
    assert told == [
        (source.url, NEW, "its publisher says so in it"),
        (NEW, source.url, "nothing could be read there"),
    ]


async def test_a_source_does_not_return_for_a_failure_that_may_pass(world: World) -> None:
    source = world.source()
    key = f"source:{source.id}"
    await world.answer(key, source.url, naming(source, NEW), content_type="text/xml")
    for _ in range(5):
        world.now += timedelta(hours=1)
        await world.answer(key, NEW, problem=Problem.TIMEOUT)
    with world.db.connect() as conn:
        assert sources.get(conn, source.id).url == NEW


async def test_a_source_returns_from_an_address_that_lists_strangers_only(world: World) -> None:
    source = world.source()
    key = f"source:{source.id}"
    await world.answer(key, source.url, naming(source, NEW), content_type="text/xml")
    with world.db.connect() as conn:
        before = len(pages.recent(conn, source.id, 100))
    world.now += timedelta(hours=1)
    casino = feed(source, "x", "y").replace("meridian.example", "casino.example")
    await world.answer(key, NEW, casino, content_type="text/xml")
    with world.db.connect() as conn:
        assert sources.get(conn, source.id).url == source.url
        assert len(pages.recent(conn, source.id, 100)) == before
        assert moves.of_source(conn, source.id)[-1].how.startswith("nothing that it lists there")


async def test_a_source_that_was_read_at_its_new_address_stays_there_when_it_fails(
    world: World,
) -> None:
    source = world.source()
    key = f"source:{source.id}"
    await world.answer(key, source.url, naming(source, NEW), content_type="text/xml")
    world.now += timedelta(hours=1)
    await world.answer(key, NEW, feed(source, "a", "b"), content_type="text/xml")
    for _ in range(4):
        world.now += timedelta(hours=1)
        await world.answer(key, NEW, status=503, problem=Problem.SERVER_ERROR)
    with world.db.connect() as conn:
        assert sources.get(conn, source.id).url == NEW


async def test_two_addresses_that_name_each_other_are_followed_once(world: World) -> None:
    source = world.source()
    key, old = f"source:{source.id}", source.url
    for at, other in ((old, NEW), (NEW, old), (NEW, old)):
        body = f"{naming(source, other)}{' ' * world.tokens}"
        await world.answer(key, at, body, content_type="text/xml")
        world.now += timedelta(hours=1)
    with world.db.connect() as conn:
        assert sources.get(conn, source.id).url == NEW
        assert len(moves.of_source(conn, source.id)) == 1


async def test_a_feed_that_moved_to_where_another_source_is_stays_and_says_so(world: World) -> None:
    source, other = world.source("meridian.example"), world.source("herald.example")
    for _ in range(2):
        await world.answer(
            f"source:{source.id}",
            other.url,
            feed(source, "a"),
            content_type="application/rss+xml",
            moved_to=other.url,
        )
    with world.db.connect() as conn:
        assert sources.get(conn, source.id).url == source.url
        [move] = moves.of_source(conn, source.id)
    assert move.how == f"redirected for good; source {other.id} is there already"


async def test_what_stands_where_a_feed_was_leads_to_the_feed(world: World) -> None:
    source = world.source()
    body = "<redirect><newLocation>https://meridian.example/new</newLocation></redirect>"
    await world.answer(f"source:{source.id}", source.url, body, content_type="text/xml")
    with world.db.connect() as conn:
        assert sources.get(conn, source.id).url == "https://meridian.example/new"


async def test_an_index_of_sitemaps_is_polled_through_its_newest_sitemap(world: World) -> None:
    source = world.source()
    index = "<sitemapindex><sitemap><loc>/2026-06.xml</loc></sitemap></sitemapindex>"
    await world.answer(f"source:{source.id}", source.url, index, content_type="text/xml")
    [lease] = await world.frontier.claim(world.now, 10)
    assert (str(lease.due.key), lease.due.url) == (
        f"child:{source.id}",
        "https://meridian.example/2026-06.xml",
    )
    assert await world.pipeline.prepare(lease.due) is not None
    sitemap = "<urlset><url><loc>/ferries-leave-on-time</loc></url></urlset>"
    await world.answer(f"child:{source.id}", lease.due.url, sitemap, content_type="text/xml")
    with world.db.connect() as conn:
        seen = sources.get(conn, source.id)
        [page] = pages.of_source(conn, source.id, PageState.DUE)
    assert page.url == "https://meridian.example/ferries-leave-on-time"
    assert (seen.health.primed_at, seen.url) == (world.now, source.url)


async def test_an_index_that_names_only_itself_is_a_failure_with_that_name(world: World) -> None:
    source = world.source()
    index = "<sitemapindex><sitemap><loc>/more.xml</loc></sitemap></sitemapindex>"
    for key, url in (("source", source.url), ("child", "https://meridian.example/more.xml")):
        await world.answer(f"{key}:{source.id}", url, index, content_type="text/xml")
    with world.db.connect() as conn:
        assert sources.get(conn, source.id).health.problem is Problem.NOT_A_FEED


async def test_a_page_on_which_a_step_fails_twice_is_set_aside_until_it_is_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    [page] = await world.listing(world.source(), "a")

    async def fails(*_: object) -> None:
        raise ValueError("a bug")

    with monkeypatch.context() as bug:
        bug.setattr(world.detector, "judge", fails)
        for _ in range(2):
            with pytest.raises(ValueError, match="a bug"):
                await world.answer(f"page:{page.id}", page.url, html("A ferry", STORY))
        await world.answer(f"page:{page.id}", page.url, html("A ferry", STORY))
    with world.db.connect() as conn:
        kept = pages.get(conn, page.id)
        [work] = quarantine.set_aside(conn, 10)
    assert kept is not None
    assert (kept.state, kept.problem) == (PageState.REFUSED, Problem.SET_ASIDE)
    assert (work.step, work.subject, work.reason) == (Step.PAGE, page.id, "ValueError: a bug")
    with world.db.begin() as conn:
        quarantine.done(conn, work.step, work.subject)
    assert (await world.read(page, "A ferry", STORY)).text.startswith(STORY[:20])
