"""Routing as operators write it: what is read, and what is answered when it can't be."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from scheduler.wording.routing_text import (
    Quiet,
    RoutingChange,
    read_mode,
    read_quiet,
    read_until,
    read_zone,
    routing_words,
)
from storage.errors import InputError
from storage.models.recipients import Routing, WatchMode

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_modes_zones_and_hours_are_read_as_they_are_written() -> None:
    assert read_mode("first-of-day") is WatchMode.FIRST_OF_DAY
    assert read_zone("Europe/Berlin") == "Europe/Berlin"
    assert read_quiet("22:00-07:00") == Quiet(time(22), time(7))
    assert read_quiet("22:00 \u2013 07:00") == Quiet(time(22), time(7))
    assert read_quiet("none") == Quiet()


@pytest.mark.parametrize("quiet", [Quiet(), Quiet(time(22), time(7)), Quiet(time(0), time(23, 59))])
def test_quiet_hours_read_back_as_they_are_printed(quiet: Quiet) -> None:
    assert read_quiet(str(quiet)) == quiet


@pytest.mark.parametrize(
    ("text", "meant"),
    [("spyke", "'spike'"), ("Every", "'every'"), ("first of day", "'first-of-day'")],
)
def test_the_nearest_mode_is_named(text: str, meant: str) -> None:
    with pytest.raises(InputError, match=f"did you mean {meant}"):
        read_mode(text)


def test_all_modes_are_named_when_none_is_near() -> None:
    with pytest.raises(InputError, match="known: every, first-of-day, spike"):
        read_mode("zzz")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("Europe/Brelin", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("utc", "UTC"),
    ],
)
def test_the_nearest_time_zone_is_named(text: str, meant: str) -> None:
    with pytest.raises(InputError, match=f"did you mean '.*{meant}'"):
        read_zone(text)


@pytest.mark.parametrize("text", ["", "../../etc/passwd", "localtime", "/UTC", "!"])
def test_what_is_no_time_zone_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="is no time zone"):
        read_zone(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("22-7", "22:00-07:00"),
        ("10pm-7am", "22:00-07:00"),
        ("12am-6:30am", "00:00-06:30"),
        ("24:00-07:00", "00:00-07:00"),
        ("22:75-7:00", "22:59-07:00"),
        ("22.30-7", "22:30-07:00"),
    ],
)
def test_the_nearest_quiet_hours_are_named(text: str, meant: str) -> None:
    with pytest.raises(InputError, match=f"did you mean {meant}"):
        read_quiet(text)


@pytest.mark.parametrize("text", ["", "22:00", "night", "a-b", "22:00-07:00-09:00"])
def test_hours_that_mean_nothing_are_refused_with_an_example(text: str) -> None:
    with pytest.raises(InputError, match="write them as 22:00-07:00, or none"):
        read_quiet(text)


def test_quiet_hours_of_a_whole_day_are_refused() -> None:
    with pytest.raises(InputError, match="the whole day"):
        read_quiet("07:00-07:00")


def test_a_change_leaves_what_it_does_not_speak_of() -> None:
    routing = Routing(
        WatchMode.SPIKE, time_zone="Asia/Tokyo", quiet_from=time(1), quiet_until=time(2), muted=True
    )
    changed = RoutingChange(mode=WatchMode.EVERY, quiet=Quiet()).applied(routing)
    assert changed == Routing(time_zone="Asia/Tokyo", muted=True)


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("90m", datetime(2026, 6, 1, 13, 30, tzinfo=UTC)),
        ("8h", datetime(2026, 6, 1, 20, tzinfo=UTC)),
        ("3d", datetime(2026, 6, 4, 12, tzinfo=UTC)),
        ("2w", datetime(2026, 6, 15, 12, tzinfo=UTC)),
        ("until 2026-12-24T08:00+02:00", datetime(2026, 12, 24, 6, tzinfo=UTC)),
        ("2026-12-24 08:00z", datetime(2026, 12, 24, 8, tzinfo=UTC)),
    ],
)
def test_how_long_to_snooze_is_a_length_or_a_time(text: str, until: datetime) -> None:
    assert read_until(text, NOON) == until


def test_a_time_without_a_zone_is_local_to_who_types_it() -> None:
    local = datetime(2026, 12, 24, 8).astimezone()
    assert read_until("until 2026-12-24T08:00", NOON) == local


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("soon", "can't be read"),
        ("3x", "can't be read"),
        ("0d", "has passed"),
        ("2026-05-31", "has passed"),
        ("0001-01-01", "can't be read|has passed"),
        ("9999-12-31", "ten years|can't be read"),
        ("99999w", "ten years"),
    ],
)
def test_a_snooze_that_makes_no_sense_is_refused(text: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        read_until(text, NOON)


def test_routing_is_said_in_words_and_in_the_recipients_own_time() -> None:
    routing = Routing(
        WatchMode.FIRST_OF_DAY,
        updates=True,
        time_zone="Europe/Berlin",
        quiet_from=time(22),
        quiet_until=time(7),
        snoozed_until=datetime(2026, 6, 2, 6, tzinfo=UTC),
    )
    assert routing_words(routing, NOON) == (
        "the first story of a day; updates too; quiet 22:00-07:00; time zone Europe/Berlin; "
        "snoozed until 2026-06-02 08:00 CEST"
    )
    assert routing_words(Routing(muted=True, snoozed_until=NOON), NOON) == "every story; muted"
