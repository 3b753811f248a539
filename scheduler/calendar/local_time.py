"""Days and hours as a recipient's clock shows them, also where the clock jumps; pure.

By the IANA time zone database (RFC 6557). Clocks skip hours, or a whole day (Pacific/Apia, 30
December 2011), and show others twice (`fold`, PEP 495). A time of the
clock that is skipped stands here for the moment of the jump.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_NEAR = timedelta(seconds=1)


def zone_of(name: str) -> ZoneInfo | None:
    """Return the IANA time zone of a name; None when there is no such one."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # names of folders, of files outside, and of nothing
        return None


def instant(local: datetime, zone: ZoneInfo, after: datetime | None = None) -> datetime:
    """Return the moment (UTC) at which a zone's clock first shows a naive time, or jumps over it.

    With `after` it is the first one after that, where the clock shows the time twice.
    """
    early, late = sorted(
        local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (False, True)
    )
    if _clock(early, zone) != local:
        return _jump(early, late, local, zone)
    return early if after is None or early > after else late


def day_of(now: datetime, zone: ZoneInfo) -> date:
    """Return the date that a zone's clock shows."""
    return now.astimezone(zone).date()


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """Return the moment at which a day begins."""
    return instant(datetime.combine(day, time()), zone)


def same_hours(now: datetime, zone: ZoneInfo, days: int) -> list[tuple[datetime, datetime]]:
    """Return the days before today, the latest first: each from its start to this time of day."""
    clock = _clock(now, zone)
    before = [clock - timedelta(days=n) for n in range(1, days + 1)]
    return [(day_start(local.date(), zone), instant(local, zone)) for local in before]


def quiet_end(
    now: datetime, zone: ZoneInfo, quiet_from: time, quiet_until: time
) -> datetime | None:
    """Return when the quiet hours end that it is now; None when it is none of them.

    They may go over midnight. From a time until the same time there are none.
    """
    clock = _clock(now, zone)
    shown = clock.time()
    if quiet_from <= quiet_until:
        is_quiet = quiet_from <= shown < quiet_until
    else:
        is_quiet = shown >= quiet_from or shown < quiet_until
    if not is_quiet:
        return None
    day = clock.date() if shown < quiet_until else clock.date() + timedelta(days=1)
    return instant(datetime.combine(day, quiet_until), zone, after=now)


def _clock(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return what a zone's clock shows, naive."""
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def _jump(before: datetime, behind: datetime, local: datetime, zone: ZoneInfo) -> datetime:
    """Find where between two moments the clock jumps over a time."""
    while behind - before > _NEAR:
        middle = before + ((behind - before) // 2)
        if _clock(middle, zone) < local:
            before = middle
        else:
            behind = middle
    return behind.replace(microsecond=0)
