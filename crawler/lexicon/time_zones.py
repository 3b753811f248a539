"""Abbreviations of zones of time, and what they mean where: data of `time_zones.toml`; pure.

An abbreviation may mean several zones; then the country of the site decides, and where that says nothing,
nothing does.
"""

from __future__ import annotations

import re
from datetime import timedelta, timezone, tzinfo
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from crawler.lexicon.languages import data_folder, read_data

if TYPE_CHECKING:
    from collections.abc import Mapping

UNKNOWN: Final = "unknown"
_OFFSET = re.compile(r"([+-])(\d{2}):(\d{2})\Z")


def zone_named(name: str, country: str | None) -> tzinfo | None:
    """Return the zone that an abbreviation means on a site of a country (ISO 3166-1, small letters).

    None for one that means several, or is none. `name` is in small letters.
    """
    if region := _data()["zones"].get(name):
        return ZoneInfo(region)
    meanings: Mapping[str, str] = _data()["by_country"].get(name, {})
    offset = _data()["offsets"].get(name) or meanings.get(country or "") or meanings.get("")
    return offset_zone(offset) if offset else None


def is_zone_name(name: str) -> bool:
    """Tell whether something is an abbreviation of a zone, whatever it means."""
    return any(name in _data()[table] for table in ("offsets", "by_country", "zones"))


def country_of(host: str) -> str | None:
    """Return the country of a host by its top-level domain; None where that is everybody's."""
    top = host.rstrip(".").rpartition(".")[2].lower()
    is_country = len(top) == 2 and top.isalpha() and top not in _data()["everybodys"]  # noqa: PLR2004 - ISO 3166
    return top if is_country else None


def offset_zone(offset: str) -> tzinfo:
    """Return the zone of an offset such as "+05:30". Raises ValueError."""
    match = _OFFSET.match(offset)
    if match is None:
        raise ValueError(offset)
    size = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(size if match[1] == "+" else -size)


@cache
def _data() -> Mapping[str, Any]:
    return read_data(data_folder() / "time_zones.toml")
