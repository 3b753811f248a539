"""What a copy of a text keeps: its figures, days and months, and names; pure.

Two reports of one form say the same words round other particulars. A token is one of these when it
has a digit, is a number up to twelve, a day of the week or a month in any language; a name, when it
begins with a capital within a sentence.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from crawler.copies.text.alphabet import DIGITS
from crawler.copies.text.kernel_choice import kernels
from crawler.copies.text.tokens import padded, tokenise
from crawler.lexicon.calendar_words import month_numbers
from crawler.lexicon.languages import words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from crawler.copies.text.kernels import Kinds, Numbers
    from crawler.copies.text.tokens import Tokens

WORD: Final = 0
NAME: Final = 1
PARTICULAR: Final = 2

_BASIC_PLANE = 0x10000
_ENDS_OF_SENTENCES = '.!?:…。\n"“”„«»'


def kinds_of(text: str, read: Tokens) -> Kinds:
    """Return for each token of a text whether it is a word, a name or a particular.

    In texts that are compared by their plain form, no name is seen.
    """
    numbers = read.numbers
    kinds = np.zeros(numbers.size, dtype=np.uint8)
    if not read.is_plain and numbers.size:
        units, starts = padded(text), read.starts
        before = np.where(units[starts - 1] == ord(" "), units[starts - 2], units[starts - 1])
        opens = _ends().take(before) | (starts <= 1)
        kinds[_capitals().take(units[starts]) & ~opens] = NAME
    is_particular = (numbers & np.uint64(DIGITS)) != 0
    is_particular |= kernels().held(numbers, _counted_words())
    kinds[is_particular] = PARTICULAR
    return kinds


@lru_cache(maxsize=1)
def _counted_words() -> Numbers:
    named = (*month_numbers(str), *words("dates", "weekdays"), *words("edits", "numbers"))
    tokens = (tokenise(word).numbers for word in named)
    return np.unique(np.concatenate([numbers for numbers in tokens if numbers.size == 1]))


@lru_cache(maxsize=1)
def _capitals() -> NDArray[np.bool_]:
    return np.array([chr(code).isupper() for code in range(_BASIC_PLANE)])


@lru_cache(maxsize=1)
def _ends() -> NDArray[np.bool_]:
    ends = np.zeros(_BASIC_PLANE, dtype=np.bool_)
    ends[[ord(character) for character in _ENDS_OF_SENTENCES]] = True
    return ends
