"""The day that a text's own beginning, or its address, gives it; pure.

Only what dates the text counts, never a day in the story that it tells. So a date must stand on a
line of its own (with or without a label such as "Updated"), in a byline, in an agency's dateline,
or in a sentence in which the article speaks of itself.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.lexicon.calendar_words import folded_words, month_numbers
from crawler.lexicon.languages import either, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

TOP_LINES = 4
"""Lines of a text in which it may be dated; dates further down are the story's."""

LAST_LINES = 3
"""Lines at the end in which an article may say when it was first published."""

LONGEST_LINE = 160
"""Characters that a line of nothing but a date, or a byline, has at most."""

OLDEST = 1990

_SHOWN = 80

_STANDS = "\0"  # where a date stood, in a line that is looked at
_NUMERALS = "一二三四五六七八九"
_NTH = r"(?:st|nd|rd|th|er|ro|º|ª|\.)?"
_AMBIGUOUS = 4  # the form in which some put the month first

_FIGURES = (
    r"(?<!\w)\d{1,2}[:.h]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?\s?(?:[ap]\.?m\.?|uhr|z)?(?!\w)"
    r"|(?<!\w)\d{1,2}\s?(?:[ap]\.?m\.?|uhr)(?!\w)|\+\d{2}:?\d{2}|\d+\s?min(?:ute)?s?(?: read)?"
)
"""Times, zones, and how long it takes to read."""

_SIGNS = r"[\s|•·,;:()\[\]/–—.\-]+"
_APART = re.compile(rf"(?:{_FIGURES}|[\s|•·,;:()/–—\0-])+", re.IGNORECASE)
_MOST_NAMES = 10

_NAME = r"[^\W\d_a-zа-я][\w.’'-]*"
_PLACE = rf"{_NAME}(?:(?:\s|,\s|/){_NAME}){{0,4}}"
_CAPITALS = r"[^\W\d_a-zа-яß-ÿ]{3,}(?:[\s,./-]+[^\W\d_a-zа-яß-ÿ]+){0,4}"
_AGENCY = r"(?:\([^()\d]{2,40}\)|/\s?[^/\d]{2,40}/)"
_DASH = r"\s*[-–—:]"
_DATELINES = tuple(
    re.compile(form)
    for form in (
        rf"\s*(?:{_PLACE}\s?[,(–—-]?\s*)?\0\)?(?: года| г)?[.,]?\s*{_AGENCY}(?:{_DASH}|\.)",
        rf"\s*(?:{_PLACE}\s?)?{_AGENCY}\s?[,–—-]*\s*(?:le |den )?\0\)?(?:{_DASH}|[,.])",
        rf"\s*{_CAPITALS}\s?[,(–—-]\s*\0\)?(?:{_DASH}|\s*\(|,?\s*$)",
        r"\s*[(\[【]?[^\s。，,.\0]{0,15}\0[^\s。，,.\0]{0,4}[电電讯訊]",
    )
)

_IN_PATH = (
    re.compile(r"/(?P<y>\d{4})/(?P<m>\d{1,2}|[a-z]{3,9})/(?P<d>\d{1,2})(?=[/_-]|$)"),
    re.compile(r"/(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})(?=[/_-]|$)"),
    re.compile(r"/(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?=/|$)"),
)


# What stands for a figure, at least after characters were taken apart; no date is without one.
_FIGURE = re.compile("[\\d\u00b2\u00b3\u00b9]|[^\x00-\u206f]")


@dataclass(frozen=True, slots=True)
class TextDate:
    """A day that dates a text, and the words in which it stands; whether it is that of a change."""

    day: date
    said: str
    of_change: bool = False


def dates_of_text(text: str) -> tuple[TextDate, ...]:
    """Return the days that a text's own lines give it, in the order in which they stand.

    A list of dated entries (a timeline, a live blog) is not dated by the date above one of them.
    """
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    looked_at = [*range(min(TOP_LINES, len(lines)))]
    looked_at += [
        place for place in range(len(lines) - LAST_LINES, len(lines)) if place >= TOP_LINES
    ]
    found = [each for place in looked_at for each in _of_line(lines[place], place < TOP_LINES)]
    if found and any(map(_is_only_date, lines[TOP_LINES:])):
        found = [each for each in found if not _is_only_date(each.said)]
    return tuple(found)


def date_of_address(url: str) -> date | None:
    """Return the day that stands in an address's path, the newest when there are several."""
    path = urlsplit(url).path.lower()
    days = [day for form in _IN_PATH for match in form.finditer(path) for day in _days(match)]
    return max(days, default=None)


def _of_line(line: str, at_top: bool) -> Iterator[TextDate]:
    if _FIGURE.search(line, 0, 4 * LONGEST_LINE) is None:
        return
    masked, days = _masked(line)
    if not days:
        return
    small = masked.lower()
    sentence = _about_itself().search(small)
    if sentence is not None:
        day = days[small[: sentence.end()].count(_STANDS) - 1]
        yield TextDate(day, _cut(line), of_change=_changed().search(sentence[0]) is not None)
    elif at_top and len(line) <= LONGEST_LINE and (_is_bare(small) or _is_byline(masked)):
        yield from _labelled(line, small, days)
    elif at_top and any(form.match(masked) for form in _DATELINES):
        yield TextDate(days[0], _cut(line))


def _labelled(line: str, small: str, days: Sequence[date]) -> Iterator[TextDate]:
    """Tell for each date of a line whether the label before it says that the text was changed."""
    for before, day in zip(small.split(_STANDS), days, strict=False):
        yield TextDate(day, _cut(line), of_change=_changed().search(before) is not None)


def _is_only_date(line: str) -> bool:
    if len(line) > LONGEST_LINE or not any(character.isdigit() for character in line):
        return False
    masked, days = _masked(line)
    return bool(days) and _is_bare(masked.lower()) and not _label().search(masked.lower())


def _is_bare(small: str) -> bool:
    """Whether nothing but dates, times and their labels stands there."""
    return not _beside().sub("", small).strip(_STANDS)


def _is_byline(masked: str) -> bool:
    """Whether a line names who wrote it and when, and says nothing else."""
    begins = _byline().match(masked.lower())
    if begins is None:
        return False
    said = [word for word in _APART.split(masked[begins.end() :]) if word]
    named = [word for word in said if _beside().fullmatch(word.lower()) is None]
    return 1 < len(named) <= _MOST_NAMES and all(
        word[0].isupper() or word in words("bylines", "dated_particles") for word in named
    )


def _masked(line: str) -> tuple[str, list[date]]:
    """Put a mark in the place of each date of a line; the line without accents, and the days."""
    shown = _plain(line[: 4 * LONGEST_LINE])
    small = shown.lower()
    found: dict[tuple[int, int], date] = {}
    for place, form in enumerate(_forms()):
        for match in form.finditer(small):
            days = _days(match, month_first=place == _AMBIGUOUS)
            if days and not any(
                start < match.end() and match.start() < end for start, end in found
            ):
                found[match.span()] = max(days)
    for start, end in sorted(found, reverse=True):
        shown = f"{shown[:start]}{_STANDS}{shown[end:]}"
    return shown, [found[span] for span in sorted(found)]


def _plain(line: str) -> str:
    """Return a line without accents and with plain digits."""
    apart = unicodedata.normalize("NFKD", line.replace(_STANDS, " ")).replace("ł", "l")
    bare = "".join(c for c in apart if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare)


def _days(match: re.Match[str], *, month_first: bool = False) -> list[date]:
    """Read a date; both ways when it may be either, and not at all when it can't be one."""
    parts = [_number(match[name]) for name in ("y", "m", "d")]
    year, month, day = parts
    read = [(year, month, day), (year, day, month)] if month_first else [(year, month, day)]
    days: list[date] = []
    for each in read:
        try:
            days.append(date(*each))
        except ValueError:
            continue
    return [each for each in days if each.year >= OLDEST]


def _number(written: str) -> int:
    """Read a month's name, digits, or Chinese numerals up to 31 or digit by digit; 0 for neither."""
    if written in _months():
        return _months()[written]
    if written.isascii():
        return int(written) if written.isdigit() else 0
    tens, ten, ones = written.rpartition("十")
    if ten:
        return 10 * (_digits(tens) if tens else 1) + (_digits(ones) if ones else 0)
    return _digits(written)


def _digits(written: str) -> int:
    figures = "".join(c if c.isdecimal() else str(_NUMERALS.find(c) + 1) for c in written)
    return int(figures)


def _cut(line: str) -> str:
    """Return the beginning of a line, to be shown."""
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN].rsplit(' ', 1)[0]} …"


@cache
def _months() -> Mapping[str, int]:
    return month_numbers(_fold)


@cache
def _forms() -> tuple[re.Pattern[str], ...]:
    month = "|".join(map(re.escape, sorted(_months(), key=lambda name: (-len(name), name))))
    return tuple(
        re.compile(form)
        for form in (
            rf"(?<!\w)(?P<d>\d{{1,2}}){_NTH}\s+(?:de |of )?(?P<m>{month})\.?,?\s+(?:de |del )?(?P<y>\d{{4}})(?!\d)",
            rf"(?<!\w)(?P<m>{month})\.?\s+(?P<d>\d{{1,2}}){_NTH},?\s+(?P<y>\d{{4}})(?!\d)",
            r"(?<!\w)(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?:t(?=\d)|(?!\d))",
            r"(?<!\w)(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4})(?!\d)",
            r"(?<!\w)(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})(?!\d)",
            rf"(?P<y>[\d〇零{_NUMERALS}]{{4}})\s?[年년]\s?(?P<m>[\d十{_NUMERALS}]{{1,2}})\s?[月월]\s?(?P<d>[\d十{_NUMERALS}]{{1,3}})\s?[日일]",
        )
    )


@cache
def _changed() -> re.Pattern[str]:
    return re.compile(_any_of("changed"))


@cache
def _label() -> re.Pattern[str]:
    return re.compile(_any_of("published", "changed"))


@cache
def _beside() -> re.Pattern[str]:
    """Return what stands beside a date and says nothing else."""
    labels, small = _any_of("published", "changed"), _any_of("weekdays", "joining")
    return re.compile(f"{labels}|{_FIGURES}|{small}|{_SIGNS}")


@cache
def _byline() -> re.Pattern[str]:
    return re.compile(rf"(?:{either('bylines', 'dated')})(?::\s*|\s+)(?=[^\0])")


@cache
def _about_itself() -> re.Pattern[str]:
    sayings = "|".join(map(_plain, words("dates", "about_itself")))
    return re.compile(rf"(?:{sayings})[^.\0]{{0,60}}\0")


def _any_of(*keys: str) -> str:
    """Return a pattern of words of `dates`, each whole, the longest first."""
    return "|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in folded_words(_fold, *keys))


def _fold(word: str) -> str:
    return _plain(word).lower()
