"""What is right in a world with one story of an honest source, and copies of a hostile one."""

from __future__ import annotations

import pytest

from tests.neighbours.model import AlertSeen, Wanted, judge, wanted_alerts
from tests.neighbours.worlds import Listed, Page, Story, World

NEWS, COPY = "http://paper.example/news", "http://foe.example/copy"
BRIDGE, DULL = "http://foe.example/bridge", "http://foe.example/dull"
BACKLOG, LINK = "http://paper.example/backlog", "http://foe.example/link"
WORLD = World(
    name="w",
    honest=("paper.example",),
    hostile=("foe.example",),
    powers=(),
    stories={
        "news": Story("news", "paper.example", ("ferry",)),
        "backlog": Story("backlog", "paper.example", ("ferry",)),
        "dull": Story("dull", "foe.example", ("ferry",)),
        "noise": Story("noise", "foe.example"),
    },
    pages=(
        Page(BACKLOG, 0, ("backlog",)),
        Page(NEWS, 1, ("news",)),
        Page(COPY, 1, ("noise", "news")),
        Page(DULL, 1, ("dull",)),
        Page(BRIDGE, 2, ("dull", "news")),
        Page(LINK, 1, to=NEWS),
    ),
    listed=(
        Listed("paper.example", BACKLOG, 0),
        Listed("paper.example", NEWS, 1),
        Listed("foe.example", COPY, 1),
        Listed("foe.example", DULL, 1),
        Listed("foe.example", BRIDGE, 2),
        Listed("foe.example", LINK, 1),
    ),
    topics={"ferry": ("ada", "bob")},
)


def seen(*urls: str, recipient: str = "ada") -> list[AlertSeen]:
    return [AlertSeen(recipient, "ferry", url) for url in urls]


BOB = seen(NEWS, recipient="bob")


def test_each_recipient_is_to_be_told_of_the_news_and_of_no_backlog() -> None:
    assert wanted_alerts(WORLD) == {
        Wanted("ada", "ferry", "news"),
        Wanted("bob", "ferry", "news"),
    }


@pytest.mark.parametrize("url", [NEWS, COPY, LINK])
def test_one_alert_of_any_page_that_is_about_the_news_alone_is_right(url: str) -> None:
    tally = judge(WORLD, seen(url) + BOB, {"news": NEWS})
    assert (tally.told_right, tally.lost, tally.repeated, tally.forbidden) == (2, 0, 0, 0)


def test_a_recipient_who_is_told_nothing_lost_it_whatever_another_was_told() -> None:
    tally = judge(WORLD, BOB, {})
    assert (tally.told_right, tally.lost) == (1, 1)


def test_a_page_that_mixes_texts_is_allowed_once_and_tells_of_none() -> None:
    assert judge(WORLD, seen(BRIDGE) + BOB, {}).lost == 1
    assert judge(WORLD, seen(NEWS, BRIDGE) + BOB, {}).repeated == 0
    assert judge(WORLD, seen(NEWS, BRIDGE, BRIDGE) + BOB, {}).repeated == 1


@pytest.mark.parametrize("second", [NEWS, COPY, LINK])
def test_the_news_on_another_page_is_the_news_again(second: str) -> None:
    assert judge(WORLD, seen(NEWS, second) + BOB, {}).repeated == 1


def test_a_hostile_text_that_matches_is_allowed_once() -> None:
    assert judge(WORLD, seen(NEWS, DULL) + BOB, {}).repeated == 0
    assert judge(WORLD, seen(NEWS, DULL, DULL) + BOB, {}).repeated == 1


@pytest.mark.parametrize("url", [BACKLOG, "http://elsewhere.example/"])
def test_backlog_and_what_nobody_published_are_forbidden(url: str) -> None:
    assert judge(WORLD, seen(NEWS, url) + BOB, {}).forbidden == 1


@pytest.mark.parametrize(("original", "wrong"), [(NEWS, 0), (COPY, 1), (LINK, 1), (None, 1)])
def test_the_original_is_the_owners(original: str | None, wrong: int) -> None:
    tally = judge(WORLD, seen(NEWS) + BOB, {"news": original})
    assert (tally.owned, tally.wrong_original) == (1, wrong)
