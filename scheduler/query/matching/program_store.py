"""The programs of all topics in a few arrays; topics that ask for the same share one program; pure."""

from __future__ import annotations

from array import array

import numpy as np

from scheduler.query.matching.growing_array import GrowingArray
from scheduler.query.matching.loops import HELD, LOOKED_AT, OPERANDS, ROW, SHAPE, SIZE
from scheduler.query.matching.programs import Shape, compile_shape, depth_of


class ProgramStore:
    """Programs by number; the room of those that go is used again.

    What the loops need of a program is one row of ROW numbers, one line of a processor's cache.
    """

    def __init__(self) -> None:
        self.rows = GrowingArray(np.int32)
        self.operands = GrowingArray(np.int32)
        self.code = GrowingArray(np.int32)
        self.deepest = 1
        self._topics = GrowingArray(np.int64)  # one topic of each program; most have one only
        self._more_topics: dict[int, set[int]] = {}
        self._numbers: dict[bytes, int] = {}
        self._shape_numbers: dict[Shape, int] = {}
        self._shapes: list[Shape] = []
        self._code_at: list[int] = []
        self._free: list[int] = []
        self._free_operands: dict[int, list[int]] = {}

    def __len__(self) -> int:
        """Return how many numbers were given to programs, also those that are free again."""
        return len(self._topics)

    def add(self, topic_id: int, shape: Shape, operands: list[int]) -> tuple[int, bool]:
        """Return the program of a topic, and whether it is new."""
        number = self._shape_number(shape)
        key = _key(number, operands)
        program = self._numbers.get(key)
        if program is not None:
            self._more_topics.setdefault(program, set()).add(topic_id)
            return program, False
        program = self._numbers[key] = self._room_for_one(topic_id)
        row = (self._code_at[number], self._put(operands), 0, 0, 0, number, len(operands), 0)
        self.rows.values[ROW * program : ROW * (program + 1)] = row
        return program, True

    def remove(self, topic_id: int, program: int) -> bool:
        """Take a topic from its program; return whether that was its last one, and the program is gone."""
        more = self._more_topics.get(program)
        if more:
            if self._topics[program] == topic_id:
                self._topics[program] = more.pop()
            else:
                more.discard(topic_id)
            if not more:
                del self._more_topics[program]
            return False
        operands = self.operands_of(program)
        del self._numbers[_key(self.rows[ROW * program + SHAPE], operands)]
        self._free_operands.setdefault(len(operands), []).append(
            self.rows[ROW * program + OPERANDS]
        )
        self._free.append(program)
        return True

    def topics_of(self, program: int) -> list[int]:
        """Return the topics that a program answers for."""
        return [self._topics[program], *self._more_topics.get(program, ())]

    def shape_of(self, program: int) -> Shape:
        """Return a program's shape."""
        return self._shapes[self.rows[ROW * program + SHAPE]]

    def operands_of(self, program: int) -> list[int]:
        """Return a program's operands."""
        start = self.rows[ROW * program + OPERANDS]
        end = start + self.rows[ROW * program + SIZE]
        found: list[int] = self.operands.values[start:end].tolist()
        return found

    def forget(self, program: int) -> None:
        """Begin anew to count how often a program is looked at."""
        self.rows[ROW * program + LOOKED_AT] = 0
        self.rows[ROW * program + HELD] = 0

    def _shape_number(self, shape: Shape) -> int:
        number = self._shape_numbers.get(shape)
        if number is None:
            number = self._shape_numbers[shape] = len(self._shapes)
            self._shapes.append(shape)
            self._code_at.append(self.code.extend(compile_shape(shape)))
            self.deepest = max(self.deepest, depth_of(shape) + 2)
        return number

    def _room_for_one(self, topic_id: int) -> int:
        if self._free:
            program = self._free.pop()
            self._topics[program] = topic_id
            return program
        self.rows.reach(ROW * (len(self._topics) + 1))
        return self._topics.append(topic_id)

    def _put(self, operands: list[int]) -> int:
        free = self._free_operands.get(len(operands))
        if not free:
            return self.operands.extend(operands)
        start = free.pop()
        self.operands.values[start : start + len(operands)] = operands
        return start


def _key(shape: int, operands: list[int]) -> bytes:
    return array("i", (shape, *operands)).tobytes()
