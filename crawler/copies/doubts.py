"""Which doubts are worth a look at a story, and which of its members are looked at; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.models.stories import Doubts

MOST_LOOKED = 32
"""Members of a story that one look judges anew: as many as a text has candidates."""

MORE_DOUBTS = 1.25
"""How many times as many texts must doubt an article as when its story was looked at last."""


def is_due(doubts: Doubts) -> bool:
    """Whether so much more is known of an article than at the last look that it is worth another."""
    return doubts.raised > doubts.settled and doubts.raised >= MORE_DOUBTS * doubts.settled


def looked_at(
    members: Sequence[int], doubted: Sequence[int], copies: Sequence[int]
) -> tuple[list[int], set[int]]:
    """Choose the members of a story that are judged anew, in their order; and name the others.

    Of a small story all are; of a large one the doubted, and the `copies` whose verdicts name them.
    """
    if len(members) <= MOST_LOOKED:
        return list(members), set()
    in_story = set(members)
    chosen = [one for one in dict.fromkeys((*doubted, *copies)) if one in in_story][:MOST_LOOKED]
    return sorted(chosen), in_story.difference(chosen)
