"""Signs that keyboards, word processors and web pages put in place of those of the language; pure.

As a CharFilter of Lucene: text is changed before the lexer, and positions are led back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Each for one, so that places stay. Letters and digits are left to the folding of words.
_SIGNS = str.maketrans(
    {
        "\uff08": "(",
        "\uff09": ")",
        "\uff5b": "{",
        "\uff5d": "}",
        "\uff1a": ":",
        "\uff5c": "|",
        "\uff06": "&",
        "\uff0b": "+",
        "\uff0d": "-",
        "\ufe63": "-",
        "\u2010": "-",
        "\u2011": "-",
        "\u2212": "-",
        "\uff5e": "~",
        "\uff0a": "*",
        "\uff20": "@",
        "\uff03": "#",
        "\uff1d": "=",
        # Between words of Chinese and Japanese these are what a space is elsewhere.
        "\uff0c": " ",
        "\uff1b": " ",
        "\u3001": " ",
        "\u3002": " ",
    }
)
# Joiners between letters are part of words of some scripts; elsewhere they are dirt.
_UNSEEN = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
    "|(?<!\\w)[\u200c\u200d]|[\u200c\u200d](?!\\w)"
)

QUOTES = {
    '"': '"\uff02',
    "\uff02": '"\uff02',
    **dict.fromkeys(
        "\u201c\u201d\u201e\u201f\u301d\u301e\u301f", '\u201c\u201d\u201f\u301e\u301f"'
    ),
    "\u00ab": "\u00bb",
    "\u00bb": "\u00ab\u00bb",
    "\u2039": "\u203a",
    "\u203a": "\u2039\u203a",
    "\u300c": "\u300d",
    "\u300e": "\u300f",
    "\u300a": "\u300b",
}
"""Signs that open a phrase, and for each those that close it."""

HEBREW_MARK = '(?:(?<=[\u05d0-\u05ea])["\u201c\u201d](?=[\u05d0-\u05ea](?![\u05d0-\u05ea])))'
"""Pattern of a quotation mark that opens and closes nothing: it stands in an acronym."""

THOUSANDS = "(?:(?<=[0-9])[\u00a0\u202f](?=[0-9]{3}(?![0-9])))"
"""Pattern of a space inside a number."""


@dataclass(frozen=True, slots=True)
class NormalizedText:
    """A query's text with the signs of the language; `origins` are the positions as it was typed.

    None when all are where they were.
    """

    text: str
    origins: tuple[int, ...] | None = None

    def origin(self, position: int) -> int:
        """Return where a position was in the text as it was typed."""
        return position if self.origins is None else self.origins[position]


def normalize_signs(text: str) -> NormalizedText:
    """Return a text with the signs of the language for those that stand for them, unseen ones dropped."""
    if text.isascii():
        return NormalizedText(text)
    text = text.translate(_SIGNS)
    dropped = {found.start() for found in _UNSEEN.finditer(text)}
    if not dropped:
        return NormalizedText(text)
    kept = [position for position in range(len(text)) if position not in dropped]
    return NormalizedText("".join(text[position] for position in kept), (*kept, len(text)))
