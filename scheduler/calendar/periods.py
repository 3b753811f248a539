"""How operators write a time: as long ago as 90m, 12h, 30d or 2w, or a day, or a day and an hour."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from storage.errors import InputError

_LENGTH = re.compile(r"(\d{1,6})([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def time_before(text: str, now: datetime, option: str = "--since") -> datetime:
    """Read a time at or before now; one without a zone is meant where the operator is.

    Raises InputError, which names the option.
    """
    length = _LENGTH.fullmatch(text.strip())
    try:
        if length:
            return now - timedelta(**{_UNITS[length[2]]: int(length[1])})
        return datetime.fromisoformat(text.strip()).astimezone(UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise InputError(
            f"{option} {text!r} can't be read; write 12h, 30d or 2w, or a day such as 2026-05-31"
        ) from error
