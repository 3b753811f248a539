"""What each host's articles were, and what is kept of it for later stories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from crawler.copies.origin.credits import says_whose
from storage.crawl import sources
from storage.models.articles import Article, Signal
from storage.models.stories import DomainFacts
from storage.stories import articles, domains, stories
from tests.storage.world import NOON, a_page, a_source, a_verdict, after, an_origin, extracted

pytestmark = pytest.mark.both_engines

DAY = timedelta(days=1)


def an_article(
    conn: Connection,
    name: str,
    *,
    seen: datetime = NOON,
    published: datetime | None = None,
    of: Article | None = None,
    signals: Sequence[Signal] = (),
) -> Article:
    """Store an article of a host, as a copy when `of` is given."""
    host = name.partition("/")[0]
    source = a_source(conn, host) if name == host else sources.find(conn, host)
    page = a_page(conn, source, name)
    new = replace(
        extracted(page),
        dates=replace(extracted(page).dates, published=published),
        signals=tuple(signals),
    )
    article = articles.insert_new(
        conn,
        page=replace(page, found_at=seen),
        source_id=source.id,
        story_id=stories.begin(conn, seen) if of is None else of.story_id,
        host=host,
        extracted=new,
        backlog=False,
        now=seen,
    )
    if of is None:
        stories.set_origin(conn, article.story_id, an_origin(article.id), seen)
    else:
        stories.add_copy(conn, article.id, a_verdict(of.id), seen)
    return article


def facts(conn: Connection, host: str, since: datetime = NOON - DAY) -> DomainFacts:
    [found] = [each for each in domains.history(conn, since, says_whose).facts if each.host == host]
    return found


@pytest.fixture
def root(conn: Connection) -> Article:
    return an_article(conn, "wire.example", published=after(-30))


def test_a_host_is_told_by_its_copies_and_by_what_others_copied(
    conn: Connection, root: Article
) -> None:
    an_article(conn, "farm.example", of=root, seen=after(60))
    an_article(conn, "post.example", of=root, seen=after(120))
    an_article(conn, "post.example/own")
    wire, post = facts(conn, "wire.example"), facts(conn, "post.example")
    assert (wire.articles, wire.copies, wire.originals) == (1, 0, 1)
    assert (post.articles, post.copies, post.originals) == (2, 1, 0)
    assert (post.lag, post.stated_lag) == (7200.0, None)
    assert post.wrapper == pytest.approx(0.2)


def test_a_copy_on_the_same_host_is_no_copy_of_another(conn: Connection, root: Article) -> None:
    an_article(conn, "wire.example/again", of=root)
    assert (facts(conn, "wire.example").copies, facts(conn, "wire.example").originals) == (0, 0)


@pytest.mark.parametrize(
    ("published", "invented"),
    [
        (after(300), 1),  # the moment of our visit
        (after(400), 1),  # after it
        (after(299), 1),
        (after(250), 0),  # later than the root and well before our visit: as it should be
        (after(-30), 0),  # the root's own
    ],
)
def test_a_date_is_invented_when_it_is_late_and_that_of_our_visit(
    conn: Connection, root: Article, published: datetime, invented: int
) -> None:
    an_article(conn, "farm.example", of=root, seen=after(300), published=published)
    farm = facts(conn, "farm.example")
    assert (farm.dated, farm.invented) == (1, invented)
    assert farm.stated_lag == (None if invented else (published - after(-30)).total_seconds())


def test_who_prints_at_once_with_the_root_invents_nothing(conn: Connection, root: Article) -> None:
    an_article(conn, "post.example", of=root, seen=after(5), published=after(5))
    assert facts(conn, "post.example").invented == 0


@pytest.mark.parametrize(
    ("signal", "credited"),
    [
        (Signal("byline_agency", "AP"), 1),
        (Signal("syndication_source", "https://wire.example/x"), 1),
        (Signal("canonical", "https://post.example/x"), 0),
        (Signal("canonical", "/x"), 0),
        (Signal("dateline", "OSLO (AP) -"), 0),  # a farm pastes it with the text
    ],
)
def test_a_copy_credits_by_name_or_by_an_address_elsewhere(
    conn: Connection, root: Article, signal: Signal, credited: int
) -> None:
    an_article(conn, "post.example", of=root, signals=[signal])
    assert facts(conn, "post.example").credited == credited


def test_what_came_before_the_period_counts_for_nobody(conn: Connection, root: Article) -> None:
    an_article(conn, "post.example", of=root, seen=after(60))
    known = domains.history(conn, after(30), says_whose)
    assert [(each.host, each.copies) for each in known.facts] == [("post.example", 1)]
    assert known.led == {("wire.example", "post.example"): 1}


def test_what_is_kept_is_given_for_the_hosts_that_are_asked_for(conn: Connection) -> None:
    led = {("wire.example", "farm.example"): 7, ("wire.example", "post.example"): 2}
    scores = {"farm.example": (0.9, True), "wire.example": (0.0, False)}
    domains.keep(conn, {"old.example": (1.0, True)}, {("old.example", "b"): 1}, NOON)
    domains.keep(conn, scores, led, NOON)
    known = domains.standing(conn, ["wire.example", "farm.example", "new.example"])
    assert known.farms == {"farm.example"}
    assert known.led == {("wire.example", "farm.example"): 7}
    assert (known.copied, known.copying) == ({"wire.example": 9}, {"farm.example": 7})
    assert domains.standing(conn, ["old.example", "b"]) == domains.standing(conn, [])
