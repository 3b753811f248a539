"""Chooses what is taken of a listing that is longer than all that is taken of one; pure.

A sitemap may name 50,000 addresses without a date, in any order: what is new among them is told only
by what stood in it before.
"""

from __future__ import annotations

import hashlib
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.urls.page_key import page_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.models.listings import ListedItem

_WORD = 8  # bytes of a remembered address; the lowest bit says that it was left out
_LEFT_OUT = 1


@dataclass(frozen=True, slots=True)
class Choice:
    """What is taken of a listing, what was left out of it in words, and all that stood in it.

    `memory` is None for a listing that is taken whole.
    """

    items: tuple[ListedItem, ...]
    left_out: str | None = None
    memory: bytes | None = None


def choose(items: Sequence[ListedItem], most: int, memory: bytes | None = None) -> Choice:
    """Take `most` items of a listing, given in the order in which they are wanted.

    With the `memory` of the listing as it was before, what is new comes first, wherever it stands, and
    what was left out once is never new. New ones for which there is no room are new the next time.
    """
    if memory is None:
        return _first_choice(items, most)
    before = frozenset(array("Q", memory))
    numbered = [(_number(item), item) for item in items]
    new = [(number, item) for number, item in numbered if not before & _both(number)]
    room = max(0, most - len(new))
    known = [item for number, item in numbered if number in before][:room]
    listed = {number for number, _ in numbered}
    kept = [number for number in before if number & ~_LEFT_OUT in listed]
    more = len(new) - most
    return Choice(
        (*(item for _, item in new[:most]), *known),
        f"{more} of {len(new)} new items were left for the next visit" if more > 0 else None,
        _packed([*kept, *(number for number, _ in new[:most])]),
    )


def _first_choice(items: Sequence[ListedItem], most: int) -> Choice:
    if len(items) <= most:
        return Choice(tuple(items))
    numbers = [_number(item) for item in items]
    memory = _packed([*numbers[:most], *(number | _LEFT_OUT for number in numbers[most:])])
    which = (
        "only the newest were taken"
        if _are_newest(items, most)
        else f"{most} of {len(items)} were taken, as their dates do not tell which are new"
    )
    left_out = f"more than {most} items: {which}"
    return Choice(tuple(items[:most]), left_out, memory)


def _are_newest(items: Sequence[ListedItem], most: int) -> bool:
    dates = [item.published or item.changed for item in items]
    kept = [date for date in dates[:most] if date is not None]
    rest = [date for date in dates[most:] if date is not None]
    return len(kept) + len(rest) == len(items) and min(kept) > max(rest)


def _number(item: ListedItem) -> int:
    digest = hashlib.blake2b(page_key(item.url).encode(), digest_size=_WORD).digest()
    return int.from_bytes(digest) & ~_LEFT_OUT


def _both(number: int) -> set[int]:
    return {number, number | _LEFT_OUT}


def _packed(numbers: Sequence[int]) -> bytes:
    return array("Q", numbers).tobytes()
