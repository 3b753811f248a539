"""Take from a text what a site puts there: its title again, bylines, dates, appeals, links.

Only what is short or says what it is goes, and inside the text only links to other articles.
"""

from __future__ import annotations

import re

from crawler.extract.markup.word_count import plain

_LABEL = 60  # characters; a longer line is no label, byline or date
_LEAD_LINES = 6  # in which the title may be repeated
_REST_SHARE = 0.12  # of the text, at most, that goes with a heading of links
_SENTENCE_END = tuple(".!?:;…\"'”’»)。！？」』）।؟")  # noqa: RUF001  as languages write them
_DATE = re.compile(
    r"^\W*(?:(?:published|updated|posted|last\W+updated|stand|aktualisiert|publié|mis\W+à\W+jour|publicado|actualizado)\b.{0,50}\d.*"
    r"|[\w.,]*\s?\d{1,2}[./-]\d{1,2}[./-]\d{2,4}.{0,30}|\d{4}年\d{1,2}月\d{1,2}日.{0,40})$",
    re.IGNORECASE,
)
_LABELS = frozenset(
    {"article content", "advertisement", "anzeige", "publicidad", "publicité", "headline"}
)
_LINKS = re.compile(
    r"^\W*(?:more\W+from\b|related\b|recommended\b|popular\b|trending\b|most\W+read\b|you\W+(?:may|might)\W+also\b"
    r"|mehr\W+(?:zum\W+thema|themen|von)\b|weiterführende\b|auch\W+interessant\b|te\W+puede\W+interesar\b"
    r"|other\W+posts\b|share\W+this\b|follow\W+us\b|tags?\W*:|etiketler\W*:|関連記事|相关阅读|おすすめ)",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"^\W*(?:read\W+(?:more|next|also)|also\W+read|see\W+also|more|lesen\W+sie\W+auch|lesen\W+sie\W+hier|(?:à|a)\W+lire\W+aussi|lire\W+aussi"
    r"|leer\W+también|lea\W+también|leggi\W+anche|leia\W+também|lees\W+ook|czytaj\W+(?:też|także|więcej)|läs\W+också|les\W+også)\b\W*(?:[:|»].*)?$"
    r"|^\W*(?:also\W+read|lesen\W+sie\W+auch|à\W+lire\W+aussi|leer\W+también|lea\W+también|leggi\W+anche|leia\W+também|lees\W+ook|czytaj\W+(?:też|także))\b.*$",
    re.IGNORECASE,
)
_APPEAL = re.compile(
    r"all\W+rights\W+reserved|^\W*(?:copyright|©)|\bnewsletters?\b|\bsign\W+up\b|\bsubscribe\b|\bfollow\W+us\b|\bget\W+in\W+touch\b"
    r"|fehler\W+gefunden|\babonnieren\b|\bwhatsapp\b|\babonnez\b|\bsuscr[ií]b|\biscriviti\b|check\W+out\W+more\b|\bfor\W+more\W+stories\b|latest\W+(?:breaking\W+)?news\b|無断転載|무단\W+전재",
    re.IGNORECASE,
)
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
    return len(line) <= _LINK_LENGTH and _LINK.match(line) is not None


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
    said = plain(line)
    if not said or said in _LABELS:
        return True
    return len(line) <= _LABEL and (bool(_DATE.match(line)) or _is_byline(line, said, names))


def _is_byline(line: str, said: str, names: tuple[str, ...]) -> bool:
    return any(name in said for name in names) and not line.endswith((".", "!", "?", "…"))


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
        if len(lines[at]) <= _LABEL and _LINKS.match(lines[at]):
            cut = at
    return cut


def _is_tail(line: str, names: tuple[str, ...]) -> bool:
    said = plain(line)
    if not said:
        return True
    if len(line) <= _APPEAL_LENGTH and _APPEAL.search(line):
        return True
    return _is_label(line) and (said in _LABELS or _is_byline(line, said, names))
