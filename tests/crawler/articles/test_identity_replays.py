"""What happened to others' users: feeds whose items changed their names, replayed before and after.

Each test names the issue that told of it. Where an issue names addresses, the case keeps their
shape; titles and texts are made up.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.articles.pipeline import Pipeline
from storage.crawl import aliases
from tests.crawler.news import NOON
from tests.crawler.replay import Entry, Replay, replaying, text_of

SITE = "https://meridian.example"


@pytest.fixture
async def replay(tmp_path: Path) -> AsyncIterator[Replay]:
    async with replaying(tmp_path) as replay:
        yield replay


async def _begun(replay: Replay, *entries: Entry) -> None:
    """Poll an empty feed, then one that lists these: they are news, and each is told."""
    await replay.poll()
    for number, entry in enumerate(entries):
        replay.publish(entry.link, entry.title, number)
    assert await replay.poll(*entries) == len(entries)
    assert (replay.articles, replay.alerts) == (len(entries), len(entries))


def _entries(count: int = 4, **facts: str) -> list[Entry]:
    titles = ["Ferries leave late", "Apples freeze at night", "A mill is sold", "Tram stops again"]
    return [
        Entry(
            f"{SITE}/2026/{title.lower().replace(' ', '-')}",
            title,
            f"tag:{number}",
            NOON - timedelta(minutes=10 * number),
            **facts,
        )
        for number, title in enumerate(titles[:count])
    ]


def _nothing_more(replay: Replay, entries: list[Entry]) -> None:
    assert (replay.articles, replay.alerts) == (len(entries), len(entries))


async def test_a_feed_without_guids_brings_each_article_once(replay: Replay) -> None:
    """feedbin/support #416: entries without GUIDs, the same titles and URLs, new at each fetch."""
    entries = [replace(entry, guid=None) for entry in _entries()]
    await _begun(replay, *entries)
    for _ in range(20):
        assert await replay.poll(*entries) == 0
    _nothing_more(replay, entries)


async def test_a_corrected_slug_that_is_the_guid_too_is_no_new_article(replay: Replay) -> None:
    """NetNewsWire #3286: .../build-your-own-… became .../build-a-your-own-…, and so did the GUID."""
    old = f"{SITE}/blog/2021/09/13/build-your-own-online-shop-with-next.js-and-shopify/"
    new = f"{SITE}/blog/2021/09/13/build-a-your-own-online-shop-with-next.js-and-shopify/"
    entry = Entry(old, "Build your own online shop", old, NOON)
    await _begun(replay, entry)
    replay.publish(new, entry.title, 0)
    assert await replay.poll(replace(entry, link=new, guid=new)) == 0
    _nothing_more(replay, [entry])


async def test_a_corrected_slug_without_a_date_is_no_new_article(replay: Replay) -> None:
    old, new = (
        f"{SITE}/blog/build-your-own-online-shop",
        f"{SITE}/blog/build-a-your-own-online-shop",
    )
    entry = Entry(old, "Build your own online shop", old)
    await _begun(replay, entry)
    assert await replay.poll(replace(entry, link=new, guid=new)) == 0
    _nothing_more(replay, [entry])


async def test_a_site_that_turns_to_https_brings_nothing_again(replay: Replay) -> None:
    """NetNewsWire #324: the feed and the GUIDs in it changed from http to https."""
    entries = [
        replace(
            entry,
            link=entry.link.replace("https", "http"),
            guid=entry.link.replace("https", "http"),
        )
        for entry in _entries()
    ]
    await _begun(replay, *entries)
    secure = [replace(entry, link=entry.link.replace("http", "https")) for entry in entries]
    assert await replay.poll(*[replace(entry, guid=entry.link) for entry in secure]) == 0
    _nothing_more(replay, entries)


async def test_a_feed_that_names_its_pages_by_another_host_brings_nothing_again(
    replay: Replay,
) -> None:
    """NetNewsWire #3835: transvanilla.hu/… became mail.transvanilla.hu/…, and so did the GUIDs."""
    entries = [replace(entry, guid=entry.link) for entry in _entries()]
    await _begun(replay, *entries)
    for host in ("mail.meridian.example", "meridian.example", "www.meridian.example"):
        links = [entry.link.replace("meridian.example", host) for entry in entries]
        listed = [
            replace(entry, link=link, guid=link) for entry, link in zip(entries, links, strict=True)
        ]
        assert await replay.poll(*listed) == 0
    _nothing_more(replay, entries)


async def test_guids_that_turn_bad_and_good_again_bring_nothing_again(replay: Replay) -> None:
    """FreshRSS #5909: for a time several items of a feed had the same GUID."""
    entries = _entries()
    await _begun(replay, *entries)
    for _ in range(3):
        assert await replay.poll(*[replace(entry, guid="tag:all") for entry in entries]) == 0
        assert await replay.poll(*entries) == 0
    _nothing_more(replay, entries)


async def test_a_new_item_among_those_of_one_guid_is_new(replay: Replay) -> None:
    """feedbin/support #573, found beside #416: one GUID for all items hid the new ones."""
    entries = [replace(entry, guid="http://blogs.example/") for entry in _entries()]
    await _begun(replay, *entries[1:])
    replay.publish(entries[0].link, entries[0].title, 9)
    assert await replay.poll(*entries) == 1
    _nothing_more(replay, entries)


async def test_an_edit_that_changes_title_address_and_guid_is_no_new_alert(replay: Replay) -> None:
    """lion-reader #1535 and feedbin #205: an edit reads as a new article; the text stays."""
    entry = Entry(f"{SITE}/cars/fast-saloon-driven", "Fast saloon driven", "guid-1")
    await _begun(replay, entry)
    edited = Entry(f"{SITE}/cars/we-test-the-quick-one", "We test the quick one", "guid-2")
    replay.publish(edited.link, edited.title, 0)
    assert await replay.poll(edited) == 1
    _nothing_more(replay, [entry])


async def test_a_feed_that_rewrites_all_guids_brings_nothing_again(replay: Replay) -> None:
    """feedbin/support #580: another random GUID for each item, each time. hostile C08."""
    entries = _entries()
    await _begun(replay, *entries)
    for number in range(5):
        listed = [replace(entry, guid=f"uuid:{number}-{entry.guid}") for entry in entries]
        assert await replay.poll(*listed) == 0
    _nothing_more(replay, entries)
    with replay.world.db.connect() as conn:
        assert all(not aliases.of_page(conn, page) for page in range(1, 5))


async def test_an_edited_headline_at_the_same_address_is_no_new_article(replay: Replay) -> None:
    """Miniflux #797 and #3120: headlines edited after they were published, GUIDs with them."""
    entries = _entries()
    await _begun(replay, *entries)
    edited = [replace(entry, title=f"Shock: {entry.title}", guid=None) for entry in entries]
    assert await replay.poll(*edited) == 0
    _nothing_more(replay, entries)


async def test_two_feeds_of_one_site_bring_an_article_once(replay: Replay) -> None:
    """Miniflux #797, FreshRSS #948, #2104 and #6916: one URL in several feeds of a newspaper."""
    entries = _entries()
    await _begun(replay, *entries)
    other = replay.world.source("sport.meridian.example")
    assert await replay.poll(*entries, source=other) == 0
    _nothing_more(replay, entries)


async def test_many_feeds_of_one_host_fetch_each_page_once(replay: Replay) -> None:
    """The mediacloud backend, #189 and #396 (built from one sentence on them): 205 feeds, 36 unique."""
    entries = _entries()
    await _begun(replay, *entries)
    for number in range(10):
        other = replay.world.source(f"part{number}.meridian.example")
        assert await replay.poll(*entries, source=other) == 0
    _nothing_more(replay, entries)


async def test_the_first_poll_tells_nothing(replay: Replay) -> None:
    """mattermost-plugin-rssfeed #20, Feeder #660 (built from its one sentence): no flood at first."""
    entries = _entries()
    for number, entry in enumerate(entries):
        replay.publish(entry.link, entry.title, number)
    assert await replay.poll(*entries) == len(entries)
    assert (replay.articles, replay.alerts) == (4, 0)


async def test_old_items_that_slide_in_when_others_are_deleted_are_no_news(
    replay: Replay,
) -> None:
    """matrix-hookshot #768: one of the latest vanished, and one from last year came up instead."""
    entries = _entries(3)
    await _begun(replay, *entries)
    old = Entry(f"{SITE}/2025/last-year", "Said last year", "tag:old", NOON - timedelta(days=360))
    replay.publish(old.link, old.title, 20)
    assert await replay.poll(*entries[1:], old) == 1
    assert (replay.articles, replay.alerts) == (4, 3)


async def test_an_archive_that_moved_under_other_names_is_no_news(replay: Replay) -> None:
    """The same with all items: a new system gives all articles other addresses, GUIDs and texts."""
    entries = [replace(each, at=NOON - timedelta(days=30 + n)) for n, each in enumerate(_entries())]
    await replay.poll()
    for number, entry in enumerate(entries):
        replay.publish(entry.link, entry.title, number)
    await replay.poll(*entries)
    told = replay.alerts
    moved = [
        Entry(
            f"{SITE}/node/{n}", f"Title {n} rewritten", f"node:{n}", NOON - timedelta(days=40 + n)
        )
        for n in range(4)
    ]
    for number, entry in enumerate(moved):
        replay.publish(entry.link, entry.title, 40 + number)
    await replay.poll(*moved)
    assert replay.alerts == told


async def test_a_restart_tells_nothing_again(replay: Replay) -> None:
    """Limnoria #489: after a restart old items were announced as if the feed were new."""
    entries = _entries()
    await _begun(replay, *entries)
    before: Pipeline = replay.world.pipeline
    await replay.world.open()
    assert replay.world.pipeline is not before
    assert await replay.poll(*entries) == 0
    _nothing_more(replay, entries)


async def test_the_first_item_of_an_empty_feed_is_news(replay: Replay) -> None:
    """matrix-hookshot #893: a feed counted as begun when it had an item, so its first was skipped."""
    await _begun(replay, *_entries(1))


async def test_an_old_guid_on_a_new_story_is_a_new_story(replay: Replay) -> None:
    """The reverse (hostile C08); feedbin/support #604: a year's list under the GUID of an old one."""
    entry = Entry(f"{SITE}/best-tools-2017", "The 7 best tools of 2017", "tag:best", NOON)
    await _begun(replay, entry)
    new = Entry(
        f"{SITE}/guide/new", "Ten tools for the spring", "tag:best", NOON + timedelta(hours=1)
    )
    replay.publish(new.link, new.title, 30)
    assert await replay.poll(new) == 1
    _nothing_more(replay, [entry, new])


async def test_one_guid_for_old_and_new_at_once_is_two_stories(replay: Replay) -> None:
    entries = _entries(2)
    await _begun(replay, entries[0])
    replay.publish(entries[1].link, entries[1].title, 31)
    assert await replay.poll(replace(entries[1], guid=entries[0].guid), entries[0]) == 1
    _nothing_more(replay, entries)


async def test_items_dated_anew_and_listed_first_again_bring_nothing(replay: Replay) -> None:
    entries = _entries()
    await _begun(replay, *entries)
    bumped = replace(entries[-1], at=NOON + timedelta(hours=3))
    assert await replay.poll(bumped, *entries[:-1]) == 0
    _nothing_more(replay, entries)


async def test_a_variant_of_an_address_is_the_same_page(replay: Replay) -> None:
    entry = Entry(f"{SITE}/news/ferries", "Ferries leave late", "1", NOON)
    await _begun(replay, entry)
    for variant in (
        "https://meridian.example/news/ferries/amp",
        "https://amp.meridian.example/news/ferries",
        "https://m.meridian.example/news/ferries?amp=1",
        "https://www.meridian.example/news/ferries/?utm_source=rss#top",
        "http://meridian.example/news/ferries/index.html",
        "https://meridian.example/news/ferries;jsessionid=0A1B2C",
        "https://meridian.example/news/ferries?PHPSESSID=0a1b",
    ):
        assert await replay.poll(replace(entry, link=variant, guid="2")) == 0
    _nothing_more(replay, [entry])


async def test_a_page_that_calls_itself_a_known_one_is_that_one(replay: Replay) -> None:
    entry = Entry(f"{SITE}/news/ferries", "Ferries leave late", "1")
    await _begun(replay, entry)
    variant = Entry(f"{SITE}/lite?id=77", "Ferries leave late (short)", "x77")
    replay.publish(variant.link, variant.title, 0, canonical=entry.link)
    assert await replay.poll(variant, entry) == 1
    _nothing_more(replay, [entry])


async def test_one_canonical_address_on_all_pages_hides_none(replay: Replay) -> None:
    entries = _entries(2)
    await _begun(replay, entries[0])
    replay.publish(entries[1].link, entries[1].title, 32, canonical=entries[0].link)
    assert await replay.poll(*entries) == 1
    _nothing_more(replay, entries)


async def test_a_proxy_of_the_feed_and_the_feed_itself_bring_an_article_once(
    replay: Replay,
) -> None:
    """A FeedBurner-like proxy: its link redirects, and where that leads decides."""
    entry = Entry("https://feeds.proxy.example/~r/meridian/~3/kXF/", "Ferries leave late", "1")
    final = f"{SITE}/news/ferries"
    replay.redirects[entry.link] = final
    replay.publish(final, entry.title, 0)
    await replay.poll()
    assert await replay.poll(entry) == 2  # the proxy's, and the one that it leads to
    assert replay.article_at(final)
    other = replay.world.source("www.meridian.example")
    assert await replay.poll(replace(entry, link=final, guid="9"), source=other) == 0
    second = replace(entry, link="https://feeds.proxy.example/~r/other/~3/zzz/", guid="3")
    replay.redirects[second.link] = final
    await replay.poll(second, source=other)
    _nothing_more(replay, [entry])


async def test_what_stands_at_the_one_address_of_all_items_is_looked_at_again(
    replay: Replay,
) -> None:
    """One link for all items, the front page: NetNewsWire #4540, FreshRSS #5329."""
    entry = Entry(f"{SITE}/", "Ferries leave late", "1")
    await _begun(replay, entry)
    replay.publish(entry.link, "Apples freeze", 33)
    assert await replay.poll(Entry(f"{SITE}/", "Apples freeze at night", "2")) == 0
    _nothing_more(replay, [entry])
    assert replay.article_at(entry.link).startswith(text_of(33)[:40])


async def test_a_column_of_one_title_is_a_new_story_each_day(replay: Replay) -> None:
    days = [
        Entry(
            f"{SITE}/2026/06/0{day}/morning-briefing",
            "The morning briefing",
            None,
            NOON + timedelta(days=day),
        )
        for day in (1, 2, 3)
    ]
    await replay.poll()
    for number, entry in enumerate(days):
        replay.publish(entry.link, entry.title, 50 + number)
        assert await replay.poll(entry) == 1
    _nothing_more(replay, days)


async def test_items_with_the_front_page_as_link_are_fetched_where_their_guids_say(
    replay: Replay,
) -> None:
    entries = [replace(entry, guid=entry.link) for entry in _entries()]
    for number, entry in enumerate(entries):
        replay.publish(entry.link, entry.title, number)
    await replay.poll()
    listed = [replace(entry, link=f"{SITE}/") for entry in entries]
    assert await replay.poll(*listed) == len(entries)
    assert await replay.poll(*entries) == 0
    _nothing_more(replay, entries)


async def test_a_page_that_moved_is_visited_at_its_new_address(replay: Replay) -> None:
    entry = Entry(f"{SITE}/news/ferries-leave-late", "Ferries leave late", "1", NOON)
    await _begun(replay, entry)
    moved = replace(entry, link=f"{SITE}/harbour/ferries-leave-late")
    del replay.site[entry.link]
    replay.publish(moved.link, moved.title, 60)
    assert await replay.poll(moved) == 0
    assert replay.article_at(entry.link).startswith(text_of(60)[:40])
    _nothing_more(replay, [entry])
