"""The recrawl policy as the crawl meets it: it learns from each visit, and counts what it plans."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from crawler.visits.records import SourceVisit
from scheduler.config.settings import RecrawlSettings
from scheduler.recrawl.planner import RecrawlPlanner
from storage.models.listings import ListedItem, Listing
from storage.models.problems import Problem
from storage.models.sources import Source
from tests.scheduler.recrawl.records import NOON, SETTINGS, a_page, a_source


def a_planner(**settings: float) -> RecrawlPlanner:
    return RecrawlPlanner(RecrawlSettings(**settings), random.Random(1))  # type: ignore[arg-type]


def listing(now: datetime, count: int, every: timedelta) -> Listing:
    items = [
        ListedItem(f"https://h.example/{number}", published=now - every * (number + 0.5))
        for number in range(count)
    ]
    return Listing("H", None, tuple(items))


def after(source: Source, plan: SourceVisit, now: datetime) -> Source:
    """Return a source as it is stored after a visit."""
    return replace(
        source,
        schedule=replace(source.schedule, rhythm=plan.rhythm, article_rate=plan.rate),
        health=replace(source.health, last_success_at=now),
    )


def test_what_a_visit_taught_is_known_at_the_next() -> None:
    planner, source, now = a_planner(), a_source(), NOON
    first = planner.after_listing(
        source, listing=listing(now, 20, timedelta(hours=1)), new=20, now=now
    )
    assert first.rate == pytest.approx(1.0, rel=0.3)
    source, now = after(source, first, now), now + timedelta(hours=6)
    quiet = planner.after_listing(source, listing=None, new=0, now=now)
    assert quiet.rate < first.rate
    assert quiet.at - now > first.at - NOON


def test_a_source_that_topics_want_is_visited_sooner() -> None:
    def gap(weight: float) -> timedelta:
        source = replace(a_source(), schedule=replace(a_source().schedule, weight=weight))
        return a_planner().after_listing(source, listing=None, new=0, now=NOON).at - NOON

    assert gap(4.0) < gap(1.0) < gap(0.25)


def test_a_poll_without_overlap_brings_the_next_one_sooner() -> None:
    source = replace(
        a_source(), health=replace(a_source().health, last_success_at=NOON - timedelta(minutes=20))
    )
    full = listing(NOON, 20, timedelta(minutes=30))
    told = a_planner().after_listing(source, listing=full, new=20, now=NOON, overlap=0.0)
    assert told.at - NOON <= timedelta(minutes=10)
    assert "nothing in its listing was known" in told.reason


def test_a_first_listing_of_which_nothing_is_known_is_no_gap() -> None:
    full = listing(NOON, 20, timedelta(hours=5))
    told = a_planner().after_listing(a_source(), listing=full, new=20, now=NOON, overlap=0.0)
    assert "known" not in told.reason


def test_a_host_whose_answer_stays_fresh_is_not_asked_before() -> None:
    source, fresh = a_source(), timedelta(hours=9)
    plan = a_planner().after_listing(source, listing=None, new=0, now=NOON, max_age=fresh)
    assert plan.at == NOON + fresh
    assert "its publisher asks for 9 hours between two polls" in plan.reason


def test_a_source_with_push_is_polled_once_a_day() -> None:
    planner = a_planner()
    planner.rely_on({1})
    plan = planner.after_listing(a_source(), listing=None, new=0, now=NOON)
    assert plan.at == NOON + timedelta(hours=24)


def test_more_requests_than_the_budget_make_all_visits_rarer() -> None:
    planner = a_planner(requests_per_hour=10)
    before = planner.after_listing(a_source(), listing=None, new=0, now=NOON)
    for _ in range(50):
        planner.after_failure(a_source(), problem=Problem.TIMEOUT, retry_after=None, now=NOON)
    planner.steer(1.0)
    after_wards = planner.after_listing(a_source(), listing=None, new=0, now=NOON)
    assert after_wards.at > before.at
    assert planner.state.price.value > SETTINGS.price_article_minutes


def test_second_looks_at_articles_come_out_of_the_same_budget() -> None:
    planner = a_planner(requests_per_hour=10)
    for _ in range(50):
        assert planner.revisit(a_page(), 1, now=NOON) is not None
    planner.steer(1.0)
    assert planner.state.price.value > SETTINGS.price_article_minutes


def test_sources_of_one_host_that_ask_more_than_its_gap_allows_pay_more() -> None:
    planner = RecrawlPlanner(SETTINGS, random.Random(1), host_seconds=60.0)
    for _ in range(90):  # an hour's: 30 are allowed
        planner.after_listing(a_source(), listing=None, new=0, now=NOON)
    planner.steer(1.0)
    elsewhere = replace(a_source(), url="https://other.example/feed")
    assert planner.price(a_source()) > planner.price(elsewhere)
    for _ in range(100):
        planner.steer(1.0)
    assert planner.price(a_source()) == pytest.approx(planner.price(elsewhere))


def test_a_failed_visit_keeps_what_was_learned() -> None:
    source = replace(
        a_source(), schedule=replace(a_source().schedule, rhythm={"kept": True}, article_rate=2.0)
    )
    plan = a_planner().after_failure(source, problem=Problem.TIMEOUT, retry_after=None, now=NOON)
    assert (plan.rhythm, plan.rate) == ({"kept": True}, 2.0)


def test_a_page_that_failed_says_why_it_is_tried_again() -> None:
    again = a_planner().retry(a_page(), problem=Problem.TIMEOUT, retry_after=None, now=NOON)
    assert again is not None
    assert again.reason == "timeout, try 1 of 5"
