"""How pages say where their text was published before, in the languages of the news: patterns; pure."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from crawler.lexicon.languages import by_language, either, joined, words

if TYPE_CHECKING:
    from collections.abc import Sequence

_CAPITAL = r"[^\W\d_a-zà-ÿ]"
_NAME = rf"{_CAPITAL}[\w'\u2019&-]*"
_SITE = r"(?:https?://)?(?:www\.)?[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}\b"
QUOTED: Final = re.compile(r"[《「『“](?P<name>[^》」』”]{2,40})[》」』”]")
"""A publisher's name in the quotes of the Far East."""


@cache
def publication_phrases() -> Sequence[tuple[tuple[str, ...], re.Pattern[str]]]:
    """Return, for each language, stems, and what to look for in a page that has one of them.

    A search for all the phrases takes too long. One of the stems, in small letters, is in every
    sentence that the pattern finds.
    """
    stems = by_language("credits", "stems")
    phrases = by_language("credits", "phrases").items()
    return [(stems[code], _compiled(joined("credits", these))) for code, these in phrases]


@cache
def source_label() -> re.Pattern[str]:
    """Return what a line begins with that names the source of a text."""
    labels = "|".join(map(re.escape, words("credits", "labels")))
    return _compiled(rf"^\W*(?:{labels})\s*[:：]|^\W*via\W*$")


@cache
def link_to_the_original() -> re.Pattern[str]:
    """Return how the text of a link to the original begins."""
    return _compiled(rf"^\W*(?:{_either('to_the_original')})")


@cache
def contribution() -> re.Pattern[str]:
    """Return how a line says that somebody contributed to the text."""
    before_an_agency = _either("contributions")
    return _compiled(
        rf"{_either('contribution_phrases')}"
        rf"|^\W*[(\[]?\s*(?:{before_an_agency})\W+(?-i:[A-ZČİ]|dpa|epd)"
    )


@cache
def contribution_hint() -> re.Pattern[str]:
    """Return what stands in small letters where `contribution` may be found, and costs little."""
    beginnings = _either("contribution_words")
    return re.compile(rf"{_either('contribution_stems')}|\n[(\[ ]*(?:{beginnings})\b")


@cache
def named_publisher() -> re.Pattern[str]:
    """Return what names a publisher: a preposition, and its name or its site, as group `name`."""
    within = rf"\s+(?:{_either('particles')})(?=\s+{_CAPITAL})|\s+{_NAME}"
    name = rf"{_SITE}|(?:{_NAME}|\d{{2,3}})(?:{within}){{0,5}}"
    return re.compile(
        rf"\b(?:{_either('prepositions')})\s+(?:(?:{_either('articles')})\s+)?[«\u201e\u201c\"'\u2018]?(?P<name>{name})"
    )


@cache
def no_publisher() -> re.Pattern[str]:
    """Return what stands in a publisher's place and is a date, a language or a placeholder."""
    placeholders = "|".join(map(re.escape, words("credits", "placeholders")))
    return _compiled(rf"(?:{_either('no_publishers')}|\d+)\b|.*\b(?:{placeholders})\b")


@cache
def about_this_text() -> re.Pattern[str]:
    """Return what shows that a sentence is about the text that it stands in."""
    return _compiled(_either("this_text"))


@cache
def template() -> re.Pattern[str]:
    """Return what is an instruction to those who would publish the text."""
    return _compiled(_either("templates"))


@cache
def about_a_picture() -> re.Pattern[str]:
    """Return what shows that a line is about a picture."""
    return _compiled(rf"\b(?:{_either('pictures')})")


def _either(key: str) -> str:
    return either("credits", key)


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
