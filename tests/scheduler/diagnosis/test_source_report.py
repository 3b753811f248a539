"""All of one source in sentences."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from scheduler.diagnosis.source_report import bars, source_lines
from scheduler.recrawl.rhythm import FLAT, as_stored, observe
from storage.crawl.subscriptions import Subscription, SubscriptionState, without_secrets
from storage.models.fetches import Fetch
from storage.models.problems import Problem
from storage.models.sources import Source
from tests.scheduler.recrawl.records import NOON, a_source
from tests.scheduler.recrawl.test_rhythm import PRIOR, watched


def told(source: Source, *visits: Fetch) -> str:
    return "\n".join(source_lines(source, visits))


def test_a_new_source_has_no_rhythm_yet() -> None:
    said = told(
        replace(a_source(), schedule=replace(a_source().schedule, next_reason="newly added"))
    )
    assert "active, a feed, added 2026-06-01" in said
    assert "last read at an unknown time" in said
    assert ": newly added" in said
    assert "rhythm: not known before the first listing" in said


def test_a_rhythm_is_shown_by_hour_and_by_day() -> None:
    source = replace(
        a_source(),
        schedule=replace(a_source().schedule, rhythm=as_stored(watched(21, (9.5, 10.5, 11.5)))),
    )
    said = told(source)
    assert "rhythm: about 3 articles a day" in said
    [by_hour] = [each for each in said.splitlines() if each.startswith("by hour")]
    drawn = by_hour.split()[2]
    assert len(drawn) == 24
    assert (drawn[0], drawn[10]) == ("▁", "█")
    assert "by day: Mon " in said


def test_what_it_may_have_missed_and_what_topics_want_of_it_is_shown() -> None:
    source = replace(
        a_source(),
        listing=replace(a_source().listing, overlap=0.5, missed=3),
        schedule=replace(a_source().schedule, weight=2.0),
    )
    source = replace(
        source, schedule=replace(source.schedule, rhythm=as_stored(watched(2, (9.5,))))
    )
    said = told(source)
    assert "overlap: 50% of its last listing was known" in said
    assert "may have missed 3 articles" in said
    assert "weight: 2, by the share of its articles that topics matched" in said


def test_a_failing_source_names_its_problem_and_its_fetches() -> None:
    source = replace(a_source(4), health=replace(a_source(4).health, problem=Problem.TIMEOUT))
    visit = Fetch(source.url, "h.example", 1, None, NOON, 9.0, None, 0, "timeout")
    said = told(source, visit)
    assert "fails: timeout, 4 in a row" in said
    assert "timeout, 0 bytes, https://h.example/feed" in said


def test_an_odd_silence_is_told() -> None:
    rhythm = watched(21, tuple(hour + 0.5 for hour in range(24)))
    rhythm = observe(
        rhythm, PRIOR, FLAT, dated=(), now=rhythm.at + timedelta(days=3) / timedelta(hours=1)
    )
    assert "quiet for 3 days" in told(
        replace(a_source(), schedule=replace(a_source().schedule, rhythm=as_stored(rhythm)))
    )


def test_how_its_hub_stands_is_told_without_what_would_let_others_push() -> None:
    held = Subscription(
        id=1,
        source_id=1,
        hub_url="https://hub.example/",
        topic_url="https://h.example/feed",
        token="token",
        secret="secret",
        state=SubscriptionState.DISTRUSTED,
        asked_at=NOON,
        lease_until=NOON,
        next_at=NOON,
        last_push_at=NOON,
        pushes=7,
        failures=0,
        error="3 of the last 5 items were found by polling first",
    )
    [said] = [each for each in source_lines(a_source(), [], held, 2) if each.startswith("push")]
    assert said.startswith("push: distrusted until 2026-")
    assert " by https://hub.example/, 7 pushes, the last 2026-" in said
    assert "2 ignored (too large, or not signed as agreed)" in said
    assert said.endswith("3 of the last 5 items were found by polling first")
    assert not {"token", "secret"} & without_secrets(held).keys()


def test_numbers_are_drawn_as_bars() -> None:
    assert bars([0, 1, 2]) == "▁▅█"
    assert bars([0.0, 0.0]) == "▁▁"
    assert bars([]) == ""
