"""A topic's feeds are read by a feed reader, whatever stands in titles."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.feeds.entries import FeedEntry, TopicFeed
from scheduler.feeds.formats import write_atom, write_json, write_rss
from scheduler.web.pages.feeds import FeedWriter

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
OWN, SITE = "https://watch.example/feeds/x/topics/1.rss", "https://watch.example/topics/1"


def feed(title: str = "Ferry crews strike", publisher: str = "Harbor Herald") -> TopicFeed:
    entry = FeedEntry(
        uid="alert_1",
        title=title,
        url="https://herald.example/ferry?a=1&b=2",
        publisher=publisher,
        authors=(),
        summary="Crews voted on Tuesday.",
        at=NOW,
        published=NOW,
        copies=3,
        story_id=7,
    )
    return TopicFeed("ferries & boats", "ferry AND <strike>", (entry,), NOW)


@pytest.mark.parametrize("write", [write_rss, write_atom])
def test_a_reader_reads_it(write: FeedWriter) -> None:
    read = feedparser.parse(write(feed(), own_url=OWN, site_url=SITE))
    assert not read.bozo
    assert read.feed.title == "ferries & boats · Wirewatch"
    [entry] = read.entries
    assert entry.title == "Ferry crews strike"
    assert entry.link == "https://herald.example/ferry?a=1&b=2"
    assert entry.id.endswith("alert_1")
    assert "First: Harbor Herald. Copied 3 times." in entry.summary
    assert (entry.get("published_parsed") or entry.updated_parsed)[:5] == (2026, 6, 1, 12, 0)


def test_a_json_feed_says_the_same() -> None:
    read = json.loads(write_json(feed(), own_url=OWN, site_url=SITE))
    assert read["version"] == "https://jsonfeed.org/version/1.1"
    [item] = read["items"]
    assert (item["id"], item["_wirewatch"]["copies"]) == ("alert_1", 3)


@given(st.text(max_size=80))
def test_no_title_breaks_a_feed(title: str) -> None:
    for write in (write_rss, write_atom):
        assert not feedparser.parse(write(feed(title), own_url=OWN, site_url=SITE)).bozo
    json.loads(write_json(feed(title), own_url=OWN, site_url=SITE))
