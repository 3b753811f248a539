"""Routing as operators write and read it: modes, time zones, quiet hours, how long to snooze."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from scheduler.calendar.periods import length_of, moment_of
from storage.errors import InputError
from storage.models.recipients import Routing, WatchMode

NO_QUIET = "none"
_MODE_WORDS = {
    WatchMode.EVERY: "every story",
    WatchMode.FIRST_OF_DAY: "the first story of a day",
    WatchMode.SPIKE: "days with far more stories than usual",
}
_CLOCK = re.compile(r"(\d{1,2})(?:[:.h]?(\d{2}))?\s*([ap]m)?", re.IGNORECASE)
_DASHES = re.compile(r"\s*(?:-|\u2013|\u2014|\bto\b)\s*")
_LONGEST_SNOOZE = timedelta(days=3660)
_NO_TIME = timedelta()


@dataclass(frozen=True, slots=True)
class Quiet:
    """Local times between which deliveries wait; both None for no quiet hours."""

    begin: time | None = None
    end: time | None = None

    def __str__(self) -> str:
        return NO_QUIET if self.begin is None else f"{self.begin:%H:%M}-{self.end:%H:%M}"


@dataclass(frozen=True, slots=True)
class RoutingChange:
    """New values of a routing; None where the old one stays."""

    mode: WatchMode | None = None
    updates: bool | None = None
    time_zone: str | None = None
    quiet: Quiet | None = None
    digest: str | None = None  # "" for none
    most_an_hour: int | None = None  # 0 for no limit

    def applied(self, routing: Routing) -> Routing:
        """Return a routing with the values of this change in place."""
        values = {
            name: value
            for name in ("mode", "updates", "time_zone", "digest")
            if (value := getattr(self, name)) is not None
        }
        if self.quiet is not None:
            values |= {"quiet_from": self.quiet.begin, "quiet_until": self.quiet.end}
        if self.most_an_hour is not None:
            values["most_an_hour"] = self.most_an_hour or None
        return replace(routing, **values)


def quiet_of(routing: Routing) -> Quiet:
    """Return a routing's quiet hours."""
    return Quiet(routing.quiet_from, routing.quiet_until)


def read_mode(text: str) -> WatchMode:
    """Return the watch mode of that name. Raises InputError that names the nearest one."""
    try:
        return WatchMode(text)
    except ValueError as error:
        known = [mode.value for mode in WatchMode]
        raise InputError(f"{text!r} is no mode; {_meant(text, known)}") from error


def read_zone(text: str) -> str:
    """Return the name of an IANA time zone. Raises InputError that names the nearest one."""
    if text in _zones():
        return text
    tails = [name for name in sorted(_zones()) if name.lower().endswith("/" + text.lower())]
    near = tails[:1] or _near(text, _zones())
    meant = f"did you mean {near[0]!r}?" if near else "write one such as Europe/Berlin or UTC"
    raise InputError(f"{text!r} is no time zone; {meant}")


def read_quiet(text: str) -> Quiet:
    """Return the quiet hours of "22:00-07:00" or "none". Raises InputError with what was meant."""
    if text.strip().lower() == NO_QUIET:
        return Quiet()
    parts = _DASHES.split(text.strip())
    if len(parts) != 2:  # noqa: PLR2004 - from and until
        raise InputError(f"{text!r} are no quiet hours; write them as 22:00-07:00, or none")
    begin, end = (_clock(part) for part in parts)
    if begin is None or end is None:
        raise InputError(f"{text!r} are no quiet hours; {_nearest_hours(parts)}")
    if begin == end:
        raise InputError(f"{text!r} would be the whole day; mute who is never to be told")
    return Quiet(begin, end)


def read_until(text: str, now: datetime) -> datetime:
    """Return until when to snooze: for 90m, 8h, 3d, 2w, or to a day or time, local without a zone.

    Raises InputError for what can't be read, has passed, or is over ten years away.
    """
    written = text.strip().lower().removeprefix("until").strip()
    length = length_of(written)
    if length is None:
        length = _moment(written.upper(), text) - now
    if length <= _NO_TIME:
        raise InputError(f"{text!r} has passed; write a later time, 8h or 3d")
    if length > _LONGEST_SNOOZE:
        raise InputError(f"{text!r} is more than ten years away; mute it instead")
    return now + length


def routing_words(routing: Routing, now: datetime) -> str:
    """Say when a recipient gets alerts; times are those of the recipient's zone."""
    parts = [_MODE_WORDS[routing.mode]]
    if routing.updates:
        parts.append("updates too")
    if routing.digest:
        parts.append(f"in a digest, {routing.digest}")
    if routing.most_an_hour is not None:
        parts.append(f"at most {routing.most_an_hour} an hour at once")
    if routing.quiet_from is not None:
        parts.append(f"quiet {quiet_of(routing)}")
    if routing.mode is not WatchMode.EVERY or routing.quiet_from is not None or routing.digest:
        parts.append(f"time zone {routing.time_zone}")
    return "; ".join([*parts, *quieted(routing, now)])


def quieted(routing: Routing, now: datetime) -> list[str]:
    """Say that a recipient is muted or snoozed now; nothing when it is neither."""
    parts = ["muted"] if routing.muted else []
    if routing.snoozed_until is not None and routing.snoozed_until > now:
        until = routing.snoozed_until.astimezone(ZoneInfo(routing.time_zone))
        parts.append(f"snoozed until {until:%Y-%m-%d %H:%M %Z}")
    return parts


def _moment(written: str, text: str) -> datetime:
    try:
        return moment_of(written)
    except (ValueError, OverflowError, OSError) as error:
        raise InputError(
            f"{text!r} can't be read; write 8h, 3d, 2026-12-24 or 2026-12-24T08:00"
        ) from error


@functools.cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones() - {"localtime", "Factory"})


def _clock(text: str) -> time | None:
    try:
        return time.fromisoformat(text) if re.fullmatch(r"\d\d:\d\d", text) else None
    except ValueError:
        return None


def _nearest_hours(parts: list[str]) -> str:
    nearest = [_nearest_hour(part) for part in parts]
    if None in nearest:
        return "write them as 22:00-07:00, or none"
    return f"did you mean {'-'.join(str(hour) for hour in nearest)}?"


def _nearest_hour(text: str) -> str | None:
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        return None
    hour, minute = int(found[1]), min(int(found[2] or 0), 59)
    if found[3]:
        hour = hour % 12 + (12 if found[3].lower() == "pm" else 0)
    return f"{0 if hour == 24 else min(hour, 23):02}:{minute:02}"  # noqa: PLR2004 - midnight


def _near(text: str, known: Iterable[str]) -> list[str]:
    by_folded = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(text.casefold().replace(" ", "_"), by_folded, n=1)
    return [by_folded[name] for name in near]


def _meant(text: str, known: list[str]) -> str:
    near = _near(text, known)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
