"""Take out of a remote text what must not reach a database, a mail or a terminal; pure."""

from __future__ import annotations

import re

# C0 and C1 controls but tab and newlines, lone surrogates, non-characters, the byte order mark,
# and the marks that turn the direction of text round (a headline must not reverse its neighbour).
# The attack on source code by these marks is CVE-2021-42574.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff"
    "\u202a-\u202e\u2066-\u2069\xad]"
)
# What isn't sent on: also marks of direction that a stored text keeps, for they are a language's own.
_UNSEEN = re.compile(
    "["
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # controls that are no white space
    "\u00ad\u200b\ufeff"  # soft hyphen, zero-width space, byte order mark
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks that turn the reading direction
    "\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff"
    "]"
)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")
_SPACE = re.compile(r"\s+")
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


def visible(text: str) -> str:
    """Return a part of a line as it may be sent on; white space at its ends stays, as one space."""
    return _SPACE.sub(" ", _UNSEEN.sub("", _LONE_SURROGATE.sub("\ufffd", text)))


def visible_line(text: str, most: int) -> str:
    """Return one line of at most `most` characters to be sent on; a longer one ends in an ellipsis."""
    line = visible(text).strip()
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def terminal_text(text: str) -> str:
    """Return a text that can't steer a terminal; its lines and tabs stay."""
    return "".join(c for c in text if c in "\n\t" or (c.isprintable() and c not in "\u200e\u200f"))
