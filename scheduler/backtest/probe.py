"""One query tried on many articles: does it hold, or which one clause is in the way; pure."""

from __future__ import annotations

from dataclasses import dataclass

from scheduler.query.archive_keys import narrowing_of
from scheduler.query.language.tree import And, Query
from scheduler.query.matching.document import Document
from scheduler.query.matching.matcher import Matcher
from storage.stories.archive_keys import AnyOf, Narrowing

_WHOLE = 0
_MOST_CLAUSES = 20  # of a query whose near misses are looked for


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """Whether the query holds; when all but one of its clauses do, `missing` is that one."""

    holds: bool
    missing: str | None = None


class Probe:
    """A query in the matcher that runs live, together with what is left of it without each clause."""

    def __init__(self, query: Query) -> None:
        self.query = query
        parts = query.parts if isinstance(query, And) else ()
        self._clauses = dict(enumerate(parts if len(parts) <= _MOST_CLAUSES else (), 1))
        self._rests = {number: self._without(number) for number in self._clauses}
        # One query is matched faster than the loops for very many are compiled.
        self._matcher = Matcher(as_machine_code=False)
        self._matcher.add(_WHOLE, query)
        for number, rest in list(self._rests.items()):
            try:
                self._matcher.add(number, rest)
            except ValueError:  # without this clause nothing must be there
                del self._rests[number]

    def try_on(self, document: Document) -> ProbeResult:
        """Return whether the query holds for an article, or the one clause that does not."""
        matching = self._matcher.match(document)
        if _WHOLE in matching:
            return ProbeResult(holds=True)
        # With all others holding it can only be the clause itself that does not.
        return ProbeResult(False, str(self._clauses[matching[0]]) if matching else None)

    def narrowing(self) -> Narrowing | None:
        """Return by what the archive finds the articles for which the query may hold; None for any."""
        return narrowing_of(self.query)

    def near_narrowing(self) -> Narrowing | None:
        """Return by what articles that lack one clause are found; None where the index can't help.

        A clause without which any article may answer is left out.
        """
        narrowed = map(narrowing_of, self._rests.values())
        narrowings = tuple(dict.fromkeys(part for part in narrowed if part is not None))
        return AnyOf(narrowings) if narrowings else None

    def _without(self, number: int) -> Query:
        rest = tuple(part for other, part in self._clauses.items() if other != number)
        return rest[0] if len(rest) == 1 else And(rest)
