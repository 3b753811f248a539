"""How the passages that two texts share are stored: a few bytes for each.

Of each passage four numbers are kept: how far it begins behind the end of the one before it and how
long it is, in the article; how far behind in the other text; and how much longer it is there. Each
number is zigzag-coded, so that small negative ones are short too, and written in groups of seven
bits, the lowest first, as Protocol Buffers do it (protobuf.dev/programming-guides/encoding).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from storage.models.stories import Passage

_NUMBERS = 4  # of a passage
_GROUP = 7
_MORE = 1 << _GROUP


def pack(passages: Iterable[Passage]) -> bytes:
    """Return passages as bytes."""
    packed = bytearray()
    for number in _steps(passages):
        rest = 2 * number if number >= 0 else -2 * number - 1
        while rest >= _MORE:
            packed.append(rest % _MORE | _MORE)
            rest >>= _GROUP
        packed.append(rest)
    return bytes(packed)


def unpack(packed: bytes) -> tuple[Passage, ...]:
    """Return the passages that were packed. Raises ValueError when a number or more is missing."""
    numbers = _numbers(packed)
    passages: list[Passage] = []
    end = other_end = 0
    for gap, length, other_gap, longer in zip(*[iter(numbers)] * _NUMBERS, strict=True):
        start, other_start = end + gap, other_end + other_gap
        end, other_end = start + length, other_start + length + longer
        passages.append(Passage(start, end, other_start, other_end))
    return tuple(passages)


def _steps(passages: Iterable[Passage]) -> Iterator[int]:
    end = other_end = 0
    for passage in passages:
        length = passage.end - passage.start
        yield passage.start - end
        yield length
        yield passage.other_start - other_end
        yield passage.other_end - passage.other_start - length
        end, other_end = passage.end, passage.other_end


def _numbers(packed: bytes) -> Sequence[int]:
    numbers: list[int] = []
    value = shift = 0
    for byte in packed:
        value |= byte % _MORE << shift
        shift += _GROUP
        if byte < _MORE:
            numbers.append(-(value // 2) - 1 if value % 2 else value // 2)
            value = shift = 0
    if shift:
        raise ValueError("packed passages end in the middle of a number")
    return numbers
