"""Tell at little cost which kinds of credits a page can hold; most pages hold none.

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

from crawler.lexicon.agencies import agency_marked
from crawler.lexicon.credit_phrases import (
    contribution,
    contribution_hint,
    link_to_the_original,
    publication_phrases,
    source_label,
)
from crawler.lexicon.languages import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_WIDE_COLON = "\uff1a"
_LABEL_WITHIN = 40  # characters of a line's beginning in which a label's colon stands
_PHRASE_WITHIN = 160  # characters on either side of a stem
_BESIDE = 4  # lines before and behind one, in which the rest of its block's text stands
_CORES = ("publi", "origin", "primei")
"""Parts of many stems: where one isn't in a page, no stem with it need be looked for."""
_LATIN = range(0x250)


_Lacking = tuple[frozenset[str], bool]  # cores that a page lacks; whether it is in Latin letters


@dataclass(frozen=True, slots=True)
class _Lines:
    """A page's lines, also in small letters in one piece, and where in that each line ends."""

    lines: Sequence[str]
    small: str
    ends: Sequence[int]
    lacking: _Lacking

    def places_of(self, stems: Iterable[str]) -> Iterator[int]:
        """Yield where in the small letters each of these stems stands."""
        for stem in stems:
            at = self.small.find(stem)
            while at >= 0:
                yield at
                at = self.small.find(stem, at + len(stem))

    def has_phrase(self, stems: tuple[str, ...], pattern: re.Pattern[str]) -> bool:
        """Tell whether a phrase is found round one of its stems, be it in several elements."""
        return any(
            pattern.search(self.small, max(0, at - _PHRASE_WITHIN), at + _PHRASE_WITHIN)
            for at in self.places_of(_left(stems, self.lacking))
        )

    def has_link_to_the_original(self) -> bool:
        """Tell whether a line begins as a link to the original does."""
        stems = _left(words("credits", "original_stems"), self.lacking)
        numbers = (bisect_right(self.ends, at) for at in self.places_of(stems))
        return any(link_to_the_original().match(self.lines[number]) for number in numbers)

    def has_contribution(self) -> bool:
        """Tell whether a line names a contribution and an agency stands near it."""
        for match in contribution_hint().finditer(self.small):
            number = bisect_right(self.ends, match.end() - 1)
            if contribution().search(self.lines[number]) and agency_marked(self._round(number)):
                return True
        return False

    def _round(self, number: int) -> str:
        """Return a line with those beside it: a block's text stands in several."""
        return " ".join(self.lines[max(0, number - _BESIDE) : number + _BESIDE + 1])


@dataclass(frozen=True, slots=True)
class CreditSearch:
    """What is worth looking for in a page's elements: phrases by their patterns, and kinds."""

    phrases: tuple[re.Pattern[str], ...]
    contribution: bool
    original: bool
    label: bool

    @property
    def anything(self) -> bool:
        """Whether anything is."""
        return bool(self.phrases) or self.contribution or self.original or self.label


def credits_within(texts: Iterable[str]) -> CreditSearch:
    """Tell what may be found in a page's texts, each that of one element."""
    lines = [line for text in texts if (line := text.strip())]
    small = "\n" + "\n".join(lines).lower()
    ends = list(accumulate((len(line) + 1 for line in lines), initial=1))[1:]
    if not lines or len(small) + 1 != ends[-1]:  # a letter that is two in small
        has = bool(lines)
        return CreditSearch(
            tuple(pattern for _, pattern in publication_phrases() if has), has, has, has
        )
    page = _Lines(lines, small, ends, _lacking(small))
    return CreditSearch(
        tuple(
            pattern for stems, pattern in publication_phrases() if page.has_phrase(stems, pattern)
        ),
        contribution=page.has_contribution(),
        original=page.has_link_to_the_original(),
        label=any(map(source_label().match, _like_labels(lines))),
    )


def _lacking(small: str) -> _Lacking:
    return frozenset(core for core in _CORES if core not in small), _is_western(small)


def _is_western(small: str) -> bool:
    try:
        small.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(maxsize=1000)
def _left(stems: tuple[str, ...], lacking: _Lacking) -> tuple[str, ...]:
    """Return those stems that a page may have all the same."""
    cores, only_latin = lacking
    return tuple(
        stem
        for stem in stems
        if not any(core in stem for core in cores)
        and not (only_latin and ord(stem[0]) not in _LATIN)
    )


def _like_labels(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        start = line[:_LABEL_WITHIN]
        if (
            ":" in start
            or _WIDE_COLON in start
            or (len(line) < _LABEL_WITHIN and "via" in line.lower())
        ):
            yield line
