"""One query asked of many articles: does it hold, or which one clause is in the way; pure."""

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
    """Asks a query by the matcher that runs live, together with what is left without each clause."""

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

    def answer(self, document: Document) -> ProbeResult:
        """Ask of one article."""
        found = self._matcher.match(document)
        if _WHOLE in found:
            return ProbeResult(holds=True)
        # With all others holding it can only be the clause itself that does not.
        return ProbeResult(False, str(self._clauses[found[0]]) if found else None)

    def narrowing(self) -> Narrowing | None:
        """Say by what the articles for which the query may hold are found."""
        return narrowing_of(self.query)

    def near(self) -> Narrowing | None:
        """Say by what articles that may lack one clause are found; None where the index can't help.

        A clause without which any article may answer is left out.
        """
        narrowed = map(narrowing_of, self._rests.values())
        found = tuple(dict.fromkeys(each for each in narrowed if each is not None))
        return AnyOf(found) if found else None

    def _without(self, number: int) -> Query:
        rest = tuple(part for other, part in self._clauses.items() if other != number)
        return rest[0] if len(rest) == 1 else And(rest)
