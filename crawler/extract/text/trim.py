"""Take from a text what a site puts there: its title again, bylines, dates, appeals, links.

Only what is short or says what it is goes, and inside the text only links to other articles.
"""

from __future__ import annotations

import re
from functools import cache

from crawler.extract.markup.word_count import plain
from crawler.lexicon.languages import either, words

_LABEL = 60  # characters; a longer line is no label, byline or date
_LEAD_LINES = 6  # in which the title may be repeated
_REST_SHARE = 0.12  # of the text, at most, that goes with a heading of links
_SENTENCE_END = tuple(".!?:;…\"'”’»)。！？」』）।؟")  # noqa: RUF001  as languages write them
_WRITTEN_DATE = r"[\w.,]*\s?\d{1,2}[./-]\d{1,2}[./-]\d{2,4}.{0,30}|\d{4}年\d{1,2}月\d{1,2}日.{0,40}"
_APPEAL_LENGTH = 300
_LINK_LENGTH = 200


def trim_text(text: str, *, titles: tuple[str, ...], authors: tuple[str, ...]) -> str:
    """Return the text without the wrapper's lines at its beginning and its end."""
    lines = [line for line in text.split("\n") if not _is_link(line)]
    names = tuple(filter(None, map(plain, authors)))
    start = _start(lines, frozenset(filter(None, map(plain, titles))), names)
    end = _end(lines, names)
    return "\n".join(lines[start:end]) if start < end else text


def _is_link(line: str) -> bool:
    return len(line) <= _LINK_LENGTH and _link().match(line) is not None


def _start(lines: list[str], titles: frozenset[str], names: tuple[str, ...]) -> int:
    """Return the first line that stays: after the title's repetition, bylines, dates and labels."""
    start = 0
    for at, line in enumerate(lines[:_LEAD_LINES]):
        if plain(line) in titles and all(_is_label(above) for above in lines[start:at]):
            start = at + 1
    while start < len(lines) and _is_lead(lines[start], names):
        start += 1
    return start


def _is_label(line: str) -> bool:
    return len(line) <= _LABEL and not line.endswith(_SENTENCE_END)


def _is_lead(line: str, names: tuple[str, ...]) -> bool:
    plain_line = plain(line)
    if not plain_line or plain_line in words("wrapper", "labels"):
        return True
    return len(line) <= _LABEL and (
        bool(_date().match(line)) or _is_byline(line, plain_line, names)
    )


def _is_byline(line: str, plain_line: str, names: tuple[str, ...]) -> bool:
    return any(name in plain_line for name in names) and not line.endswith((".", "!", "?", "…"))


def _end(lines: list[str], names: tuple[str, ...]) -> int:
    """Return the line behind the last that stays."""
    end = _before_links(lines)
    while end > 1 and _is_tail(lines[end - 1], names):
        end -= 1
    return end


def _before_links(lines: list[str]) -> int:
    """Cut at a heading of links where what follows is the lesser part of the text."""
    total = sum(map(len, lines))
    behind = 0
    cut = len(lines)
    for at in range(len(lines) - 1, 0, -1):
        behind += len(lines[at])
        if behind > _REST_SHARE * total:
            break
        if len(lines[at]) <= _LABEL and _link_heading().match(lines[at]):
            cut = at
    return cut


def _is_tail(line: str, names: tuple[str, ...]) -> bool:
    plain_line = plain(line)
    if not plain_line:
        return True
    if len(line) <= _APPEAL_LENGTH and _appeal().search(line):
        return True
    return _is_label(line) and (
        plain_line in words("wrapper", "labels") or _is_byline(line, plain_line, names)
    )


@cache
def _date() -> re.Pattern[str]:
    """Return what a line is that is a date, with or without its label."""
    labelled = rf"(?:{either('wrapper', 'dates')})\b.{{0,50}}\d.*"
    return _compiled(rf"^\W*(?:{labelled}|{_WRITTEN_DATE})$")


@cache
def _link_heading() -> re.Pattern[str]:
    return _compiled(rf"^\W*(?:{either('wrapper', 'link_headings')})")


@cache
def _link() -> re.Pattern[str]:
    """Return what a line is that leads to another article."""
    by_itself = rf"(?:{either('wrapper', 'links')})\b\W*(?:[:|»].*)?"
    return _compiled(rf"^\W*(?:{by_itself}|(?:{either('wrapper', 'links_with_titles')})\b.*)$")


@cache
def _appeal() -> re.Pattern[str]:
    return _compiled(either("wrapper", "appeals"))


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
