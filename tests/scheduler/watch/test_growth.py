"""A told story that is copied widely, or whose original is found, is followed up once."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.watch.growth import GROWN, Member, news
from storage.models.recipients import Routing
from tests.crawler.news import STORY
from tests.crawler.world import World
from tests.scheduler.alerts.drafts import NOON, a_story, an_alert, article
from tests.scheduler.watch.test_updates import UPDATES, a_topic, deliveries, publish, told, world

__all__ = ["world"]  # the fixture
TOLD = replace(an_alert(), created_at=NOON, original="1/1")
ORIGINAL = article(1)


def members(*hosts: str, minutes: int = 10) -> list[Member]:
    own = Member(1, ORIGINAL.host, NOON - timedelta(minutes=1))
    later = NOON + timedelta(minutes=minutes)
    return [own, *(Member(n, host, later) for n, host in enumerate(hosts, start=2))]


def test_so_many_independent_publishers_are_news_once() -> None:
    hosts = [f"site{n}.example" for n in range(GROWN)]
    [(change, says)] = news([TOLD], a_story(), ORIGINAL, members(*hosts))
    assert change == "grew/12"
    assert says.startswith(f"{GROWN} independent publishers have copied it by now: site0.example,")
    again = replace(TOLD, change="grew/9")
    assert list(news([TOLD, again], a_story(), ORIGINAL, members(*hosts))) == []


def test_pages_of_one_publisher_are_one() -> None:
    hosts = [f"www{n}.farm.example" for n in range(20)]
    assert list(news([TOLD], a_story(), ORIGINAL, members(*hosts))) == []


def test_what_was_copied_so_widely_when_it_was_told_is_no_news() -> None:
    hosts = [f"site{n}.example" for n in range(GROWN)]
    assert list(news([TOLD], a_story(), ORIGINAL, members(*hosts, minutes=-5))) == []


def test_another_original_is_news_when_it_is_sure() -> None:
    new = article(2, "North Coast Wire")
    known = [*members("north-coast-wire.example")]
    [(change, says)] = news([TOLD], a_story(root_article_id=2), new, known)
    assert change == "original/2"
    assert says == (
        "The original was found: north-coast-wire.example wrote it first, not harbor-herald.example."
    )
    assert list(news([TOLD], a_story(root_article_id=2, confidence=0.5), new, known)) == []


async def test_a_story_that_grows_is_told_again_once_to_who_wants_updates(world: World) -> None:
    a_topic(world, UPDATES, Routing())
    await publish(world)
    for number in range(GROWN + 2):
        await publish(world, f"copy{number}.example")
    first, grown = told(world)
    assert (first.change, grown.change) == ("", f"grew/{first.story_id}")
    sent = [each for each in deliveries(world) if each.alert_id == grown.id]
    assert [each.address for each in sent] == ["https://hooks.example/0"]
    body = json.loads(sent[0].payload)
    assert body["type"] == "story.updated"
    assert body["data"]["changes"][0].startswith(f"{GROWN} independent publishers")
    assert STORY[:20] in body["data"]["passage"]["text"]


SHARED = ["substack.com", "wordpress.com", "blogspot.com", "github.io", "kyoto.jp", "co.uk"]


@pytest.mark.parametrize("suffix", SHARED)
def test_each_name_under_a_shared_suffix_is_a_publisher(suffix: str) -> None:
    hosts = [f"letter{n}.{suffix}" for n in range(GROWN)]
    [(change, _)] = news([TOLD], a_story(), ORIGINAL, members(*hosts))
    assert change == "grew/12"


@pytest.mark.parametrize("domain", ["town.kyoto.jp", "harbour.co.uk", "alice.github.io"])
def test_hosts_of_one_domain_are_one_publisher(domain: str) -> None:
    hosts = [f"letter{n}.{domain}" for n in range(GROWN)]
    assert list(news([TOLD], a_story(), ORIGINAL, members(*hosts))) == []


async def test_five_letters_of_one_service_are_five_publishers(world: World) -> None:
    a_topic(world, UPDATES)
    await publish(world)
    for number in range(GROWN):
        await publish(world, f"letter{number}.substack.com")
    [first, grown] = told(world)
    assert grown.change == f"grew/{first.story_id}"
    body = json.loads(deliveries(world)[-1].payload)
    assert body["data"]["changes"][0].startswith(f"{GROWN} independent publishers")
    assert body["data"]["copies"]["independent"] == GROWN
