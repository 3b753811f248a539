"""When a source is visited next, and the sentences that operators read."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.visits.records import NextVisit
from scheduler.recrawl.plan import (
    VisitTerms,
    moved_after_peak,
    peak_minute,
    plan_source,
    source_peak_minute,
    visit_worth,
)
from scheduler.recrawl.rhythm import (
    FLAT,
    RatePrior,
    RateSpan,
    Rhythm,
    as_hours,
    as_stored,
    mean_rate,
)
from scheduler.recrawl.source_history import SourceHistory, history_after, history_of, prior_of
from storage.models.listings import ListedItem, Listing
from storage.models.sources import SourceKind
from tests.scheduler.recrawl.records import NOON, SETTINGS, a_source

RATES = st.floats(0.0001, 500)
PRICES = st.floats(0.5, 2000)
LONG = [RateSpan(1.0, 1.0)] * 24


def known(rate: float, window: int = 0) -> SourceHistory:
    """Know a source for so long that its level is certain, and the same at all hours."""
    rhythm = Rhythm(at=as_hours(NOON), articles=rate * 1e4, hours=1e4, window=window)
    return SourceHistory(rhythm, RatePrior(1 / 6, 0.001))


def planned(rate: float, price: float = 5.0, window: int = 0, **terms: object) -> NextVisit:
    return plan_source(
        known(rate, window),
        VisitTerms(price=price, **terms),  # type: ignore[arg-type]
        now=NOON,
        settings=SETTINGS,
    )


def gap(rate: float, price: float = 5.0, window: int = 0, **terms: object) -> timedelta:
    return planned(rate, price, window, **terms).at - NOON


@given(RATES, PRICES, st.integers(0, 100))
def test_a_poll_is_never_sooner_or_later_than_allowed(
    rate: float, price: float, window: int
) -> None:
    assert timedelta(minutes=5) <= gap(rate, price, window) <= timedelta(hours=24)


@given(RATES, RATES, PRICES)
def test_a_busier_source_is_never_polled_less(one: float, other: float, price: float) -> None:
    assert gap(max(one, other), price) <= gap(min(one, other), price)


@given(RATES, PRICES, PRICES)
def test_a_higher_price_never_means_more_polls(rate: float, one: float, other: float) -> None:
    assert gap(rate, max(one, other)) >= gap(rate, min(one, other))


@given(RATES, st.floats(0.25, 4), st.floats(0.25, 4))
def test_a_weightier_source_is_never_polled_less(rate: float, one: float, other: float) -> None:
    assert gap(rate, 20 / max(one, other)) <= gap(rate, 20 / min(one, other))


def test_four_times_the_articles_are_worth_about_twice_the_polls() -> None:
    assert gap(0.5) / gap(2.0) == pytest.approx(1.79, abs=0.01), "slow sources a little more"


def test_the_reason_names_the_rate_and_the_price() -> None:
    reason = planned(0.5, price=18).reason
    assert reason == "about 12 articles a day; worth a request when 15.9 article-minutes wait"
    assert planned(0.01, price=1).reason.startswith("about 1.7 articles a week; worth")


def test_the_longest_and_the_least_gap_say_so() -> None:
    assert planned(1e-4, price=50).reason.endswith("; the longest gap allowed")
    assert planned(500).reason.endswith("; the least gap allowed")


@pytest.mark.parametrize(("asked", "hours"), [(180, 3), (60 * 24 * 7, 24)])
def test_a_publisher_who_asks_for_patience_gets_it_up_to_a_day(asked: int, hours: int) -> None:
    plan = planned(10, asked_minutes=asked)
    assert plan.at == NOON + timedelta(hours=hours)
    assert "its publisher asks for" in plan.reason


def test_a_publisher_who_asks_for_less_than_we_wait_changes_nothing() -> None:
    assert planned(0.5, asked_minutes=5) == planned(0.5)


def test_after_a_poll_without_overlap_the_next_gap_halves_at_least() -> None:
    plan = planned(0.2, price=100, uncovered=timedelta(hours=2))
    assert plan.at == NOON + timedelta(hours=1)
    assert "nothing in its listing was known" in plan.reason
    assert gap(50, uncovered=timedelta(hours=2)) == gap(50)


def test_a_listing_that_would_run_over_is_polled_before() -> None:
    plan = planned(20, price=500, window=20)
    half = (plan.at - NOON) / timedelta(minutes=30)
    assert half == pytest.approx(1.0, abs=0.001), "when half of it is new"
    assert "before its listing runs over" in plan.reason


def test_a_source_that_is_pushed_to_us_is_only_polled_for_safety() -> None:
    plan = planned(20, pushed=True)
    assert plan.at == NOON + timedelta(hours=24)
    assert "for safety" in plan.reason


@given(st.lists(st.tuples(st.floats(0.01, 1), st.floats(0, 50)), max_size=30), PRICES)
def test_what_waits_when_a_visit_is_worth_it_is_its_price(
    spans: list[tuple[float, float]], price: float
) -> None:
    found = visit_worth([RateSpan(*span) for span in spans], price / 60)
    assert found.hours <= sum(hours for hours, _ in spans) + 1e-9
    assert found.waited <= price / 60 * (1 + 1e-9)
    if found.hours < sum(hours for hours, _ in spans) - 1e-6:
        assert found.waited == pytest.approx(price / 60)


def test_a_constant_rate_is_worth_a_visit_after_the_root_of_twice_the_price() -> None:
    found = visit_worth(LONG, 8.0)
    assert found.hours == pytest.approx(4.0)
    assert found.articles == pytest.approx(4.0)


def test_only_what_comes_more_than_by_chance_is_a_beat() -> None:
    assert peak_minute([10.0] * 15) is None
    assert peak_minute([0.0] * 15) is None
    assert peak_minute([40.0, 30.0] + [5.0] * 13) == 2, "just after the minute in which it ends"
    assert peak_minute([30.0] + [5.0] * 13 + [40.0]) == 1, "also across the quarter-hour"


def test_the_beat_of_all_stands_in_while_the_own_is_not_known() -> None:
    of_all = [400.0, 300.0] + [50.0] * 13
    assert source_peak_minute([0.0] * 15, of_all) == 2
    assert source_peak_minute([30.0] * 15, of_all) is None, "it was watched, and has none"


@given(st.floats(4e5, 5e5), st.floats(0.01, 24), st.integers(0, 14))
def test_a_moment_moves_to_a_beat_or_stays(at: float, hours: float, beat: int) -> None:
    moved = moved_after_peak(at, hours, beat)
    assert abs(moved - at) <= hours / 2
    assert (
        moved == at
        or (moved * 60 - beat) % 15 == pytest.approx(0, abs=1e-3)
        or ((moved * 60 - beat) % 15) == pytest.approx(15, abs=1e-3)
    )


def listing(*hours_ago: float, undated: int = 0) -> Listing:
    dated = [
        ListedItem(f"https://h.example/{ago}", published=NOON - timedelta(hours=ago))
        for ago in hours_ago
    ]
    bare = [ListedItem(f"https://h.example/u{number}") for number in range(undated)]
    return Listing("H", None, (*dated, *bare))


def test_the_dates_of_the_first_listing_tell_the_rate() -> None:
    hourly = listing(*(hour + 0.5 for hour in range(48)))
    source = a_source()
    first = history_after(source, hourly, new=48, covered=True, usual=FLAT, now=NOON)
    assert mean_rate(first.rhythm, first.prior) == pytest.approx(1.0, abs=0.15)
    assert first.rhythm.window == 48


def test_a_first_listing_without_dates_tells_nothing_of_the_rate() -> None:
    first = history_after(
        a_source(), listing(undated=30), new=30, covered=True, usual=FLAT, now=NOON
    )
    assert mean_rate(first.rhythm, first.prior) == pytest.approx(4 / 24)


def test_dates_without_an_hour_tell_the_rate_and_not_the_hour() -> None:
    midnights = listing(*(12.0 + 24 * day for day in range(10) for _ in range(8)))
    first = history_after(a_source(), midnights, new=80, covered=True, usual=FLAT, now=NOON)
    assert mean_rate(first.rhythm, first.prior) * 24 == pytest.approx(8, rel=0.2)
    assert max(first.rhythm.by_hour) < 1.3 * min(first.rhythm.by_hour)


def test_of_a_listing_that_does_not_reach_back_only_its_own_time_counts() -> None:
    kept = Rhythm(at=as_hours(NOON) - 10)
    source = replace(a_source(), schedule=replace(a_source().schedule, rhythm=as_stored(kept)))
    full = listing(*(share / 10 for share in range(1, 11)))
    gapped = history_after(source, full, new=10, covered=False, usual=FLAT, now=NOON)
    whole = history_after(source, full, new=10, covered=True, usual=FLAT, now=NOON)
    assert mean_rate(gapped.rhythm, gapped.prior) > 2 * mean_rate(whole.rhythm, whole.prior)


def test_a_listing_that_did_not_change_is_time_without_articles() -> None:
    source = replace(
        a_source(),
        schedule=replace(
            a_source().schedule, rhythm=as_stored(Rhythm(at=as_hours(NOON) - 10, window=7))
        ),
    )
    after = history_after(source, None, new=0, covered=True, usual=FLAT, now=NOON)
    assert mean_rate(after.rhythm, after.prior) < 4 / 24
    assert after.rhythm.window == 7


def test_what_a_listing_asks_for_holds_until_the_next_that_says_otherwise() -> None:
    patient = replace(listing(1.0), ttl_minutes=180)
    first = history_after(a_source(), patient, new=1, covered=True, usual=FLAT, now=NOON)
    source = replace(
        a_source(), schedule=replace(a_source().schedule, rhythm=as_stored(first.rhythm))
    )
    later = NOON + timedelta(hours=3)
    same = history_after(source, None, new=0, covered=True, usual=FLAT, now=later)
    assert same.rhythm.asked == 180
    other = history_after(source, listing(1.0), new=1, covered=True, usual=FLAT, now=later)
    assert other.rhythm.asked == 0


def test_a_source_without_a_rhythm_is_not_known() -> None:
    assert history_of(a_source()) is None


def test_what_a_source_is_and_says_of_itself_makes_its_prior() -> None:
    feed, sitemap = prior_of(SourceKind.FEED, None), prior_of(SourceKind.SITEMAP, None)
    assert feed.rate < sitemap.rate
    assert feed.rate < prior_of(SourceKind.FEED, 60).rate < 1.0, "half-way to what it claims"


def closed_by(*, hours: tuple[int, ...] = (), days: tuple[int, ...] = ()) -> SourceHistory:
    """Know a source whose listing says when it wants no polls."""
    item = ListedItem("https://a.example/1", None, "One", NOON - timedelta(minutes=7), None)
    listing = Listing("", None, (item,), skip_hours=hours, skip_days=days)
    source = a_source()
    return history_after(source, listing, new=1, covered=True, usual=FLAT, now=NOON)


def opened(source: SourceHistory) -> datetime:
    return plan_source(source, VisitTerms(price=0.001), now=NOON, settings=SETTINGS).at


def test_a_publisher_s_closed_hours_are_kept() -> None:
    assert opened(closed_by()) < NOON + timedelta(hours=1)
    plan = plan_source(
        closed_by(hours=(12, 13, 14)), VisitTerms(price=0.001), now=NOON, settings=SETTINGS
    )
    assert plan.at == NOON.replace(hour=15)
    assert "its publisher wants no polls before" in plan.reason


def test_a_publisher_s_closed_days_are_kept() -> None:
    weekday = NOON.weekday()
    days = (weekday, (weekday + 1) % 7)
    assert opened(closed_by(days=days)) == NOON.replace(hour=0) + timedelta(days=2)


def test_one_that_wants_no_polls_at_all_is_not_obeyed() -> None:
    assert opened(closed_by(hours=tuple(range(24)))) < NOON + timedelta(hours=1)


def test_what_was_kept_of_a_source_before_it_said_so_is_still_read() -> None:
    kept = as_stored(known(1.0).rhythm)
    del kept["closed"]
    assert (
        history_of(replace(a_source(), schedule=replace(a_source().schedule, rhythm=kept)))
        is not None
    )
