"""Text to comparable tokens: case, quotes, dashes and invisible characters no longer matter; pure.

A token is a word, or one character of a script that is written without spaces, as a number: a
polynomial over its characters' numbers modulo 2^64. All of a text's tokens are made by a few sweeps
over an array, since Python would spend most of a detector's time here.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from crawler.copies.text.alphabet import HARD, alphabet, cluster_pattern, dropped_pattern, fold
from crawler.copies.text.kernel_choice import kernels
from crawler.copies.text.kernel_sweeps import word_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_LOW_SURROGATE = 0xDC00
_SURROGATE_BITS = 0xFC00
_SURROGATE = 0xD800
_BASIC_PLANE = 0x10000


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """A text's tokens in order: their numbers, and where they stand.

    `numbers & DIGITS` counts a token's digits, `numbers & UNSPACED` tells that it is a character
    of a script without spaces. Places are UTF-16 units of the text with a space before and after
    it, or, where `is_plain`, of its plain form with them.
    """

    numbers: NDArray[np.uint64]
    starts: NDArray[np.intp]
    ends: NDArray[np.intp]
    is_plain: bool


def tokenise(text: str) -> Tokens:
    """Split a text into tokens."""
    units = padded(text)
    split = kernels().split(units, alphabet().simple)
    return _tokenise_plain(fold(text)) if split is None else Tokens(*split, is_plain=False)


def words(text: str) -> list[str]:
    """Return a text's tokens as words in their plain form."""
    tokens = tokenise(text)
    units = padded(fold(text) if tokens.is_plain else text)
    return [
        fold(units[start:end].tobytes().decode("utf-16-le", "surrogatepass"))
        for start, end in zip(tokens.starts.tolist(), tokens.ends.tolist(), strict=True)
    ]


def spans(
    text: str, tokens: Tokens, first: NDArray[np.intp], end: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the characters of the text at which runs of its tokens start, and end before.

    A run is given by its first token and the one after its last.
    """
    starts, ends = tokens.starts[first] - 1, tokens.ends[end - 1] - 2
    if tokens.is_plain:
        firsts, lasts = _places_of_plain(text)
        return firsts[starts], lasts[ends] + 1
    units = _units(text)
    if units.size == len(text):
        return starts, ends + 1
    place = np.cumsum((units & _SURROGATE_BITS) != _LOW_SURROGATE) - 1
    return place[starts], place[ends] + 1


def _tokenise_plain(form: str) -> Tokens:
    letters = alphabet()
    units = padded(form)
    values = letters.plain.take(units)
    inside, own, joins = values > HARD, letters.own_word.take(units), letters.joins.take(units)
    before = inside[:-1]
    begins = inside[1:] & (~before | (own[1:] & ~joins[1:]) | (own[:-1] & ~joins[1:]))
    starts = np.flatnonzero(begins) + 1
    goes_on = np.append(inside[1:] & ~begins, False)
    ends = np.flatnonzero(inside & ~goes_on) + 1
    return Tokens(word_numbers(values, starts), starts, ends, is_plain=True)


def padded(form: str) -> NDArray[np.uint16]:
    """Return a text's UTF-16 units, with a space before and after."""
    return _units(f" {form} ")


def _units(form: str) -> NDArray[np.uint16]:
    return np.frombuffer(form.encode("utf-16-le", "surrogatepass"), dtype=np.uint16)


def _places_of_plain(text: str) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """For each UTF-16 unit of a text's plain form, the first and last character it is made of.

    Where characters are folded together, the form is made cluster by cluster for that. Where that
    gives another form than folding the text whole (marks in an order that no writer uses), places
    are estimated.
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    alone = alphabet().alone.take(np.where(codes < _BASIC_PLANE, codes, _SURROGATE))
    alone[:-1] &= alone[1:]  # what follows may join it
    bounds = np.flatnonzero(np.diff(alone)) + 1
    form: list[str] = []
    first: list[NDArray[np.intp]] = []
    last: list[NDArray[np.intp]] = []
    for start, end in pairwise([0, *bounds.tolist(), len(text)]):
        if start < end and alone[start]:
            form.append(fold(text[start:end]))
            first.append(np.arange(start, end))
            last.append(first[-1])
        else:
            for folded, shown in _clusters(text, start, end):
                form.append(folded)
                units = np.arange(_units(folded).size)
                first.append(shown[units * shown.size // units.size])
                last.append(shown[np.maximum(-(-(units + 1) * shown.size // units.size) - 1, 0)])
    whole = fold(text)
    if "".join(form) == whole and first:
        return np.concatenate(first), np.concatenate(last)
    size = _units(whole).size
    guessed = np.arange(size) * len(text) // max(size, 1)
    return guessed, guessed


def _clusters(text: str, start: int, end: int) -> Iterator[tuple[str, NDArray[np.intp]]]:
    """Yield what each cluster of characters is folded to, and which of its characters count."""
    dropped = dropped_pattern()
    for cluster in cluster_pattern().finditer(text, start, end):
        folded = fold(cluster.group())
        if folded:
            shown = [place for place in range(*cluster.span()) if not dropped.match(text[place])]
            yield folded, np.array(shown, dtype=np.intp)
