"""What must be in every article that a query matches: else it would be shown to all of them; pure."""

from __future__ import annotations

from scheduler.query.language.tree import (
    AtLeast,
    Both,
    Dated,
    Either,
    Named,
    Near,
    Query,
    Without,
    children,
)


def required(query: Query) -> frozenset[Query]:
    """Return leaves of which every matching article holds at least one; empty when there are none.

    The fewest possible: of an AND the part with the fewest, of an OR those of all parts.
    """
    if isinstance(query, Without | Dated):
        return frozenset()
    if not isinstance(query, Both | Either | Near | AtLeast | Named):
        return frozenset({query})
    found = [required(part) for part in children(query)]
    if isinstance(query, Either):
        return frozenset().union(*found) if all(found) else frozenset()
    return min((part for part in found if part), key=len, default=frozenset())
