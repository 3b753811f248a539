"""The pages of the topics: the list, a query tried on what is stored, and the editor."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from http import HTTPStatus

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from scheduler.access.guarded_route import GuardedRoute, form_fields
from scheduler.access.identity import identity_of
from scheduler.actions import topics as topic_actions
from scheduler.alerts.passage import Disguise, PassagePart, disguises, passage
from scheduler.backtest.report import (
    BacktestQuery,
    BacktestReport,
    query_or_topic,
    report,
    stories_a_day,
)
from scheduler.backtest.search import Sample, SearchControl
from scheduler.calendar.periods import time_before
from scheduler.diagnosis.topic_health import TopicHealth, topic_health
from scheduler.query.named_queries import unreadable
from scheduler.shapes.backtest import marked_as
from scheduler.web.render.renderer import PageDeps, back_to
from storage.errors import InputError, QueryError
from storage.models.topics import Topic
from storage.operators.accounts import AccountRole
from storage.process import counters
from storage.topics import named_queries, topic_activity, topics
from storage.topics.topic_activity import TopicActivity

_SECONDS = 4.0  # for a search; what was not looked at by then is said
_MOST_LISTED = 500
_SAMPLES = 20
_SINCE = "30d"
_BAR = 100.0


@dataclass(frozen=True, slots=True)
class TopicLine:
    """A topic as the list tells it."""

    topic: TopicActivity
    health: TopicHealth


@dataclass(frozen=True, slots=True)
class SampleView:
    """A hit as the page tells it."""

    sample: Sample
    passage: tuple[PassagePart, ...]
    disguises: tuple[Disguise, ...]
    mark: str | None


@dataclass(frozen=True, slots=True)
class BacktestView:
    """A report as the page tells it; days are (day, count, length of the bar in percent)."""

    asked: BacktestQuery
    report: BacktestReport
    days: tuple[tuple[date, int, float], ...]
    samples: tuple[SampleView, ...]


@dataclass(frozen=True, slots=True)
class QueryTrial:
    """What came of trying a query: hits, or why it was refused; neither when none was typed."""

    view: BacktestView | None = None
    error: dict[str, object] | None = None

    @property
    def status(self) -> HTTPStatus:
        """The status to answer with."""
        return HTTPStatus.OK if self.error is None else HTTPStatus.BAD_REQUEST


class TopicPages:
    """The list, the trial of a query, and the editor, over their dependencies."""

    def __init__(self, deps: PageDeps) -> None:
        self._db = deps.db
        self._clock = deps.clock
        self._render = deps.render
        # One search at a time: the readers are needed for all other pages too.
        self._turn = asyncio.Semaphore(1)

    def routes(self) -> list[GuardedRoute]:
        """Return their routes."""
        return [
            GuardedRoute("/topics", self.listed, AccountRole.VIEWER),
            GuardedRoute("/topics/test", self.tested, AccountRole.VIEWER),
            GuardedRoute("/topics/new", self.new, AccountRole.EDITOR),
            GuardedRoute("/topics/new", self.add, AccountRole.EDITOR, ("POST",)),
            GuardedRoute("/topics/{topic_id:int}/edit", self.edit, AccountRole.EDITOR),
            GuardedRoute("/topics/{topic_id:int}/edit", self.change, AccountRole.EDITOR, ("POST",)),
        ]

    async def listed(self, request: Request) -> Response:
        now = self._clock()
        found, why = await self._db.read(_activity, now)
        lines = [TopicLine(t, topic_health(t, now, why.get(t.name, ""))) for t in found]
        lines.sort(key=_most_urgent)
        return self._render(
            request,
            "topics.html",
            lines=lines[:_MOST_LISTED],
            total=len(lines),
            days=topic_activity.DAYS,
        )

    async def tested(self, request: Request) -> Response:
        query = request.query_params.get("q", "")
        since = request.query_params.get("since") or _SINCE
        trial = await self.trial(query, since)
        return self._render(
            request, "topic_test.html", trial.status, q=query, since=since, trial=trial
        )

    async def new(self, request: Request) -> Response:
        query = request.query_params.get("q", "")
        return self._editor(request, name="", query=query, topic=None, trial=QueryTrial())

    async def add(self, request: Request) -> Response:
        form = form_fields(request)
        name, query = form.get("name", ""), _query(form)
        trial = await self.trial(query, _SINCE)
        if form.get("what") != "save" or trial.error is not None:
            return self._editor(request, name=name, query=query, topic=None, trial=trial)
        try:
            made = await self._db.write(
                topic_actions.add_topic,
                identity_of(request).actor,
                name=name,
                query=query,
                now=self._clock(),
            )
        except InputError as error:
            refused = QueryTrial(error=query_refusal(error))
            return self._editor(request, name=name, query=query, topic=None, trial=refused)
        done = f"{made.name} is watched from now on. Say who is to be told."
        return back_to(f"/topics/{made.id}", done)

    async def edit(self, request: Request) -> Response:
        topic = await self._db.read(topics.by_id, request.path_params["topic_id"])
        return self._editor(
            request, name=topic.name, query=topic.query, topic=topic, trial=QueryTrial()
        )

    async def change(self, request: Request) -> Response:
        topic = await self._db.read(topics.by_id, request.path_params["topic_id"])
        form = form_fields(request)
        query = _query(form)
        trial = await self.trial(query, _SINCE)
        if form.get("what") != "save" or trial.error is not None:
            return self._editor(request, name=topic.name, query=query, topic=topic, trial=trial)
        await self._db.write(
            topic_actions.change_query, identity_of(request).actor, topic.id, query, self._clock()
        )
        return back_to(f"/topics/{topic.id}", "The new query is watched from now on.")

    async def trial(self, query: str, since: str) -> QueryTrial:
        """Try a query on what is stored; what was refused is said in the trial."""
        if not query.strip():
            return QueryTrial()
        try:
            return QueryTrial(view=backtest_view(*await self.report(query, since)))
        except InputError as refused:
            return QueryTrial(error=query_refusal(refused))

    async def report(self, query: str, since: str) -> tuple[BacktestQuery, BacktestReport]:
        """Try a query on what is stored. Raises InputError."""
        now = self._clock()
        start = time_before(since, now, "since")
        async with self._turn:
            return await self._db.read(_report, query, start, now)

    def _editor(
        self, request: Request, *, name: str, query: str, topic: Topic | None, trial: QueryTrial
    ) -> Response:
        return self._render(
            request,
            "topic_edit.html",
            trial.status,
            name=name,
            q=query,
            topic=topic,
            trial=trial,
        )


def _query(form: Mapping[str, str]) -> str:
    return form.get("query", "").replace("\r\n", "\n").strip()


def backtest_view(asked: BacktestQuery, report: BacktestReport) -> BacktestView:
    """Arrange a report for its page; days are those of UTC."""
    days = stories_a_day(report.found, UTC)
    most = max((count for _, count in days), default=0) or 1
    return BacktestView(
        asked,
        report,
        tuple((day, count, round(_BAR * count / most, 1)) for day, count in days),
        tuple(_sample_view(sample, report.marks) for sample in report.samples),
    )


def _most_urgent(line: TopicLine) -> tuple[bool, bool, int]:
    return line.health.word != "broken", not line.health.needs_a_look, -line.topic.today


def _activity(conn: Connection, now: datetime) -> tuple[list[TopicActivity], dict[str, str]]:
    """Return the topics, and why some can't be read, by name."""
    found = topic_activity.activity(conn, now)
    if not counters.get(conn, counters.TOPICS_UNREADABLE):
        return found, {}  # the daemon has read them all; here it would take long for very many
    queries = ((topic.name, topic.query) for topic in found)
    broken = unreadable(queries, named_queries.texts(conn))
    return found, {each.whose: str(each.error) for each in broken}


def _sample_view(sample: Sample, marks: Mapping[int, bool]) -> SampleView:
    return SampleView(
        sample=sample,
        passage=passage(sample.article, sample.matched.highlights),
        disguises=disguises(sample.article, sample.matched.highlights),
        mark=marked_as(sample.hit.article_id, marks),
    )


def _report(
    conn: Connection, query: str, since: datetime, until: datetime
) -> tuple[BacktestQuery, BacktestReport]:
    wanted = query_or_topic(conn, query)
    end = time.monotonic() + _SECONDS
    control = SearchControl(is_over=lambda: time.monotonic() >= end)
    made = report(conn, wanted, since=since, until=until, limit=_SAMPLES, control=control)
    return wanted, made


def query_refusal(error: InputError) -> dict[str, object]:
    """Return why a query was refused; of what is no query's fault there is no more than a sentence."""
    if isinstance(error, QueryError):
        return {
            "error": str(error),
            "position": error.position,
            "place": "\n".join(getattr(error, "__notes__", ())),
            "expected": list(error.expected),
            "suggestion": error.suggestion,
        }
    return {"error": str(error), "position": None, "place": "", "expected": [], "suggestion": None}
