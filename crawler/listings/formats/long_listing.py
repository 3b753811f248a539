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
    from datetime import datetime

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
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class Before:
    """What is known of a listing before it is read: its `memory`, if it has one.

    `since` is given for one that was there before it is read for the first time: what is not dated
    later is none of its news. One that is a part of its source's listing (`is_part`) is always
    remembered: how much of it is taken differs from visit to visit.
    """

    memory: bytes | None = None
    since: datetime | None = None
    is_part: bool = False


def choose(items: Sequence[ListedItem], most: int, before: Before) -> Choice:
    """Take `most` items of a listing, given in the order in which they are wanted.

    With the memory of the listing as it was before, what is new comes first, wherever it stands, and
    what was left out once is never new. New ones for which there is no room are new the next time.
    """
    if before.memory is None:
        return (
            _late_choice(items, most, before.since)
            if before.since
            else _first_choice(items, most, before)
        )
    remembered = frozenset(array("Q", before.memory))
    numbered = [(_number(item), item) for item in items]
    new = [(number, item) for number, item in numbered if not remembered & _both(number)]
    room = max(0, most - len(new))
    known = [item for number, item in numbered if number in remembered][:room]
    listed = {number for number, _ in numbered}
    kept = [number for number in remembered if number & ~_LEFT_OUT in listed]
    more = len(new) - most
    return Choice(
        (*(item for _, item in new[:most]), *known),
        f"{more} of {len(new)} new items were left for the next visit" if more > 0 else None,
        _packed([*kept, *(number for number, _ in new[:most])]),
        has_more=more > 0,
    )


def _late_choice(items: Sequence[ListedItem], most: int, since: datetime) -> Choice:
    dates = [item.published or item.changed for item in items]
    news = [item for item, date in zip(items, dates, strict=True) if date and date >= since][:most]
    taken = {_number(item) for item in news}
    numbers = map(_number, items)
    return Choice(
        tuple(news),
        memory=_packed([number if number in taken else number | _LEFT_OUT for number in numbers]),
    )


def _first_choice(items: Sequence[ListedItem], most: int, before: Before) -> Choice:
    # Remembered before it is too long: the day on which it is, all of it may seem new.
    if not before.is_part and len(items) <= most // 2:
        return Choice(tuple(items))
    numbers = [_number(item) for item in items]
    memory = _packed([*numbers[:most], *(number | _LEFT_OUT for number in numbers[most:])])
    if len(items) <= most:
        return Choice(tuple(items), memory=memory)
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
