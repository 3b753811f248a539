"""Read a date as a field holds it, token by token, in any language and any usual form; pure.

Every token must be understood: RFC 822's, JavaScript's, Java's and Go's forms, those of CLDR, and what people type.
What is understood but for the hour gives the bare day, and says so. What could be two days gives none.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import day_name, month_name
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crawler.extract.dates.written_dates import change_label, days_of, folded, published_label
from crawler.lexicon.calendar_words import calendar_names, folded_words
from crawler.lexicon.time_zones import is_zone_name, zone_named

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crawler.lexicon.calendar_words import CalendarNames

ZONE_UNKNOWN: Final = "zone not known"
HOUR_UNREAD: Final = "hour not read"
HOURS_NOT_TOLD: Final = frozenset({ZONE_UNKNOWN, HOUR_UNREAD})

_NOON = 12
_DAY_HOURS = 24
_LEAST_OF_NAME = 3  # letters of a month that is cut short
_YEAR_DIGITS = 4
_YOUNGEST = 70  # two digits from here on are of the last century
_FARTHEST_ZONE = timedelta(hours=15)
_MONTH_FIRST = frozenset({"us", "ph"})  # ISO 3166-1: where 11/26 is a day of November
_SILENT = frozenset(",.;|·•@-\u2013\u2014/'\u2019\u200e\u200f")
_MONTHS = tuple(month_name[month].lower() for month in range(1, 13))
_WEEKDAYS = tuple(day.lower() for day in day_name)
_TOKEN = re.compile(
    r"""
    (?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)(?![\d:])
    | (?P<compact>\d{8}t\d{4}(?:\d{2})?)(?!\d)
    | (?P<ymd>\d{4}(?P<s>\s?[-/.]\s?)\d{1,2}(?P=s)\d{1,2})(?!\d)\.?
    | (?P<dmy>\d{1,2}(?P<t>\s?[-/.]\s?)\d{1,2}(?P=t)\d{4})(?!\d)
    | (?P<spelt>\d{4}\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일])
    | (?P<counted>\d{1,2}\s?(?:[時时点點]|시)(?:\s?\d{1,2}\s?[分분](?:\s?\d{1,2}\s?[秒초])?)?)
    | (?P<hours>\d{1,2}\s?(?:uhr\s?|h\s?)(?:\d{2}(?:m(?:in)?)?)?)(?![^\W_])
    | (?P<halved>\d{1,2}\s?[ap]m)(?![^\W_])
    | (?P<dotted>\d{1,2}\.\d{2}(?:\.\d{2})?)(?![\d.])
    | (?P<offset>(?:gmt|utc|ut)?\s?[+-]\d{1,2}(?::?\d{2})?)(?![\d./-])
    | (?P<number>\d+)(?:st|nd|rd|th|er|ro|[ºª°])?(?![^\W\d_])
    | (?P<note>\([^()]*\)|\[[^\[\]]*\])
    | (?P<word>[^\W\d_][^\d\s,;:/+()\[\]|·•@.\u2013\u2014\u060c\u1361\u1363\u1365\u104a\u3001-]*)
    | (?P<sign>\S)
    """,
    re.VERBOSE,
)
_DIGITS = re.compile(r"\d+")
_SIGNED = re.compile(r"([+-])(\d{1,2}):?(\d{2})?\Z")


@dataclass(frozen=True, slots=True)
class DatePlace:
    """Where a date was written: the language (ISO 639-1) and the country (ISO 3166-1), in small letters."""

    language: str | None = None
    country: str | None = None


ANYWHERE: Final = DatePlace()


@dataclass(frozen=True, slots=True)
class WrittenMoment:
    """A moment as it is written: without `zone` where none is told, at midnight where no hour is.

    `doubt` says why only the day was read of what has an hour; '' where nothing was left out.
    """

    at: datetime
    doubt: str = ""


@dataclass(slots=True)
class _Parts:
    """What the tokens of a value say."""

    days: list[tuple[date, ...]]
    words: list[str]
    numbers: list[str]
    clock: time | None = None
    is_behind_clock: bool = False
    past_midnight: bool = False
    half: int | None = None
    zone: tzinfo | None = None
    doubt: str = ""


class _NotUnderstoodError(Exception):
    """A token has no place in a date."""


def read_moment(text: str, place: DatePlace = ANYWHERE) -> WrittenMoment | None:
    """Return the one moment that a field's value is; None where it is none, several, or any of two days.

    Raises ValueError for a day or an hour that can't be.
    """
    line = _with_plain_names(folded(unicodedata.normalize("NFKC", text)))
    line = _of_publication(line.replace("\u2212", "-").strip(" '\"\u200e\u200f"))
    try:
        parts = _parts(line, place)
    except _NotUnderstoodError:
        return None
    day = _day(parts, place)
    return None if day is None else _moment(day, parts)


def _with_plain_names(line: str) -> str:
    """Return a line with one word for each name of several: English's for months and weekdays, am and pm."""
    line = _behind_numbers().sub("", line)
    line = _longer().sub(lambda match: _longer_names()[" ".join(match[0].split())], line)
    return _pointed().sub(lambda match: f" {_pointed_halves()[_letters(match[0])]}", line)


@cache
def _behind_numbers() -> re.Pattern[str]:
    return re.compile(rf"(?<=\d)(?:{_alternatives(_names().behind_numbers)})(?!\w)")


@cache
def _longer_names() -> Mapping[str, str]:
    """Return the English names of the months and weekdays whose names are more than a word."""
    names = _names()
    numbered = [(names.months, 1, _MONTHS), (names.weekdays, 0, _WEEKDAYS)]
    return {
        name: english[next(iter(meanings.values())) - first]
        for table, first, english in numbered
        for name, meanings in table.items()
        if name[0].isalpha() and not _TOKEN.fullmatch(name)
    }


@cache
def _longer() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_alternatives(_longer_names())})(?!\w)")


def _alternatives(texts: Iterable[str]) -> str:
    longest_first = sorted(texts, key=lambda text: (-len(text), text))
    return "|".join(r"\s+".join(map(re.escape, text.split())) for text in longest_first)


@cache
def _pointed_halves() -> Mapping[str, str]:
    pointed = {name: hours for name, hours in _names().halves.items() if set(name) & {".", " "}}
    return {
        _letters(name): "pm" if next(iter(hours.values())) else "am"
        for name, hours in pointed.items()
    }


@cache
def _pointed() -> re.Pattern[str]:
    names = [re.split(r"[.\s]+", name) for name in _names().halves if set(name) & {".", " "}]
    forms = sorted(
        (r"[.\s]\s?".join(map(re.escape, name)) for name in names), key=len, reverse=True
    )
    return re.compile(rf"(?<![^\W\d_])(?:{'|'.join(forms)})(?![^\W_])\.?")


def _letters(text: str) -> str:
    return "".join(filter(str.isalpha, text))


def _of_publication(line: str) -> str:
    """Leave out what is said of a change: "published on … updated on …"."""
    changed = change_label().search(line)
    if changed is None:
        return line
    before, behind = line[: changed.start()], line[changed.end() :]
    if any(map(str.isdigit, before)):
        return before
    published = published_label().search(behind)
    return behind if published is None else behind[published.end() :]


def _parts(line: str, place: DatePlace) -> _Parts:
    parts = _Parts([], [], [])
    for token in _TOKEN.finditer(line):
        kind, value = str(token.lastgroup), token[0]
        if kind == "offset" and parts.clock is None and not value.startswith(("gmt", "utc", "ut")):
            kind, value = "number", value.strip(" +-")
        _READERS[kind](parts, value, place)
        is_half = kind == "word" and value.strip(".") in _names().halves
        parts.is_behind_clock = kind in _CLOCKS or (parts.is_behind_clock and is_half)
    return parts


def _read_clock(parts: _Parts, value: str, _place: DatePlace) -> None:
    if parts.clock is not None:
        raise _NotUnderstoodError(value)
    hour, minute, second, *_ = (*map(int, _DIGITS.findall(value)), 0, 0)
    parts.past_midnight = (hour, minute, second) == (_DAY_HOURS, 0, 0)
    parts.clock = time(0 if parts.past_midnight else hour, minute, min(second, 59))


def _read_compact(parts: _Parts, value: str, place: DatePlace) -> None:
    day, _, clock = value.partition("t")
    parts.days.append(_either(int(day[:4]), int(day[4:6]), int(day[6:])))
    _read_clock(parts, ":".join((clock[:2], clock[2:4], clock[4:] or "0")), place)


def _read_year_first(parts: _Parts, value: str, _place: DatePlace) -> None:
    parts.days.append(_days_of(*map(int, _DIGITS.findall(value))))


def _read_year_last(parts: _Parts, value: str, place: DatePlace) -> None:
    one, other, year = map(int, _DIGITS.findall(value))
    if "." not in value and place.country in _MONTH_FIRST:
        parts.days.append(_either(year, one, other, other, one)[:1])
    elif "." in value or place.country is not None or place.language not in {None, "en"}:
        parts.days.append(_either(year, other, one, one, other)[:1])
    else:
        parts.days.append(_either(year, other, one, one, other))


def _read_halved(parts: _Parts, value: str, place: DatePlace) -> None:
    _read_clock(parts, value, place)
    parts.half = _HALVES[value[-2:]]


def _read_dotted(parts: _Parts, value: str, place: DatePlace) -> None:
    """Take a clock with dots for one behind the whole day; before it, it is the day and the month."""
    if not parts.days and not _has_year(parts.numbers):
        raise _NotUnderstoodError(value)
    _read_clock(parts, value, place)


def _read_offset(parts: _Parts, value: str, _place: DatePlace) -> None:
    match = _SIGNED.search(value)
    if match is None:
        raise _NotUnderstoodError(value)
    hours, minutes = match[2], match[3] or "0"
    size = timedelta(hours=int(hours), minutes=int(minutes))
    if size > _FARTHEST_ZONE:
        raise ValueError(value)
    if parts.zone is None:
        parts.zone = timezone(size if match[1] == "+" else -size)
        parts.doubt = ""


def _read_number(parts: _Parts, value: str, _place: DatePlace) -> None:
    parts.numbers.append(_DIGITS.findall(value)[0])


def _read_note(parts: _Parts, value: str, place: DatePlace) -> None:
    """Read what stands in brackets: the zone's name, or how people call it, behind the offset."""
    name = value[1:-1].strip()
    if parts.zone is not None:
        return
    if "/" in name:
        parts.zone = _region(name)
    elif is_zone_name(name):
        _read_word(parts, name, place)
    else:
        raise _NotUnderstoodError(value)


def _read_word(parts: _Parts, value: str, place: DatePlace) -> None:
    word = value.strip(".'\u2019")
    names = _names()
    half = names.halves.get(word)
    # Behind the clock "CET" is a zone, though it is also Thursday in Croatian.
    is_beyond_doubt = parts.is_behind_clock or not names.is_a_name(word)
    if parts.clock is not None and is_zone_name(word) and is_beyond_doubt:
        if parts.zone is None:
            parts.zone = zone_named(word, place.country)
            parts.doubt = "" if parts.zone else ZONE_UNKNOWN
    elif half is not None and (
        parts.is_behind_clock or not word.isascii()
    ):  # as in Korean, before it
        parts.half = parts.half if parts.half is not None else next(iter(half.values()))
    elif _months_of(word) or word in names.weekdays:
        parts.words.append(word)
    elif word not in _silent_words():
        if parts.clock is None:
            raise _NotUnderstoodError(value)
        parts.doubt = parts.doubt or HOUR_UNREAD


def _read_sign(_parts: _Parts, value: str, _place: DatePlace) -> None:
    if value != ":" and not _is_silent(value):
        raise _NotUnderstoodError(value)


def _is_silent(sign: str) -> bool:
    return sign in _SILENT or (not sign.isascii() and unicodedata.category(sign) in {"Po", "Pd"})


_CLOCKS = frozenset({"clock", "dotted", "counted", "hours", "halved", "compact"})
_HALVES = {"am": 0, "pm": _NOON}
_READERS = {
    "clock": _read_clock,
    "compact": _read_compact,
    "ymd": _read_year_first,
    "spelt": _read_year_first,
    "dmy": _read_year_last,
    "counted": _read_clock,
    "hours": _read_clock,
    "halved": _read_halved,
    "dotted": _read_dotted,
    "offset": _read_offset,
    "number": _read_number,
    "note": _read_note,
    "word": _read_word,
    "sign": _read_sign,
}


def _region(name: str) -> tzinfo | None:
    """Return a zone by its name in the database of zones, which a line has in small letters."""
    spelt = "/".join("_".join(map(str.capitalize, part.split("_"))) for part in name.split("/"))
    try:
        return ZoneInfo(spelt)
    except (ZoneInfoNotFoundError, ValueError):
        return None


def _has_year(numbers: Sequence[str]) -> bool:
    return any(len(number) == _YEAR_DIGITS for number in numbers)


def _days_of(year: int, month: int, day: int) -> tuple[date, ...]:
    """Return the day of a year that may be one of the Persian or the Buddhist calendar."""
    days = tuple(days_of(year, month, day))
    if not days:
        raise ValueError(year)
    return days


def _either(year: int, *months_and_days: int) -> tuple[date, ...]:
    """Return the days that (month, day) pairs of a year may be. Raises ValueError where none can."""
    pairs = zip(months_and_days[::2], months_and_days[1::2], strict=True)
    days = tuple(dict.fromkeys(_possible(year, pairs)))
    if not days:
        raise ValueError(year)
    return days


def _possible(year: int, pairs: Iterator[tuple[int, int]]) -> Iterator[date]:
    for month, day in pairs:
        try:
            yield date(year, month, day)
        except ValueError:
            continue


def _day(parts: _Parts, place: DatePlace) -> date | None:
    """Return the one day that the parts are; None for none, or several."""
    days = set(parts.days)
    if parts.numbers:
        days.add(_named_day(parts, place))
    if len(days) != 1:
        return None
    meant = days.pop()
    return meant[0] if len(meant) == 1 else None


def _named_day(parts: _Parts, place: DatePlace) -> tuple[date, ...]:
    """Return the day of a month's name, a number of the day, and a year; () where it is not that."""
    if len(parts.numbers) != 2:  # noqa: PLR2004 - a day and a year
        return ()
    numbers = sorted(parts.numbers, key=len) if _has_year(parts.numbers) else parts.numbers
    day, year = int(numbers[0]), int(numbers[1])
    if len(numbers[1]) == 2:  # noqa: PLR2004 - RFC 850 writes a year so
        year += 2000 if year < _YOUNGEST else 1900
    elif len(numbers[1]) != _YEAR_DIGITS:
        return ()
    candidates = [
        (_unlikelihood(word, language, meant, parts.words, place), meant)
        for word in parts.words
        for language, month in _months_of(word).items()
        for meant in _possible(year, iter([(month, day)]))
    ]
    if not candidates and any(map(_months_of, parts.words)):
        raise ValueError(parts.numbers)
    # Of languages that are as likely the one that is tried first: `min` keeps the order.
    return (min(candidates, key=lambda candidate: candidate[0])[1],) if candidates else ()


def _unlikelihood(
    word: str, language: str, meant: date, written: Sequence[str], place: DatePlace
) -> tuple[int, bool]:
    """Return how unlikely it is that a month is named so in a language: by the weekday beside it.

    "mar." is March and, in French, Tuesday: "mar., 24 nov. 2026" says which.
    """
    weekdays = [_names().weekdays.get(other, {}) for other in written if other != word]
    if not all(weekdays):
        return 3, True
    if any(named.get(language) == meant.weekday() for named in weekdays):
        agreement = 0
    elif all(meant.weekday() in named.values() for named in weekdays):
        agreement = 1
    else:
        agreement = 2
    return agreement, language != place.language


def _moment(day: date, parts: _Parts) -> WrittenMoment:
    """Return the moment of a day by its clock; the bare day where that is not known for certain."""
    clock = parts.clock
    if clock is not None and parts.half is not None:
        clock, parts.doubt = _in_half(clock, parts.half, parts.doubt)
    if clock is None or parts.doubt:
        return WrittenMoment(datetime.combine(day, time()), parts.doubt)
    at = datetime.combine(day, clock, parts.zone)
    return WrittenMoment(at + timedelta(days=1) if parts.past_midnight else at)


def _in_half(clock: time, half: int, doubt: str) -> tuple[time, str]:
    """Return a clock of twelve hours as one of the day: 12:30 AM is 00:30."""
    if clock.hour > _NOON:
        return clock, doubt if half else HOUR_UNREAD
    return clock.replace(hour=clock.hour % _NOON + half), doubt


@cache
def _names() -> CalendarNames:
    return calendar_names(folded)


@lru_cache(maxsize=1024)
def _months_of(word: str) -> Mapping[str, int]:
    """Return which month a word is, by language: by its name, or by the beginning of one."""
    if word in _silent_words():
        return {}
    exact = _names().months.get(word)
    if exact is not None or len(word) < _LEAST_OF_NAME:
        return exact or {}
    begun: dict[str, int] = {}
    for name, months in _names().months.items():
        if name.startswith(word):
            begun = {**months, **begun}
    return begun


@cache
def _silent_words() -> frozenset[str]:
    """Return the words that stand in a date and say nothing more."""
    own = folded_words(folded, "published", "joining", "weekdays")
    return own | _names().words | {"t", "y"}
