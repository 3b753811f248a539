"""How often and at which hours a source publishes, as learned from what its polls brought."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.recrawl.rhythm import (
    FLAT,
    RatePrior,
    Rhythm,
    as_hours,
    as_moment,
    as_numbers,
    as_of_last,
    as_stored,
    burst_ratio,
    expected_rates,
    from_numbers,
    from_stored,
    mean_rate,
    observe,
    rate_shape,
    usual_shape,
)
from tests.scheduler.recrawl.records import NOON

BEGIN = 24.0 * 20_000  # a midnight
PRIOR = RatePrior(1 / 6, 6.0)
DAY = 24


def watched(days: int, hours_of_day: tuple[float, ...], begin: float = BEGIN) -> Rhythm:
    """Poll every hour a source that publishes at these hours of each day."""
    rhythm = Rhythm(at=begin)
    for hour in range(days * DAY):
        start = begin + hour
        new = [start // DAY * DAY + at for at in hours_of_day]
        here = [at for at in new if start < at <= start + 1]
        rhythm = observe(rhythm, PRIOR, FLAT, dated=here, now=start + 1)
    return rhythm


def test_a_new_source_is_taken_for_what_is_usual() -> None:
    assert mean_rate(Rhythm(at=BEGIN), PRIOR) == pytest.approx(1 / 6)
    assert rate_shape(Rhythm(at=BEGIN), FLAT).hours == pytest.approx([1.0] * DAY)
    assert burst_ratio(Rhythm(at=BEGIN)) == 1.0


def test_a_steady_source_is_known_by_its_level() -> None:
    rhythm = watched(20, tuple(hour + 0.5 for hour in range(DAY)))
    assert mean_rate(rhythm, PRIOR) == pytest.approx(1.0, rel=0.05)
    assert burst_ratio(rhythm) == pytest.approx(1.0, abs=0.1)


def test_a_source_that_sleeps_at_night_is_known_by_its_hours() -> None:
    hours = rate_shape(watched(20, (9.5, 10.5, 11.5, 12.5)), FLAT).hours
    assert hours[11] > 3
    assert hours[0] < 0.3
    assert sum(hours) == pytest.approx(DAY)


def test_a_quiet_night_is_no_sign_of_a_falling_level() -> None:
    rhythm = watched(20, tuple(8.5 + hour for hour in range(12)))
    evening = observe(rhythm, PRIOR, FLAT, dated=(), now=rhythm.at + 8)
    assert mean_rate(evening, PRIOR) == pytest.approx(mean_rate(rhythm, PRIOR), rel=0.03)


def test_a_burst_is_expected_to_last_a_while_and_to_pass() -> None:
    rhythm = watched(10, (12.5,))
    burst = [rhythm.at + number / 30 for number in range(1, 15)]
    stirred = observe(rhythm, PRIOR, FLAT, dated=burst, now=rhythm.at + 0.5)
    soon, *_, late = expected_rates(stirred, PRIOR, FLAT, stirred.at, 12)
    usually, *_ = expected_rates(rhythm, PRIOR, FLAT, stirred.at, 12)
    assert soon.rate > 2 * usually.rate
    assert late.rate < soon.rate


moments = st.lists(st.floats(0.01, 0.99), max_size=5)


@given(moments, moments, st.floats(0.1, 40), st.floats(0.1, 40))
def test_two_polls_count_as_one_over_both_times(
    one: list[float], other: list[float], first: float, second: float
) -> None:
    middle, end = BEGIN + first, BEGIN + first + second
    early = [BEGIN + share * first for share in one]
    late = [middle + share * second for share in other]
    step = observe(Rhythm(at=BEGIN), PRIOR, FLAT, dated=early, now=middle)
    twice = observe(step, PRIOR, FLAT, dated=late, now=end)
    once = observe(Rhythm(at=BEGIN), PRIOR, FLAT, dated=early + late, now=end)
    for name in ("articles", "lately", "last_new", "at"):
        assert getattr(twice, name) == pytest.approx(getattr(once, name)), name
    for name in ("by_hour", "by_day", "minutes"):
        assert getattr(twice, name) == pytest.approx(getattr(once, name)), name


@given(moments, st.floats(0.1, 60), st.integers(0, 500))
def test_what_is_counted_is_never_negative_and_every_rate_positive(
    shares: list[float], hours: float, undated: int
) -> None:
    dated = [BEGIN + share * hours for share in shares]
    now = BEGIN + hours
    rhythm = observe(Rhythm(at=BEGIN), PRIOR, FLAT, dated=dated, undated=undated, now=now)
    assert all(count >= 0 for count in rhythm.by_hour + rhythm.by_day + rhythm.minutes)
    assert all(span.rate > 0 for span in expected_rates(rhythm, PRIOR, FLAT, now, 30))


@given(st.integers(-12, 14))
def test_a_time_zone_only_shifts_the_shape(zone: int) -> None:
    here, there = watched(9, (9.5, 17.5)), watched(9, (9.5, 17.5), begin=BEGIN + zone * 1.0)
    # The same source, a zone further: the same polls and articles, all so many hours later.
    late = [span.rate for span in expected_rates(there, PRIOR, FLAT, there.at, 24)]
    assert len(late) == len([*expected_rates(here, PRIOR, FLAT, here.at, 24)]) == 24


def test_articles_without_dates_are_spread_over_the_time_in_which_they_came() -> None:
    rhythm = observe(Rhythm(at=BEGIN), PRIOR, FLAT, dated=(), undated=24, now=BEGIN + 24)
    assert rhythm.by_hour == pytest.approx([1.0] * DAY, rel=0.05)


def test_dates_outside_the_time_that_was_watched_are_moved_into_it() -> None:
    wild = [BEGIN - 1000, BEGIN + 1000]
    rhythm = observe(Rhythm(at=BEGIN), PRIOR, FLAT, dated=wild, now=BEGIN + 2)
    assert rhythm.last_new == BEGIN + 2
    assert sum(rhythm.by_hour) == pytest.approx(2.0, rel=0.01)


def test_a_poll_in_the_same_instant_changes_nothing() -> None:
    rhythm = watched(2, (9.5,))
    assert observe(rhythm, PRIOR, FLAT, dated=(), now=rhythm.at) == rhythm


def test_a_rhythm_is_kept_and_read_again() -> None:
    rhythm = watched(3, (9.5, 12.25))
    kept = as_stored(rhythm)
    read = from_stored(kept)
    assert read is not None
    assert as_stored(read) == kept
    for name, value in asdict(read).items():
        assert value == pytest.approx(getattr(rhythm, name), abs=1e-4), name


def test_a_rhythm_of_another_form_is_learned_anew() -> None:
    assert from_stored(None) is None
    assert from_stored({"at": 1.0, "pace": 3}) is None
    assert from_stored({"articles": 1.0}) is None


def test_all_sources_together_teach_what_is_usual() -> None:
    usual = usual_shape([watched(10, (9.5, 10.5, 11.5)) for _ in range(5)])
    new = rate_shape(Rhythm(at=BEGIN), usual).hours
    assert new[10] > 2
    assert new[0] < 0.8
    assert from_numbers(as_numbers(usual)) == usual
    assert from_numbers({}) == FLAT


def test_the_level_before_a_silence_is_remembered() -> None:
    rhythm = watched(20, tuple(hour + 0.5 for hour in range(DAY)))
    silent = observe(rhythm, PRIOR, FLAT, dated=(), now=rhythm.at + 90 * DAY)
    assert mean_rate(silent, PRIOR) < 0.1 * mean_rate(rhythm, PRIOR)
    assert mean_rate(as_of_last(silent), PRIOR) == pytest.approx(mean_rate(rhythm, PRIOR), rel=0.01)


def test_moments_are_hours_and_hours_moments() -> None:
    assert as_moment(as_hours(NOON)) == NOON
    assert as_hours(NOON) % DAY == 12


@pytest.mark.parametrize("back", [1.0, 24.0, 24.0 * 365 * 50])
def test_a_clock_that_was_set_back_leaves_a_rhythm_that_goes_on(back: float) -> None:
    """T01: learned in what is the future now."""
    rhythm = watched(10, (9.5, 10.5, 11.5))
    now = rhythm.at - back
    assert sum(span.hours for span in expected_rates(rhythm, PRIOR, FLAT, now, 5)) == pytest.approx(
        5
    )
    again = observe(rhythm, PRIOR, FLAT, dated=(now - 1,), now=now)
    assert again.at == now
    later = observe(again, PRIOR, FLAT, dated=(now + 2,), now=now + 3)
    assert later.at == now + 3
    assert 0 < mean_rate(later, PRIOR) < 100
