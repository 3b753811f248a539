"""A quiet source is told from a dead one by its own rhythm."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scheduler.recrawl.rhythm import FLAT, RatePrior, as_stored, observe
from scheduler.recrawl.silence import Silence, silence, silence_of
from scheduler.recrawl.source_history import SourceHistory
from storage.models.sources import SourceState
from tests.scheduler.recrawl.records import a_source
from tests.scheduler.recrawl.test_rhythm import watched

PRIOR = RatePrior(1 / 6, 6.0)
ALL_DAY = tuple(hour + 0.5 for hour in range(24))


def after(hours: float, hours_of_day: tuple[float, ...] = ALL_DAY) -> Silence:
    """Watch a source for three weeks, and then so many hours without an article."""
    rhythm = watched(21, hours_of_day)
    now = rhythm.at + hours
    rhythm = observe(rhythm, PRIOR, FLAT, dated=(), now=now)
    return silence(SourceHistory(rhythm, PRIOR), rhythm.last_new, now)


def test_a_busy_source_that_says_nothing_for_three_days_is_odd() -> None:
    found = after(72)
    assert found.is_odd
    assert found.articles == pytest.approx(72, rel=0.15)
    assert found.says == f"quiet for 3 days; {found.articles:.0f} articles were expected"


def test_a_source_of_two_articles_a_week_may_be_quiet_as_long() -> None:
    rhythm = watched(1, (9.5,))
    rhythm = observe(rhythm, PRIOR, FLAT, dated=[rhythm.at + 80], now=rhythm.at + 100)
    rhythm = observe(rhythm, PRIOR, FLAT, dated=(), now=rhythm.at + 72)
    assert not silence(SourceHistory(rhythm, PRIOR), rhythm.last_new, rhythm.at).is_odd


def test_a_night_is_not_odd_for_one_that_sleeps() -> None:
    assert not after(9, tuple(8.2 + hour / 2 for hour in range(24))).is_odd


def test_a_longer_silence_is_never_likelier() -> None:
    likely = [after(hours).likely for hours in (0, 1, 5, 10, 40, 90 * 24)]
    assert likely == sorted(likely, reverse=True)


def test_time_in_which_a_source_could_not_be_read_does_not_count() -> None:
    rhythm = watched(21, ALL_DAY)
    later = silence(SourceHistory(rhythm, PRIOR), rhythm.last_new, rhythm.at + 500)
    assert not later.is_odd


def test_a_source_is_judged_by_what_is_kept_of_it() -> None:
    rhythm = watched(21, ALL_DAY)
    rhythm = observe(rhythm, PRIOR, FLAT, dated=(), now=rhythm.at + 72)
    source = replace(a_source(), schedule=replace(a_source().schedule, rhythm=as_stored(rhythm)))
    found = silence_of(source)
    assert found is not None
    assert found.is_odd
    assert silence_of(replace(source, state=SourceState.PAUSED)) is None
    assert silence_of(a_source()) is None
