"""The pages of the topics: what they match, and a query tried on what is stored."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from http import HTTPStatus

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scheduler.alerts.disguise import Disguise, disguises
from scheduler.alerts.told import Piece, passage
from scheduler.api.topics import marked_as, report_json
from scheduler.kept_queries import unreadable
from scheduler.periods import time_before
from scheduler.watch.backtest.report import Asked, Report, asked, report, stories_a_day
from scheduler.watch.backtest.search import Patience, Sample
from scheduler.watch.topic_health import TopicHealth, topic_health
from scheduler.web.templating import Render
from storage import counters, named_queries, topic_activity
from storage.database import Database
from storage.errors import InputError, QueryError
from storage.topic_activity import TopicActivity

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
    passage: tuple[Piece, ...]
    disguises: tuple[Disguise, ...]
    mark: str | None


@dataclass(frozen=True, slots=True)
class TestView:
    """A report as the page tells it; days are (day, count, length of the bar in percent)."""

    asked: Asked
    report: Report
    days: tuple[tuple[date, int, float], ...]
    samples: tuple[SampleView, ...]


def topic_routes(db: Database, clock: Callable[[], datetime], render: Render) -> list[Route]:
    """Give the routes of the topics' pages."""
    pages = _TopicPages(db, clock, render)
    return [
        Route("/topics", pages.listed),
        Route("/topics/test", pages.tested),
        Route("/api/v1/topics/test", pages.tested_json),
    ]


class _TopicPages:
    def __init__(self, db: Database, clock: Callable[[], datetime], render: Render) -> None:
        self._db = db
        self._clock = clock
        self._render = render
        # One search at a time: the readers are needed for all other pages too.
        self._turn = asyncio.Semaphore(1)

    async def listed(self, _request: Request) -> Response:
        now = self._clock()
        found, why = await self._db.read(_activity, now)
        lines = [TopicLine(t, topic_health(t, now, why.get(t.name, ""))) for t in found]
        lines.sort(key=_most_urgent)
        return self._render(
            "topics.html", lines=lines[:_MOST_LISTED], total=len(lines), days=topic_activity.DAYS
        )

    async def tested(self, request: Request) -> Response:
        query = request.query_params.get("q", "")
        since = request.query_params.get("since") or _SINCE
        status, view, error = HTTPStatus.OK, None, None
        if query.strip():
            try:
                view = test_view(*await self._try(query, since))
            except InputError as refused:
                status, error = HTTPStatus.BAD_REQUEST, refused
        said = None if error is None else _said(error)
        return self._render("topic_test.html", status, q=query, since=since, view=view, error=said)

    async def tested_json(self, request: Request) -> Response:
        params = request.query_params
        try:
            found = await self._try(params.get("q", ""), params.get("since") or _SINCE)
        except InputError as refused:
            return JSONResponse(_said(refused), HTTPStatus.BAD_REQUEST)
        return JSONResponse(report_json(*found))

    async def _try(self, query: str, since: str) -> tuple[Asked, Report]:
        now = self._clock()
        start = time_before(since, now, "since")
        async with self._turn:
            return await self._db.read(_report, query, start, now)


def test_view(asked: Asked, report: Report) -> TestView:
    """Arrange a report for its page; days are those of UTC."""
    days = stories_a_day(report.found, UTC)
    most = max((count for _, count in days), default=0) or 1
    return TestView(
        asked,
        report,
        tuple((day, count, round(_BAR * count / most, 1)) for day, count in days),
        tuple(_sample_view(sample, report.marks) for sample in report.samples),
    )


def _most_urgent(line: TopicLine) -> tuple[bool, bool, int]:
    return line.health.word != "broken", not line.health.needs_a_look, -line.topic.today


def _activity(conn: Connection, now: datetime) -> tuple[list[TopicActivity], dict[str, str]]:
    """Give the topics, and why some can't be read, by name."""
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


def _report(conn: Connection, query: str, since: datetime, until: datetime) -> tuple[Asked, Report]:
    wanted = asked(conn, query)
    end = time.monotonic() + _SECONDS
    patience = Patience(is_over=lambda: time.monotonic() >= end)
    made = report(conn, wanted, since=since, until=until, limit=_SAMPLES, patience=patience)
    return wanted, made


def _said(error: InputError) -> dict[str, object]:
    """Say why a query was refused; of what is no query's fault there is no more than a sentence."""
    if isinstance(error, QueryError):
        return {
            "error": str(error),
            "position": error.position,
            "place": "\n".join(getattr(error, "__notes__", ())),
            "expected": list(error.expected),
            "suggestion": error.suggestion,
        }
    return {"error": str(error), "position": None, "place": "", "expected": [], "suggestion": None}
