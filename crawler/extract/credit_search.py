"""Tell at little cost whether a page can hold a credit; most pages hold none.

All the page's texts are searched at once for words that credits are made of, and only the lines
in which one stands are held against the patterns.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

from crawler.extract.credit_phrases import CONTRIBUTION, LABEL, PHRASES, TO_THE_ORIGINAL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

_LABEL_WITHIN = 40  # characters of a line's beginning in which a label's colon stands
_CONTRIBUTED = re.compile(r"contribut|\n[(\[ ]*(?:with|mit|avec|con|com|met|med)\b")
_ORIGINAL = (
    *("original", "originel", "opprinnelig", "alkuper", "oryginaln", "původn", "eredeti"),
    *("haberin asl", "оригинал", "оригінал", "الأصلي", "原文", "元記事", "원문"),
)
_CORES = ("publi", "origin", "primei")
"""Parts of many stems: where one isn't in a page, no stem with it need be looked for."""
_LETTERS = (  # of a script, one of which is in every text of more than a few words
    (range(0x400, 0x530), "ое"),
    (range(0x600, 0x700), "اي"),
    (range(0x3040, 0xA000), "的了のは、。一"),
    (range(0xAC00, 0xD7B0), "다의은"),
)


_Lacking = tuple[frozenset[str], tuple[range, ...]]  # cores and scripts that a page lacks


@dataclass(frozen=True, slots=True)
class _Lines:
    """A page's lines, also in small letters in one piece, and where in that each line ends."""

    lines: Sequence[str]
    small: str
    ends: Sequence[int]

    def with_any(self, stems: Iterable[str]) -> Iterator[str]:
        """Give the lines in which one of these stems stands."""
        for stem in stems:
            at = self.small.find(stem)
            while at >= 0:
                place = bisect_right(self.ends, at)
                yield self.lines[place]
                at = self.small.find(stem, self.ends[place])

    def with_pattern(self, pattern: re.Pattern[str]) -> Iterator[str]:
        """Give the lines in which a pattern of small letters is found."""
        for match in pattern.finditer(self.small):
            yield self.lines[bisect_right(self.ends, match.end() - 1)]


def may_hold_credits(texts: Iterable[str]) -> bool:
    """Tell whether one of a page's texts, each that of one element, may give its source."""
    lines = [line for text in texts if (line := text.strip())]
    small = "\n" + "\n".join(lines).lower()
    ends = list(accumulate((len(line) + 1 for line in lines), initial=1))[1:]
    if not lines or len(small) + 1 != ends[-1]:  # a letter that is two in small
        return bool(lines)
    page = _Lines(lines, small, ends)
    return (
        any(map(LABEL.match, _like_labels(lines)))
        or any(map(CONTRIBUTION.search, page.with_pattern(_CONTRIBUTED)))
        or any(
            any(map(found_by, page.with_any(stems))) for stems, found_by in _sought(_lacking(small))
        )
    )


def _lacking(small: str) -> _Lacking:
    cores = frozenset(core for core in _CORES if core not in small)
    scripts = (
        script for script, letters in _LETTERS if not any(letter in small for letter in letters)
    )
    return cores, tuple(scripts)


@lru_cache(maxsize=128)
def _sought(lacking: _Lacking) -> tuple[tuple[tuple[str, ...], Callable[[str], object]], ...]:
    """Give the stems that a page may have all the same, and what finds a credit in their lines."""
    cores, scripts = lacking

    def left(stems: Iterable[str]) -> tuple[str, ...]:
        return tuple(
            stem
            for stem in stems
            if not any(core in stem for core in cores)
            and not any(ord(stem[0]) in script for script in scripts)
        )

    patterns = [(_ORIGINAL, TO_THE_ORIGINAL.match)]
    patterns += [(stems, pattern.search) for stems, pattern in PHRASES]
    return tuple((found, finds) for stems, finds in patterns if (found := left(stems)))


def _like_labels(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        start = line[:_LABEL_WITHIN]
        if ":" in start or "：" in start or (len(line) < _LABEL_WITHIN and "via" in line.lower()):
            yield line
