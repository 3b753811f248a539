"""Which words of a text are quoted, in whatever language: between marks, or in full at its end; pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from crawler.copies.text.tokens import spans
from crawler.lexicon.languages import either, words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from crawler.copies.text.tokens import Tokens

# A quotation ends with its paragraph at the latest: one that goes on opens the next one anew. Single
# marks are left out, since they are apostrophes as well.
_QUOTATION = re.compile(
    '"[^"\n]+"|“[^”\n]+(?:”|$)|„[^“”\n]+[“”]|”[^”\n]+”|«[^»\n]+(?:»|$)|»[^«\n]+«|「[^」\n]+」|『[^』\n]+』',
    re.MULTILINE,
)


def quoted_in(text: str, read: Tokens) -> NDArray[np.bool_]:
    """Return for each token whether it is quoted.

    A note or a speech that is announced in full reaches to the end of the text.
    """
    last = _begins_in_full(text)
    bounds = [bound for match in _QUOTATION.finditer(text, 0, last) for bound in match.span()]
    if not bounds and last == len(text):
        return np.zeros(read.numbers.size, dtype=np.bool_)
    each = np.arange(read.numbers.size)
    starts = spans(text, read, each, each + 1)[0]
    quoted: NDArray[np.bool_] = np.searchsorted(bounds, starts, side="right") % 2 == 1
    return quoted | (starts >= last)


def _begins_in_full(text: str) -> int:
    """Return where what is announced in full begins, the last of several; the text's end if nowhere."""
    lowered = text.lower()
    if not any(stem in lowered for stem in words("quotations", "in_full_stems")):
        return len(text)
    return max((match.end() for match in _in_full().finditer(text)), default=len(text))


@lru_cache(maxsize=1)
def _in_full() -> re.Pattern[str]:
    return re.compile(either("quotations", "in_full"), re.IGNORECASE)
