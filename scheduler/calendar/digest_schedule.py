"""When a recipient's digest is due: hourly, daily or weekly at a local time, or by cron; pure.

A local time that a day does not have, because its clock jumps over it, is taken as if it had not
jumped; of one that it has twice, the first. So a daily digest comes once each local day.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from storage.errors import InputError

HOURLY, NONE = "hourly", "none"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAILY = re.compile(r"daily(?: at)? (\d{1,2}:\d{2})")
_WEEKLY = re.compile(r"weekly(?: on)? ([a-z]{3})[a-z]*(?: at)? (\d{1,2}:\d{2})")
_CRON = re.compile(r"cron (\S+ \S+ \S+ \S+ \S+)")
_HOUR = timedelta(hours=1)
_REMEDY = (
    'write hourly, daily 07:30, weekly mon 07:30, or cron and five fields: "cron 0 7-19 * * 1-5"'
)


def read_digest(text: str) -> str:
    """Return a schedule in its one spelling; "" for none. Raises InputError with what would do."""
    written = " ".join(text.split()).lower()
    if written in (NONE, HOURLY):
        return "" if written == NONE else HOURLY
    if daily := _DAILY.fullmatch(written):
        return f"daily {_clock(daily[1], text):%H:%M}"
    if weekly := _WEEKLY.fullmatch(written):
        if weekly[1] not in _DAYS:
            raise InputError(f"{text!r}: {weekly[1]!r} is no day of the week; {_REMEDY}")
        return f"weekly {weekly[1]} {_clock(weekly[2], text):%H:%M}"
    if cron := _CRON.fullmatch(" ".join(text.split())):
        _trigger(cron[1], ZoneInfo("UTC"), text)
        return f"cron {cron[1]}"
    raise InputError(f"{text!r} is no time for digests; {_REMEDY}")


def next_after(schedule: str, zone: ZoneInfo, after: datetime) -> datetime:
    """Return the first time of a schedule that is later than `after`, in UTC."""
    if schedule == HOURLY:
        whole = after.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        return whole + _HOUR
    kind, _, rest = schedule.partition(" ")
    if kind == "cron":
        return _next_of_cron(rest, zone, after)
    day, _, clock = rest.rpartition(" ")
    return _next_of_day(_clock(clock, schedule), _DAYS.index(day) if day else None, zone, after)


def _next_of_day(at: time, weekday: int | None, zone: ZoneInfo, after: datetime) -> datetime:
    first = after.astimezone(zone).date() - timedelta(days=1)
    for ahead in range(10):
        day = first + timedelta(days=ahead)
        if weekday is None or day.weekday() == weekday:
            moment = datetime.combine(day, at, zone).astimezone(UTC)
            if moment > after:
                return moment
    raise AssertionError("a week has all its days")


def _next_of_cron(fields: str, zone: ZoneInfo, after: datetime) -> datetime:
    # A time with microseconds is rounded up to a second, which may be the one that has come.
    begin = after + timedelta(microseconds=1)
    fires = _trigger(fields, zone, fields).get_next_fire_time(None, begin.astimezone(zone))
    if fires is None:  # a 30th of February: nothing is lost, and it is looked again
        return after + timedelta(days=1)
    moment: datetime = fires.astimezone(UTC)
    return moment


def _trigger(fields: str, zone: ZoneInfo, text: str) -> CronTrigger:
    try:
        return CronTrigger.from_crontab(fields, timezone=zone)
    except ValueError as error:
        raise InputError(f"{text!r} can't be read as cron: {error}") from error


def _clock(written: str, text: str) -> time:
    hour, _, minute = written.partition(":")
    try:
        return time(int(hour), int(minute))
    except ValueError as error:
        raise InputError(f"{text!r}: {written} is no time of day; {_REMEDY}") from error
