"""A digest comes at its local time, once a day, whatever clocks do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.calendar.digest_schedule import next_after, read_digest
from storage.errors import InputError

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"}))
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
SCHEDULES = ["hourly", "daily 02:30", "daily 23:59", "weekly sun 02:30", "cron */20 * * * *"]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Hourly", "hourly"),
        ("daily 7:30", "daily 07:30"),
        ("daily at 07:30", "daily 07:30"),
        ("weekly on Monday at 7:05", "weekly mon 07:05"),
        ("cron 0 7-19 * * mon-fri", "cron 0 7-19 * * mon-fri"),
        ("none", ""),
    ],
)
def test_a_schedule_is_read_as_people_write_it(text: str, read: str) -> None:
    assert read_digest(text) == read
    assert not read or read_digest(read) == read


@pytest.mark.parametrize(
    "text", ["", "daily", "daily 25:00", "weekly foo 07:00", "cron 99 * * * *", "cron * *", "7:30"]
)
def test_what_is_none_is_refused_with_what_would_do(text: str) -> None:
    with pytest.raises(InputError):
        read_digest(text)


def at(day: int, month: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("schedule", "after", "due"),
    [
        ("daily 07:30", at(1, 6, 7, 29), at(1, 6, 7, 30)),
        ("daily 07:30", at(1, 6, 7, 30), at(2, 6, 7, 30)),
        ("weekly mon 07:30", at(1, 6, 8), at(8, 6, 7, 30)),
        ("daily 02:30", at(28, 3, 12), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),  # jumped over
        ("daily 02:30", datetime(2026, 3, 29, 1, 30, tzinfo=UTC), at(30, 3, 2, 30)),
        ("daily 02:30", at(24, 10, 12), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # the first
        ("daily 02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), at(26, 10, 2, 30)),
        ("hourly", at(1, 6, 7, 59), at(1, 6, 8)),
        ("cron 0 7 * * mon", at(1, 6, 8), at(8, 6, 7)),
    ],
)
def test_the_next_time_is_the_local_one(schedule: str, after: datetime, due: datetime) -> None:
    assert next_after(schedule, BERLIN, after) == due.astimezone(UTC)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SCHEDULES), ZONES, MOMENTS)
def test_it_is_always_later_and_never_far_away(schedule: str, zone: str, after: datetime) -> None:
    due = next_after(schedule, ZoneInfo(zone), after)
    longest = {"hourly": 1, "daily": 48, "weekly": 8 * 24, "cron": 26}[schedule.partition(" ")[0]]
    assert after < due <= after + timedelta(hours=longest)


@settings(max_examples=100, deadline=None)
@given(ZONES, MOMENTS, st.integers(0, 23), st.integers(0, 59))
def test_a_daily_one_comes_once_each_local_day(
    zone: str, start: datetime, hour: int, minute: int
) -> None:
    days, now = [], start
    for _ in range(12):
        now = next_after(f"daily {hour:02}:{minute:02}", ZoneInfo(zone), now)
        days.append(now.astimezone(ZoneInfo(zone)).date())
    assert len(set(days)) == len(days)
    # Only a zone that skipped a whole day, as Samoa did, has none on one of them.
    assert (days[-1] - days[0]).days in (11, 12)
