"""How operators write a time: as long ago as 90m, 12h, 30d or 2w, or a day, or a day and an hour; pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from storage.errors import InputError

_LENGTH = re.compile(r"(\d{1,6})\s*([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def length_of(text: str) -> timedelta | None:
    """Return the length of time that is written as 90m, 12h, 30d or 2w; None for another text."""
    length = _LENGTH.fullmatch(text)
    return timedelta(**{_UNITS[length[2]]: int(length[1])}) if length else None


def moment_of(text: str) -> datetime:
    """Return the moment (UTC) of a day, or a day and an hour, in ISO 8601.

    One that names no zone is the local time of whoever typed it. Raises ValueError, OverflowError
    or OSError for what is none, or is out of the range of the platform's clock.
    """
    return datetime.fromisoformat(text).astimezone(UTC)


def time_before(text: str, now: datetime, option: str = "--since") -> datetime:
    """Return the moment at or before now that an operator wrote.

    Raises InputError, which names the option.
    """
    length = length_of(text.strip())
    try:
        return moment_of(text.strip()) if length is None else now - length
    except (ValueError, OverflowError, OSError) as error:
        raise InputError(
            f"{option} {text!r} can't be read; write 12h, 30d or 2w, or a day such as 2026-05-31"
        ) from error
