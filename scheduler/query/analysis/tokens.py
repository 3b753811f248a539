"""The tokenizer: words of a text, where they begin and end, and their folded forms; pure.

Words as in UAX #29 where a script has spaces, but for what news needs as one word: C++, AT&T,
1,000.5. In scripts without spaces each character is a word, and words are phrases of them.
"""

from __future__ import annotations

import re
from functools import cache

from scheduler.query.analysis.alphabet import APOSTROPHES, INVISIBLE, Alphabet, alphabet
from scheduler.query.analysis.folding import MOST_BESIDE_AND, fold

# What may carry a word on behind letters and figures of ASCII: a word before anything else is
# done, which is most of a text.
_GOES_ON = "\u0080-\U0010ffff'.,&+#"

# The separators of one number, seen from behind its first figure. Counts are limited, so that a
# text of nothing else stays linear.
_GROUPED = (
    r"(?:[,\uff0c]\d{3}){1,9}(?:\.\d++)?"  # 1,000.5
    r"|(?:[,\uff0c]\d\d){1,6}[,\uff0c]\d{3}"  # 1,00,000 as in India
    r"|(?:\.\d{3}){1,9}(?:,\d++)?"  # 1.000,5
    r"|(?:['\u2019]\d{3}){1,9}"  # 1'000 as in Switzerland
    r"|(?:[\u00a0\u202f]\d{3}){1,9}(?:[.,]\d++)?"  # with a space that does not break
    r"|(?:\u066c\d{3}){1,9}(?:\u066b\d++)?"  # as in Arabic
)
_NUMBER = (
    rf"(?<=\d)(?<!\d[.,]\d)(?:(?<!0)\d{{0,2}}(?:{_GROUPED})(?![.,]?\d)"
    r"|\d*+[.,\uff0e\u066b]\d++(?![.,]\d))"
)


def tokenize(text: str) -> list[str]:
    """Return the words of a text as they are written, in order.

    A word is letters, figures and their marks where a script has spaces; else each character is
    one. It keeps what stands inside it: invisible characters, apostrophes, the dots of U.S., the
    & of AT&T, the signs of C++ and C#, and the separators of one number.
    """
    return _word().findall(text)


def token_spans(text: str) -> list[tuple[str, int, int]]:
    """Return the same words of a text, each with its start and end (characters)."""
    return [(word.group(), *word.span()) for word in _word().finditer(text)]


def folded_words(text: str) -> tuple[str, ...]:
    """Return the folded words of a text; tokenized and folded again they are the same."""
    return tuple(map(fold, tokenize(text)))


@cache
def _word() -> re.Pattern[str]:
    """Build the expression for one word: without groups, and linear (atomic, or counted)."""
    kinds = alphabet()
    letter = f"(?![{kinds.figures}])[{kinds.letters}]"
    behind_letter = rf"(?<=[^\W\d_])(?<![{kinds.figures}])"
    marks = f"[{kinds.marks}]*+"
    more = f"[{kinds.letters}{kinds.marks}]"
    beside_and = f"(?:{letter}){{1,{MOST_BESIDE_AND}}}+(?!{more})"
    joined_by_and = f"{behind_letter}(?:{letter})?+(?:[&\uff06]{beside_and}){{1,3}}+"
    ways = (
        f"(?<=[0-9A-Za-z])[0-9A-Za-z]*+(?![{_GOES_ON}])",
        f"(?<=[{kinds.unspaced}])[{kinds.joined_on}]*+",
        rf"{behind_letter}{marks}(?:\.{letter}{marks}(?!{more}))++{_possessive(more)}",
        rf"(?<=[A-Za-z])(?:\+\+|#)(?![+#]|(?!\d){more})",
        f"(?:{joined_by_and}|(?:{_NUMBER})?+{more}*+){_inside(kinds, more)}",
    )
    return re.compile(f"[{kinds.letters}{kinds.unspaced}](?:{'|'.join(ways)})")


def _inside(kinds: Alphabet, more: str) -> str:
    """Take what stands inside a word, with the letters that follow."""
    return (
        f"(?:[{INVISIBLE}]++{more}++"
        f"|[{APOSTROPHES}](?![{kinds.figures}{kinds.marks}]){more}++"
        # Hebrew marks an acronym before its last letter; anywhere else it is a quotation mark.
        '|(?<=[\u05d0-\u05ea])["\u05f4\u201c\u201d][\u05d0-\u05ea](?![\u05d0-\u05ea])'
        f"|(?<=[Ll])\u00b7[Ll]{more}*+)*+"  # Catalan: col·legi
    )


def _possessive(more: str) -> str:
    return rf"(?:\.?[{APOSTROPHES}][sS](?!{more}))?+"
