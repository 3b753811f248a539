"""The calendar of all languages, as Unicode's CLDR has it: `python -m tests.crawler.lexicon.cldr_calendar` writes it.

Beside the names are the words that a language puts into a whole date, and what it hangs on the day's number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel import Locale, localedata

from crawler.lexicon.languages import data_folder

FILE = Path(str(data_folder() / "cldr_calendar.json"))
_CONTEXTS = ("format", "stand-alone")
_WIDTHS = ("wide", "abbreviated", "short")
_OF = re.compile(r"^de ")
_ELIDED = re.compile(r"^d[’']")
_ROOT = re.compile(r"m?\d+")  # what CLDR has where it has no name: "M01"
_MONTH = re.compile(r"([^\s%,]*)%\(MMMM?\)s([^\s%,]*)")
_WEEKDAY = re.compile(r"([^\s%,]*)%\(EEEE?\)s([^\s%,]*)")
_BEHIND_NUMBER = re.compile(r"%\([dy]+\)s([^\W\d_]+)")
_FIELD = re.compile(r"%\(\w+\)s")
_APART = re.compile(r"[\s.,\d()\-#/]+")


def calendar() -> dict[str, dict[str, list[list[str]]]]:
    """Return the months, the weekdays from Monday on, the halves of the day, and the small words, by language."""
    written: dict[str, dict[str, list[list[str]]]] = {}
    for language in sorted(localedata.locale_identifiers()):
        if "_" not in language and language not in {"root", "und"}:
            locale = Locale.parse(language)
            forms = [locale.date_formats[width].format for width in ("medium", "long", "full")]
            to_month, to_day = _hung_to(_MONTH, forms), _hung_to(_WEEKDAY, forms)
            written[language] = {
                "months": [
                    _kept(_hung(_spellings(locale.months, n), to_month)) for n in range(1, 13)
                ],
                "weekdays": [_kept(_hung(_spellings(locale.days, n), to_day)) for n in range(7)],
                "halves": [_kept(_spellings(locale.day_periods, half)) for half in ("am", "pm")],
                "words": [sorted({word.casefold() for word in _words([*forms, *_eras(locale)])})],
                "behind_numbers": [
                    sorted({hung for form in forms for hung in _behind(form, locale)})
                ],
            }
    return written


def text() -> str:
    """Return the file: a language a line."""
    lines = (
        f"{json.dumps(language)}: {json.dumps(names, ensure_ascii=False, separators=(',', ':'))}"
        for language, names in calendar().items()
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _spellings(table: object, key: object) -> Iterator[str]:
    for context in _CONTEXTS:
        for width in _WIDTHS:
            name = table.get(context, {}).get(width, {}).get(key, "")  # type: ignore[attr-defined]
            bare = _OF.sub("", name.casefold())
            yield from (bare, _ELIDED.sub("", bare))


def _hung_to(field: re.Pattern[str], forms: Iterable[str]) -> list[tuple[str, str]]:
    return [(match[1], match[2]) for form in forms for match in field.finditer(form)]


def _hung(names: Iterable[str], hung: list[tuple[str, str]]) -> Iterator[str]:
    for name in names:
        yield name
        yield from (f"{before}{name}{behind}" for before, behind in hung if before or behind)


def _words(forms: Iterable[str]) -> Iterator[str]:
    for form in forms:
        yield from filter(str.isalpha, _APART.split(_FIELD.sub(" ", form)))


def _eras(locale: Locale) -> Iterator[str]:
    for form in locale.date_formats.values():
        if "(G" in form.format:
            yield from (era for names in locale.eras.values() for era in names.values())


def _behind(form: str, locale: Locale) -> Iterator[str]:
    if "(MMM" in form and not any(map(str.isdigit, locale.months["format"]["wide"][1])):
        yield from (match[1].casefold() for match in _BEHIND_NUMBER.finditer(form))


def _kept(spellings: Iterable[str]) -> list[str]:
    bare = (" ".join(spelling.casefold().strip(".").split()) for spelling in spellings)
    return list(dict.fromkeys(name for name in bare if len(name) > 1 and not _ROOT.fullmatch(name)))


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
