"""The topics as they are watched now: which of them match an article, and why.

The matcher finds them; what matched and where is read off the query itself, which is read from the
store again for the few that hit. Now and then an article is matched without the index as well.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

import structlog
from sqlalchemy import Connection

from scheduler.query.language.parser import parse_query
from scheduler.query.language.tree import Query
from scheduler.query.matching.document import Document, document_of
from scheduler.query.matching.evaluator import AnalysedDocument, holds, match_query
from scheduler.query.matching.matcher import Matcher
from storage.errors import QueryError
from storage.models.articles import Article
from storage.models.matches import QueryMatch
from storage.process import counters
from storage.sql.database import Database
from storage.topics import named_queries, topics

_SHADOWED = 1000  # one article in so many
_SAMPLE = 100  # topics that are read by the reference then, besides those that hit
_KEPT_QUERIES = 2000
_SECONDS_AN_ARTICLE = 1.0  # of the processor, to say why topics match; which do is known before

_Reason = tuple[int, QueryMatch]


class LiveTopics:
    """The stored topics in a matcher. `rng` chooses which articles and topics are checked.

    What an article says is matched in a thread, by sweeps that let the event loop run. `cpu_seconds`
    is the clock of the thread that asks it.
    """

    def __init__(
        self,
        db: Database,
        rng: random.Random,
        cpu_seconds: Callable[[], float] = time.thread_time,
    ) -> None:
        self._cpu_seconds = cpu_seconds
        self._db = db
        self._rng = rng
        self._matcher = Matcher()
        self._named: Mapping[str, str] = {}
        self._version = -1
        self._unreadable: set[int] = set()
        self._parsed = lru_cache(maxsize=_KEPT_QUERIES)(self._parse)
        self._log = structlog.get_logger("live_topics")

    async def follow(self) -> None:
        """Take up what was added, changed or removed since the last time."""
        version = await self._db.read(topics.version)
        if version == self._version:
            return
        self._named = await self._db.read(named_queries.texts)
        self._parsed.cache_clear()
        changes = await self._db.read(topics.changed_since, self._version)
        # The first time these may be very many, and the loops are compiled: it takes some seconds.
        await asyncio.to_thread(self._take_up, changes)
        await self._db.write(counters.put, counters.TOPICS_UNREADABLE, len(self._unreadable))
        self._version = version

    async def matches(self, article: Article) -> list[tuple[int, QueryMatch]]:
        """Return the topics that match an article, by their ids, and what of it matched."""
        document = document_of(article)
        topic_ids = await asyncio.to_thread(self._matcher.match, document)
        if self._rng.randrange(_SHADOWED) == 0:
            topic_ids = await self._checked(document, topic_ids)
        if not topic_ids:
            return []
        queries = await self._queries(topic_ids)
        return await asyncio.to_thread(self._reasons, queries, document)

    def _reasons(self, queries: Mapping[int, Query], document: Document) -> list[_Reason]:
        """Say of topics that match what of an article did, and where, while that is affordable.

        Once the article has taken its time, the others are said to match, and not where.
        """
        until = self._cpu_seconds() + _SECONDS_AN_ARTICLE
        analysed = AnalysedDocument(document)
        reasons: list[_Reason] = []
        for topic_id, query in queries.items():
            if self._cpu_seconds() > until:
                reasons.append((topic_id, QueryMatch((str(query),), ())))
            elif (matched := match_query(query, analysed)) is not None:
                reasons.append((topic_id, matched))
        return reasons

    def _take_up(self, changes: Iterable[tuple[int, str | None]]) -> None:
        for topic_id, text in changes:
            self._matcher.remove(topic_id)
            self._unreadable.discard(topic_id)
            query = None if text is None else self._read(topic_id, text)
            if query is not None:
                self._matcher.add(topic_id, query)
            elif text is not None:
                self._unreadable.add(topic_id)
        self._matcher.match(Document("", ""))

    def _read(self, topic_id: int, text: str) -> Query | None:
        try:
            return self._parsed(text)
        except QueryError as error:
            self._log.error("topic_unreadable", topic=topic_id, error=str(error))
            return None

    def _parse(self, text: str) -> Query:
        return parse_query(text, self._named)

    async def _queries(self, ids: list[int]) -> dict[int, Query]:
        texts = await self._db.read(topics.queries, ids)
        read = {topic_id: self._read(topic_id, text) for topic_id, text in texts.items()}
        # In the order of the topics, which is that of their alerts.
        return {topic_id: query for topic_id in ids if (query := read.get(topic_id)) is not None}

    async def _checked(self, document: Document, found: list[int]) -> list[int]:
        """Return what matches an article by the index, by every program, and by the reference.

        A difference is a bug of the index: it is logged, counted and shown, and nobody misses a
        story for it.
        """
        holding = set((await asyncio.to_thread(self._matcher.check, document)).holding)
        topic_ids = self._matcher.topic_ids()
        sample = self._rng.sample(topic_ids, min(_SAMPLE, len(topic_ids)))
        queries = await self._queries(sample)
        holding |= await asyncio.to_thread(self._holding, queries, document)
        missed = holding.difference(found)
        await self._db.write(_count, len(missed))
        if missed:
            self._log.error("matcher_missed", topics=sorted(missed), url=document.url)
        return sorted(holding.union(found))

    def _holding(self, queries: Mapping[int, Query], document: Document) -> set[int]:
        """Return the topics whose queries hold by the reference; those that it had time for."""
        until = self._cpu_seconds() + _SECONDS_AN_ARTICLE
        analysed = AnalysedDocument(document)
        return {
            topic_id
            for topic_id, query in queries.items()
            if self._cpu_seconds() <= until and holds(query, analysed)
        }


def _count(conn: Connection, differences: int) -> None:
    counters.add(conn, counters.SHADOW_RUNS, 1)
    counters.add(conn, counters.SHADOW_DIFFERENCES, differences)
