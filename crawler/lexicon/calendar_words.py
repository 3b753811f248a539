"""How languages write days: months, weekdays, and the words that stand beside a date; pure.

The languages of the news have more names than Unicode's CLDR, whose names of all languages follow.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.lexicon.languages import by_language, data_folder, rank, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Fold = Callable[[str], str]
    """Makes one spelling of all that are read alike."""

_MONTHS, _WEEKDAYS = range(1, 13), range(7)
_HALVES = (0, 12)


@dataclass(frozen=True, slots=True)
class CalendarNames:
    """What words mean in a date: by the word, and by the language, the first of them the likeliest.

    Months are 1 to 12, weekdays 0 (Monday) to 6; halves of the day are the hours to add to twelve.
    `words` stand in whole dates and say nothing more; `behind_numbers` are hung on a day or a year.
    """

    months: Mapping[str, Mapping[str, int]]
    weekdays: Mapping[str, Mapping[str, int]]
    halves: Mapping[str, Mapping[str, int]]
    words: frozenset[str]
    behind_numbers: frozenset[str]

    def is_a_name(self, word: str) -> bool:
        """Tell whether a word is a month or a weekday."""
        return word in self.months or word in self.weekdays


def month_numbers(fold: Fold, key: str = "months") -> Mapping[str, int]:
    """Return the months, 1 to 12, by their names in the languages of the news, as `fold` leaves them.

    A name that languages use for different months is that of the language that is tried first.
    """
    named: dict[str, int] = {}
    for _, number, spelling in _of_news(key):
        named.setdefault(fold(spelling), number)
    return named


def calendar_names(fold: Fold) -> CalendarNames:
    """Return the names of all languages, as `fold` leaves them."""
    with (data_folder() / "cldr_calendar.json").open(encoding="utf-8") as file:
        cldr: Mapping[str, Mapping[str, list[list[str]]]] = json.load(file)
    named = {language: cldr[language] for language in sorted(cldr, key=rank)}
    return CalendarNames(
        months=_numbered(fold, [*_of_news("months"), *_of_all(named, "months", _MONTHS)]),
        weekdays=_numbered(fold, [*_of_all(named, "weekdays", _WEEKDAYS)]),
        halves=_numbered(fold, [*_of_all(named, "halves", _HALVES)]),
        words=_folded(fold, named, "words"),
        behind_numbers=_folded(fold, named, "behind_numbers"),
    )


def any_word(fold: Fold, *keys: str) -> str:
    """Return a regular expression for what stands under these keys of `dates`, the longest first."""
    longest_first = sorted(folded_words(fold, *keys), key=lambda word: (-len(word), word))
    return rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)"


def folded_words(fold: Fold, *keys: str) -> frozenset[str]:
    """Return what stands under these keys of `dates`, as `fold` leaves it."""
    return frozenset(fold(word) for key in keys for word in words("dates", key))


def _of_news(key: str) -> Iterator[tuple[str, int, str]]:
    for language, names in by_language("dates", key).items():
        for number, spellings in enumerate(names, start=1):
            for spelling in filter(None, spellings.split(", ")):
                yield language, number, spelling


def _of_all(
    named: Mapping[str, Mapping[str, list[list[str]]]], key: str, numbers: range | tuple[int, ...]
) -> Iterator[tuple[str, int, str]]:
    for language, names in named.items():
        for number, spellings in zip(numbers, names[key], strict=True):
            for spelling in spellings:
                yield language, number, spelling


def _folded(
    fold: Fold, named: Mapping[str, Mapping[str, list[list[str]]]], key: str
) -> frozenset[str]:
    return frozenset(fold(word).strip(".") for names in named.values() for word in names[key][0])


def _numbered(fold: Fold, names: list[tuple[str, int, str]]) -> Mapping[str, Mapping[str, int]]:
    numbers: dict[str, dict[str, int]] = {}
    for language, number, spelling in names:
        numbers.setdefault(fold(spelling).strip("."), {}).setdefault(language, number)
    return numbers
