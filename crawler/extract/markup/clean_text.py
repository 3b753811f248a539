"""Take out of a text what must not reach a database, a mail or a terminal."""

from __future__ import annotations

import re

# C0 and C1 controls but tab and newlines, lone surrogates, non-characters, the byte order mark,
# and the marks that turn the direction of text round (a headline must not reverse its neighbour).
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff"
    "\u202a-\u202e\u2066-\u2069\xad]"
)
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")
_CUT_FACTOR = 20  # characters read for one that is kept, so that a vast line costs little


def strip_controls(text: str) -> str:
    """Drop control characters, lone surrogates and invisible direction marks; keep line ends."""
    if text.isprintable():
        return text
    return _UNWANTED.sub("", _LINE_END.sub("\n", text))


def one_line(text: str, limit: int = 500) -> str:
    """Return a text as one line of at most `limit` characters, cut at a word where it can be."""
    line = " ".join(strip_controls(text[: _CUT_FACTOR * (limit + 100)]).split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    return f"{cut[: max(cut.rfind(' '), limit // 2)].rstrip()}…"


def paragraphs(text: str) -> str:
    """Return a text with single spaces in its paragraphs and single newlines between them."""
    lines = (_SPACES.sub(" ", line).strip() for line in strip_controls(text).split("\n"))
    return "\n".join(line for line in lines if line)
