"""Which of very many topics match an article: by their anchors first, then exactly; pure.

What Elasticsearch calls a percolator and Lucene a Monitor: stored queries, matched by documents.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduler.query.language.tree import Query
from scheduler.query.matching import loops
from scheduler.query.matching.anchor_index import AnchorIndex
from scheduler.query.matching.anchors import anchors_of, guessed_share
from scheduler.query.matching.document import Document
from scheduler.query.matching.growing_array import GrowingArray
from scheduler.query.matching.loops import FULL
from scheduler.query.matching.program_store import ProgramStore
from scheduler.query.matching.programs import ShapeBuilder
from scheduler.query.matching.vocabulary import EncodedText, Vocabulary
from storage.machine_code import called_from_compiled, can_compile, compiled

SUSPECT_RATIO = 50
"""A topic that is looked at so many times for each match gets other anchors, if there are better."""

_MOST_SUSPECTS = 64
_GUESS_WEIGHS = 10.0  # articles
_FORGET_AFTER = 1 << 17  # articles: then what was learned counts half


_Located = tuple[loops.Numbers, loops.Numbers]


class MatchCheck(NamedTuple):
    """Topics found by the anchors, and by running the program of every topic; both are ids."""

    found: list[int]
    holding: list[int]


class _Loops:
    """The loops, as machine code or as plain Python."""

    def __init__(self, *, as_machine_code: bool) -> None:
        self.locate: Callable[..., tuple[loops.Numbers, loops.Numbers]] = loops.locate_by_arrays
        self.match: Callable[..., tuple[int, int]] = loops.match
        self.match_each: Callable[..., int] = loops.match_each
        if as_machine_code:
            called_from_compiled(
                *(loops.clear, loops.pair_key, loops.pair_place, loops.list_of_pair),
                *(loops.near_in_order, loops.minimal, loops.union, loops.near, loops.next_from),
                *(
                    loops.begun,
                    loops.stretch,
                    loops.windows,
                    loops.has_term_at,
                    loops.side_by_side,
                    loops.occurs,
                    loops.push,
                ),
                *(loops.run, loops.run_list),
            )
            self.locate = compiled(loops.locate)
            self.match = compiled(loops.match)
            self.match_each = compiled(loops.match_each)


class Matcher:
    """All topics, by id. A topic is added, changed and removed at once, whatever their number.

    Not to be used by two threads at the same time. `as_machine_code` is for tests; by default the
    loops are compiled where numba is installed.
    """

    def __init__(self, *, as_machine_code: bool | None = None) -> None:
        code = can_compile() if as_machine_code is None else as_machine_code
        self._loops = _Loops(as_machine_code=code)
        self._vocabulary = Vocabulary()
        self._programs = ProgramStore()
        self._anchor_index = AnchorIndex()
        self._program_of: dict[int, int] = {}
        self._articles = 0
        self._serial = 0
        self._frequency = GrowingArray(np.int32)
        self._occurrences = GrowingArray(np.int32)
        self._spans = np.zeros(4096, dtype=np.int64)
        self._tops = np.zeros(64, dtype=np.int32)
        self._found = np.zeros(64, dtype=np.int32)
        self._suspects = np.zeros(_MOST_SUSPECTS, dtype=np.int32)

    def __len__(self) -> int:
        """Return the number of topics."""
        return len(self._program_of)

    def topic_ids(self) -> list[int]:
        """Return the ids of all topics."""
        return list(self._program_of)

    def add(self, topic_id: int, query: Query) -> None:
        """Add a topic, in place of what was there under that id.

        Raises ValueError for a query that says nothing that must be there: `parse_query` lets
        none through.
        """
        lowering = ShapeBuilder(self._vocabulary)
        shape = lowering.shape(query)
        self._frequency.reach(len(self._vocabulary))
        anchors = anchors_of(shape, lowering.operands, self._share_of)
        if anchors is None:
            raise ValueError(f"nothing must be there: {query}")
        self.remove(topic_id)
        program, is_new = self._programs.add(topic_id, shape, lowering.operands)
        self._program_of[topic_id] = program
        if is_new:
            self._anchor_index.put(program, anchors.found_by)

    def remove(self, topic_id: int) -> None:
        """Remove a topic; nothing happens when it is not there."""
        program = self._program_of.pop(topic_id, None)
        if program is not None and self._programs.remove(topic_id, program):
            self._anchor_index.take(program)

    def match(self, document: Document) -> list[int]:
        """Return the ids of the topics that match an article, in order, and learn from it."""
        self._articles += 1
        found = self._matched(document)
        if self._articles >= _FORGET_AFTER:
            self._articles //= 2
            self._frequency.values[:] //= 2
        return self._topics_of(found)

    def check(self, document: Document) -> MatchCheck:
        """Return the topics that match an article by both ways; they should be the same."""
        found = self.match(document)
        programs = np.fromiter(set(self._program_of.values()), np.int32)

        def read_all(where: _Located, *arrays: object) -> tuple[int, int]:
            return self._loops.match_each(*where, programs, *arrays), 0

        return MatchCheck(found, self._topics_of(self._run_loops(document, read_all)[0]))

    def _matched(self, document: Document) -> NDArray[np.int32]:
        def by_anchors(where: _Located, *arrays: object) -> tuple[int, int]:
            return self._loops.match(*where, *arrays, SUSPECT_RATIO)

        found, suspects = self._run_loops(document, by_anchors)
        for program in self._suspects[:suspects].tolist():
            self._choose_other_anchors(program)
        return found

    def _run_loops(
        self, document: Document, ask: Callable[..., tuple[int, int]]
    ) -> tuple[NDArray[np.int32], int]:
        """Encode an article and run the loops on it, with more room until all spans have some."""
        encoded = self._vocabulary.encode(document)
        while True:
            topics, scratch = self._arrays()
            article = self._article(document, encoded)
            count, suspects = ask(self._loops.locate(article, scratch), article, topics, scratch)
            if count != FULL:
                return self._found[:count].copy(), suspects
            self._spans = np.zeros(self._spans.size * 4, dtype=np.int64)

    def _article(self, document: Document, encoded: EncodedText) -> loops.ArticleArrays:
        self._serial += 1
        return loops.ArticleArrays(
            encoded.entries,
            self._vocabulary.entry_at,
            self._vocabulary.entry_terms,
            encoded.bounds,
            document.day.toordinal() if document.day else 0,
            self._serial,
        )

    def _arrays(self) -> tuple[loops.TopicArrays, loops.Scratch]:
        terms, programs = len(self._vocabulary), len(self._programs)
        self._anchor_index.reach(terms)
        self._frequency.reach(terms)
        self._occurrences.reach(2 * terms)
        if self._found.size < programs:
            self._found = np.zeros(programs * 3 // 2, dtype=np.int32)
        if self._tops.size < self._programs.deepest:
            self._tops = np.zeros(self._programs.deepest, dtype=np.int32)
        anchored, kept = self._anchor_index, self._programs
        topics = loops.TopicArrays(
            list_of_term=anchored.list_of_term.values,
            pairs=anchored.pairs,
            pair_begins=anchored.pair_begins.values,
            pair_keys=anchored.pair_keys,
            pair_lists=anchored.pair_lists,
            heads=anchored.heads.values,
            slots=anchored.slots.values,
            rows=kept.rows.values,
            operands=kept.operands.values,
            code=kept.code.values,
        )
        scratch = loops.Scratch(
            frequency=self._frequency.values,
            occurrences=self._occurrences.values,
            spans=self._spans,
            tops=self._tops,
            found=self._found,
            suspects=self._suspects,
        )
        return topics, scratch

    def _choose_other_anchors(self, program: int) -> None:
        """Move a topic to anchors that are rarer by what was learned since."""
        operands = self._programs.operands_of(program)
        anchors = anchors_of(self._programs.shape_of(program), operands, self._share_of)
        self._programs.forget(program)
        if anchors is not None:
            self._anchor_index.take(program)
            self._anchor_index.put(program, anchors.found_by)

    def _share_of(self, term: int) -> float:
        """Return the share of articles with a term: learned, and guessed while few have come."""
        guess = guessed_share(self._vocabulary.letters(term))
        return (self._frequency[term] + _GUESS_WEIGHS * guess) / (self._articles + _GUESS_WEIGHS)

    def _topics_of(self, programs: NDArray[np.int32]) -> list[int]:
        kept = self._programs
        return sorted(topic for program in programs.tolist() for topic in kept.topics_of(program))
