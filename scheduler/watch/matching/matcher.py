"""Which topics an article answers, among very many."""

from __future__ import annotations

from scheduler.watch.language.tree import Query
from scheduler.watch.matching.document import Document
from scheduler.watch.matching.evaluate import Analysed, holds


class Matcher:
    """All topics, by id. A topic is added, changed and removed at once, whatever their number."""

    def __init__(self) -> None:
        self._queries: dict[int, Query] = {}

    def __len__(self) -> int:
        """Count the topics."""
        return len(self._queries)

    def add(self, topic_id: int, query: Query) -> None:
        """Watch a topic, in place of what was watched under that id."""
        self._queries[topic_id] = query

    def remove(self, topic_id: int) -> None:
        """Stop watching a topic; nothing happens when it is not watched."""
        self._queries.pop(topic_id, None)

    def match(self, document: Document) -> list[int]:
        """Give the ids of the topics that the article answers, in order."""
        article = Analysed(document)
        return [topic for topic, query in sorted(self._queries.items()) if holds(query, article)]
