"""Groups of articles, and the links that make several of them one; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def joined_groups(
    groups: Sequence[Sequence[int]], links: Iterable[tuple[int, int]]
) -> list[list[int]]:
    """Join groups of article ids that a link connects; a link to an unknown article says nothing.

    Groups come in the order of their first members, and members in the order in which they came.
    """
    group_of = {member: place for place, group in enumerate(groups) for member in group}
    for one, other in links:
        if one in group_of and other in group_of:
            kept, gone = group_of[one], group_of[other]
            group_of = {
                member: kept if place == gone else place for member, place in group_of.items()
            }
    joined: dict[int, list[int]] = {}
    for member, place in group_of.items():
        joined.setdefault(place, []).append(member)
    return list(joined.values())
