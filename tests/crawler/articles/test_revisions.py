"""A page that changed is judged anew: what joins, what leaves, and what stays one story."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection, select

from crawler.articles.corrections import merge_stories, split_story
from crawler.articles.revisions import says_the_same
from storage.crawl import pages
from storage.models.articles import Article, WrapperKind, WrapperPassage
from storage.models.pages import Page
from storage.models.problems import Problem
from storage.models.stories import CopyVerdict, Relation
from storage.sql import schema
from storage.stories import articles, stories
from tests.crawler.copies.texts import STORIES, lead, sentences
from tests.crawler.news import OTHER, STORY, html
from tests.crawler.world import World
from tests.storage.world import a_page, a_source, an_article, extracted

STUB = (
    "A fire has broken out in the old tannery on the quay, according to two people who called our"
    " newsroom this morning. We are sending a reporter and this page will be updated as soon as"
    " there is anything to say about it, so come back later in the day."
)
HALVES = (". ".join(sentences(STORY)[:3]), ". ".join(sentences(STORY)[3:]))


async def publish(world: World, host: str, text: str) -> Page:
    """Let a new source list one page that says this."""
    [page] = await world.listing(world.source(host), "a")
    await read(world, page, text)
    return page


async def read(world: World, page: Page, text: str) -> Article:
    """Let a page say this now."""
    world.now += timedelta(minutes=30)
    return await world.read(page, f"As told by {page.url}", text)


def now_of(world: World, page: Page) -> Article:
    with world.db.connect() as conn:
        article = articles.of_page(conn, page.id)
    assert article is not None
    return article


def story_of(world: World, page: Page) -> list[str]:
    """Name the hosts of all articles in a page's story, in the order in which they were stored."""
    with world.db.connect() as conn:
        members = stories.members(conn, now_of(world, page).story_id)
    return [member.article.host.removesuffix(".example") for member in members]


def root_of(world: World, page: Page) -> int:
    with world.db.connect() as conn:
        return stories.get(conn, now_of(world, page).story_id).root_article_id


def verdict_of(world: World, page: Page) -> CopyVerdict | None:
    with world.db.connect() as conn:
        return stories.verdict_of(conn, now_of(world, page).id)


def shared(world: World, page: Page) -> list[tuple[str, str]]:
    """Return the passages of a page's verdict as both stored texts have them."""
    verdict = verdict_of(world, page)
    assert verdict is not None
    with world.db.connect() as conn:
        other = articles.get(conn, verdict.of_article_id).text
    text = now_of(world, page).text
    return [(text[p.start : p.end], other[p.other_start : p.other_end]) for p in verdict.passages]


# --- joining -------------------------------------------------------------------------------------


async def test_a_stub_that_becomes_a_copy_joins_the_story(world: World) -> None:
    original = await publish(world, "a.example", STORY)
    stub = await publish(world, "b.example", STUB)
    assert story_of(world, stub) == ["b"]
    await read(world, stub, STORY)
    assert story_of(world, original) == ["a", "b"]
    assert root_of(world, stub) == now_of(world, original).id
    verdict = verdict_of(world, stub)
    assert verdict is not None
    assert (verdict.of_article_id, verdict.relation) == (
        now_of(world, original).id,
        Relation.EXACT,
    )


async def test_the_oldest_of_the_stories_that_become_one_keeps_its_id(world: World) -> None:
    stub = await publish(world, "b.example", STUB)
    await publish(world, "a.example", STORY)
    first = now_of(world, stub).story_id
    await read(world, stub, STORY)
    assert now_of(world, stub).story_id == first
    assert story_of(world, stub) == ["b", "a"]


async def test_a_page_that_grows_into_a_text_between_two_stories_makes_them_one(
    world: World,
) -> None:
    pages_of = [
        await publish(world, f"{n}.example", half) for n, half in zip("ab", HALVES, strict=True)
    ]
    copy = await publish(world, "c.example", HALVES[0])
    assert story_of(world, copy) == ["a", "c"]
    await read(world, copy, STORY)
    assert story_of(world, pages_of[1]) == ["a", "b", "c"]


# --- leaving -------------------------------------------------------------------------------------


async def test_a_copy_that_becomes_something_else_is_its_own_story(world: World) -> None:
    original = await publish(world, "a.example", STORY)
    copy = await publish(world, "b.example", STORY)
    await read(world, copy, OTHER)
    assert story_of(world, original) == ["a"]
    assert story_of(world, copy) == ["b"]
    assert verdict_of(world, copy) is None
    assert root_of(world, copy) == now_of(world, copy).id


async def test_a_copy_that_goes_and_comes_back_is_in_the_first_story(world: World) -> None:
    original = await publish(world, "a.example", STORY)
    copy = await publish(world, "b.example", STORY)
    await read(world, copy, OTHER)
    await read(world, copy, STORY)
    assert story_of(world, copy) == story_of(world, original) == ["a", "b"]


async def test_a_copy_that_becomes_a_copy_of_another_text_moves_alone(world: World) -> None:
    original = await publish(world, "a.example", STORY)
    copies = [await publish(world, f"{name}.example", STORY) for name in "bc"]
    other = await publish(world, "d.example", OTHER)
    await read(world, copies[0], OTHER)
    assert story_of(world, original) == ["a", "c"]
    assert story_of(world, other) == ["b", "d"]
    assert root_of(world, other) == now_of(world, other).id


async def test_an_original_that_becomes_a_copy_of_another_text_leaves_its_copies_one_story(
    world: World,
) -> None:
    original = await publish(world, "a.example", STORY)
    copies = [await publish(world, f"{name}.example", STORY) for name in "bc"]
    other = await publish(world, "d.example", OTHER)
    await read(world, original, OTHER)
    assert story_of(world, copies[0]) == ["b", "c"]
    assert story_of(world, other) == ["a", "d"]
    verdict = verdict_of(world, copies[1])
    assert verdict is not None
    assert verdict.of_article_id == now_of(world, copies[0]).id


async def test_what_only_it_held_together_is_two_stories_when_it_leaves(world: World) -> None:
    parts = [await publish(world, f"{name}.example", STORIES[name]) for name in ("ferry", "court")]
    both = await publish(world, "c.example", lead(f"{STORIES['ferry']}\n{STORIES['court']}"))
    assert story_of(world, both) == ["ferry", "court", "c"]
    assert root_of(world, both) == now_of(world, parts[0]).id
    await read(world, both, OTHER)
    assert [story_of(world, page) for page in (*parts, both)] == [["ferry"], ["court"], ["c"]]


async def test_what_is_on_a_page_first_is_seen_first_then(world: World) -> None:
    page = await publish(world, "a.example", STORY)
    original = await publish(world, "b.example", OTHER)
    await read(world, page, OTHER)
    assert now_of(world, page).first_seen == world.now
    assert root_of(world, page) == now_of(world, original).id


async def test_a_page_that_was_listed_early_to_be_filled_later_was_not_there_first(
    world: World,
) -> None:
    page = await publish(world, "a.example", STUB)
    original = await publish(world, "b.example", STORY)
    await read(world, page, f"{STUB}\n{STORY}")
    assert story_of(world, page) == ["a", "b"]
    assert now_of(world, page).first_seen == world.now
    assert root_of(world, page) == now_of(world, original).id


async def test_a_page_that_was_refused_for_long_was_not_there_when_it_was_listed(
    world: World,
) -> None:
    [page] = await world.listing(world.source("a.example"), "a")
    [other] = await world.listing(world.source("b.example"), "a")
    for failed in (page, other):
        await world.answer(
            f"page:{failed.id}", failed.url, status=503, problem=Problem.SERVER_ERROR
        )
    world.now += timedelta(minutes=5)
    soon = await world.read(other, "Ferries", OTHER)
    assert soon.first_seen == other.found_at
    world.now += timedelta(hours=3)
    assert (await world.read(page, "Ferries", STORY)).first_seen == world.now


async def test_a_copy_that_becomes_a_round_up_is_a_copy_of_none(world: World) -> None:
    told = [
        await publish(world, f"{name}.example", STORIES[name])
        for name in ("ferry", "court", "trams")
    ]
    copy = await publish(world, "b.example", STORIES["ferry"])
    assert story_of(world, copy) == ["ferry", "b"]
    items = "\n".join(
        " ".join(sentences(STORIES[name])[:3]) for name in ("ferry", "court", "trams")
    )
    await read(world, copy, items)
    assert story_of(world, copy) == ["b"]
    with world.db.connect() as conn:
        assert stories.roundup_of(conn, now_of(world, copy).id) == tuple(
            now_of(world, page).id for page in told
        )
    await read(world, copy, STORIES["ferry"])
    assert story_of(world, copy) == ["ferry", "b"]
    with world.db.connect() as conn:
        assert stories.roundup_of(conn, now_of(world, copy).id) == ()


# --- staying -------------------------------------------------------------------------------------


async def test_copies_of_what_an_original_said_before_stay_with_it(world: World) -> None:
    original = await publish(world, "a.example", STORY)
    copy = await publish(world, "b.example", STORY)
    await read(world, original, OTHER)
    assert story_of(world, original) == ["a", "b"]
    verdict = verdict_of(world, copy)
    assert verdict is not None
    assert (verdict.of_article_id, verdict.passages) == (now_of(world, original).id, ())


async def test_a_copy_of_what_its_original_said_before_may_mend_its_own_slips(
    world: World,
) -> None:
    original = await publish(world, "a.example", STORY)
    copy = await publish(world, "b.example", STORY)
    await read(world, original, OTHER)
    await read(world, copy, STORY.replace("first ferry", "first boat"))
    assert story_of(world, original) == ["a", "b"]


async def test_a_copy_that_follows_its_original_is_in_its_story_all_the_time(
    world: World,
) -> None:
    original = await publish(world, "a.example", STORY)
    copy = await publish(world, "b.example", STORY)
    for text in (OTHER, STORIES["court"]):
        await read(world, original, text)
        await read(world, copy, text)
        assert story_of(world, original) == ["a", "b"]
    assert all(here == there for here, there in shared(world, copy))


async def test_a_live_blog_that_grows_is_one_article_with_the_copies_of_its_first_state(
    world: World,
) -> None:
    blog = await publish(world, "a.example", STORIES["ferry"])
    copy = await publish(world, "b.example", STORIES["ferry"])
    said = STORIES["ferry"]
    for name in ("court", "trams", "glacier", "library", "orchard", "bakery"):
        said = f"{STORIES[name]}\n{said}"
        await read(world, blog, said)
    assert now_of(world, blog).revision == 7
    assert story_of(world, blog) == story_of(world, copy) == ["a", "b"]
    with world.db.connect() as conn:
        kept = conn.execute(select(schema.stories.c.id)).scalars().all()
    assert len(kept) == 1


async def test_passages_fit_both_texts_after_either_has_changed(world: World) -> None:
    original = await publish(world, "a.example", STORY)
    copy = await publish(world, "b.example", STORY)
    await read(world, original, lead(STORY).replace("\n", ". "))
    assert shared(world, copy)
    assert all(here == there for here, there in shared(world, copy))
    await read(world, copy, f"Our readers know this quay well. {STORY}")
    assert shared(world, copy)
    assert all(here == there for here, there in shared(world, copy))
    verdict = verdict_of(world, copy)
    assert verdict is not None
    assert verdict.share_of_article < 1


async def test_an_original_gets_no_verdict_on_its_copies(world: World) -> None:
    original = await publish(world, "a.example", STORY)
    await publish(world, "b.example", STORY)
    await read(world, original, f"{STORY} More is expected in the evening, the port said.")
    assert verdict_of(world, original) is None


async def test_a_slip_mended_after_the_time_window_changes_no_story(world: World) -> None:
    original = await publish(world, "a.example", STORY)
    copy = await publish(world, "b.example", STORY)
    for page in (original, copy):
        await world.detector.remove(now_of(world, page).id)  # as the window's end does
    await read(world, copy, STORY.replace("first ferry", "first boat"))
    assert story_of(world, original) == ["a", "b"]
    assert shared(world, copy)


# --- rulings, and what was told --------------------------------------------------------------------


async def test_what_an_operator_split_is_not_joined_by_a_revision(world: World) -> None:
    original = await publish(world, "a.example", STORY)
    copy = await publish(world, "b.example", STORY)
    with world.db.begin() as conn:
        split_story(conn, now_of(world, original).story_id, [now_of(world, copy).id], world.now)
    await read(world, copy, f"Again: {STORY}")
    assert story_of(world, original) == ["a"]
    assert story_of(world, copy) == ["b"]


async def test_what_an_operator_merged_is_not_split_by_a_revision(world: World) -> None:
    one = await publish(world, "a.example", STORY)
    other = await publish(world, "b.example", OTHER)
    third = await publish(world, "c.example", STORIES["court"])
    with world.db.begin() as conn:
        merge_stories(conn, now_of(world, one).story_id, [now_of(world, other).story_id], world.now)
    await read(world, other, STORIES["court"])
    assert story_of(world, one) == ["a", "b"]
    assert story_of(world, third) == ["c"]


def test_a_line_that_became_known_for_its_site_s_wrapper_is_no_change(conn: Connection) -> None:
    page = a_page(conn, a_source(conn))
    article = replace(an_article(conn, page), text="One.\nRead our newsletter.\nTwo.")
    shorter = extracted(page, "One.\nTwo.")
    assert not says_the_same(article, shorter)
    line = WrapperPassage(WrapperKind.RECURRING, "Read our newsletter.")
    assert says_the_same(article, replace(shorter, wrapper=(line,)))
    assert not says_the_same(article, replace(shorter, text="One.\nThree.", wrapper=(line,)))
    assert not says_the_same(article, replace(shorter, title="Another", wrapper=(line,)))
    assert says_the_same(
        replace(
            article, text="One.\nTwo.", provenance=replace(article.provenance, wrapper=(line,))
        ),
        extracted(page, "One.\nRead our newsletter.\nTwo."),
    )


async def test_a_page_whose_address_leads_to_the_front_page_is_no_article(world: World) -> None:
    source = world.source("meridian.example")
    [page] = await world.listing(source, "a")
    await world.answer(f"page:{page.id}", "https://meridian.example/", html("Front page", STORY))
    with world.db.connect() as conn:
        found = pages.get(conn, page.id)
        assert articles.of_page(conn, page.id) is None
    assert found is not None
    assert found.problem is Problem.SOFT_404
