"""Count the words of a text, also where a language writes no spaces between them."""

from __future__ import annotations

import re

_WORD = re.compile(r"\w+")
# Thai, Lao, Burmese, Khmer, kana and Han: scripts written without spaces.
_SPACELESS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]"
)
_CHARACTERS_A_WORD = 2  # of Chinese and Japanese, on the average; Thai has a few more
_CHARACTERS_ENOUGH = 20  # that nearly always hold a word


def count_words(text: str) -> int:
    """Count words; two characters of a script without spaces are one."""
    if text.isascii() or _SPACELESS.search(text) is None:
        return len(_WORD.findall(text))
    spaceless = len(_SPACELESS.findall(text))
    return len(_WORD.findall(_SPACELESS.sub(" ", text))) + spaceless // _CHARACTERS_A_WORD


def has_words(text: str, least: int) -> bool:
    """Tell whether a text has so many words, of a long one without counting them all."""
    parts = text[: _CHARACTERS_ENOUGH * least].split()
    return sum(part[0].isalnum() for part in parts) >= least or count_words(text) >= least


def plain_words(text: str) -> list[str]:
    """Return a text's words in one case, for comparing what is said without how it is set."""
    return _WORD.findall(text.casefold())


def plain(text: str) -> str:
    """Return `plain_words` as one string with single spaces."""
    return " ".join(plain_words(text))
