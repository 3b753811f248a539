"""The day that a text's own beginning gives it; pure.

Only what dates the text counts, never a day in the story that it tells. So a date must stand on a
line of its own (with or without a label such as "Updated"), in a byline, in an agency's dateline,
or in a sentence in which the article speaks of itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from crawler.extract.dates.written_dates import change_label, without_accents, written_dates
from crawler.lexicon.calendar_words import any_word
from crawler.lexicon.languages import either, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

TOP_LINES = 4
"""Lines of a text in which it may be dated; dates further down are the story's."""

LAST_LINES = 3
"""Lines at the end in which an article may say when it was first published."""

LONGEST_LINE = 160
"""Characters that a line of nothing but a date, or a byline, has at most."""

OLDEST = 1990

_SHOWN = 80

_MARK = "\0"  # in the place of a date

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

# What stands for a figure, at least after characters were taken apart; no date is without one.
_FIGURE = re.compile("[\\d\u00b2\u00b3\u00b9]|[^\x00-\u206f]")


@dataclass(frozen=True, slots=True)
class TextDate:
    """A day that dates a text, and the line in which it stands; whether it is that of a change."""

    day: date
    line: str
    of_change: bool = False


def dates_of_text(text: str) -> tuple[TextDate, ...]:
    """Return the days that a text's own lines give it, in the order in which they stand.

    A list of dated entries (a timeline, a live blog) is not dated by the date above one of them.
    """
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    numbers = [*range(min(TOP_LINES, len(lines)))]
    numbers += [
        number for number in range(len(lines) - LAST_LINES, len(lines)) if number >= TOP_LINES
    ]
    dates = [date for number in numbers for date in _of_line(lines[number], number < TOP_LINES)]
    if dates and any(map(_is_only_date, lines[TOP_LINES:])):
        dates = [date for date in dates if not _is_only_date(date.line)]
    return tuple(dates)


def _of_line(line: str, at_top: bool) -> Iterator[TextDate]:
    if _FIGURE.search(line, 0, 4 * LONGEST_LINE) is None:
        return
    masked, days = _masked(line)
    if not days:
        return
    small = masked.lower()
    sentence = _about_itself().search(small)
    if sentence is not None:
        day = days[small[: sentence.end()].count(_MARK) - 1]
        yield TextDate(day, _cut(line), of_change=change_label().search(sentence[0]) is not None)
    elif at_top and len(line) <= LONGEST_LINE and (_is_bare(small) or _is_byline(masked)):
        yield from _labelled(line, small, days)
    elif at_top and any(form.match(masked) for form in _DATELINES):
        yield TextDate(days[0], _cut(line))


def _labelled(line: str, small: str, days: Sequence[date]) -> Iterator[TextDate]:
    """Tell for each date of a line whether the label before it says that the text was changed."""
    for before, day in zip(small.split(_MARK), days, strict=False):
        yield TextDate(day, _cut(line), of_change=change_label().search(before) is not None)


def _is_only_date(line: str) -> bool:
    if len(line) > LONGEST_LINE or not any(character.isdigit() for character in line):
        return False
    masked, days = _masked(line)
    return bool(days) and _is_bare(masked.lower()) and not _label().search(masked.lower())


def _is_bare(small: str) -> bool:
    """Whether nothing but dates, times and their labels stands there."""
    return not _beside().sub("", small).strip(_MARK)


def _is_byline(masked: str) -> bool:
    """Whether a line names who wrote it and when, and says nothing else."""
    begins = _byline().match(masked.lower())
    if begins is None:
        return False
    rest = [word for word in _APART.split(masked[begins.end() :]) if word]
    names = [word for word in rest if _beside().fullmatch(word.lower()) is None]
    return 1 < len(names) <= _MOST_NAMES and all(
        name[0].isupper() or name in words("bylines", "dated_particles") for name in names
    )


def _masked(line: str) -> tuple[str, list[date]]:
    """Put a mark in the place of each date of a line; the line without accents, and the days.

    Of a date that may mean two days it is the later.
    """
    shown = _plain(line[: 4 * LONGEST_LINE])
    dates = [
        (written, days)
        for written in written_dates(shown.lower())
        if (days := [day for day in written.days if day.year >= OLDEST])
    ]
    for written, _ in reversed(dates):
        shown = f"{shown[: written.start]}{_MARK}{shown[written.end :]}"
    return shown, [max(days) for _, days in dates]


def _plain(line: str) -> str:
    """Return a line without accents and with plain digits."""
    return without_accents(line.replace(_MARK, " ")).replace("ł", "l")


def _cut(line: str) -> str:
    """Return the beginning of a line, to be shown."""
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN].rsplit(' ', 1)[0]} …"


@cache
def _label() -> re.Pattern[str]:
    return re.compile(any_word(_fold, "published", "changed"))


@cache
def _beside() -> re.Pattern[str]:
    """Return what stands beside a date and says nothing else."""
    labels = any_word(_fold, "published", "changed")
    small = any_word(_fold, "weekdays", "joining")
    return re.compile(f"{labels}|{_FIGURES}|{small}|{_SIGNS}")


@cache
def _byline() -> re.Pattern[str]:
    return re.compile(rf"(?:{either('bylines', 'dated')})(?::\s*|\s+)(?=[^\0])")


@cache
def _about_itself() -> re.Pattern[str]:
    sayings = "|".join(map(_plain, words("dates", "about_itself")))
    return re.compile(rf"(?:{sayings})[^.\0]{{0,60}}\0")


def _fold(word: str) -> str:
    return _plain(word).lower()
