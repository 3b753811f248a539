"""The stats site as an ASGI app: its routes, and what each of them reads and answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path

from sqlalchemy import Connection
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from scheduler.alerts.hook_body import SCHEMA, published_schema
from scheduler.api.health import unready_reasons
from scheduler.api.stats import stats_json
from scheduler.settings import WebSettings
from scheduler.web.digests import digest_routes
from scheduler.web.guard import Guard, own_names
from scheduler.web.recipients import RecipientPages
from scheduler.web.templating import environment
from scheduler.web.topics import topic_routes
from scheduler.web.unsubscribe import PATH, unsubscribe_routes
from scheduler.web.views import overview_view, story_page
from storage import lags, statistics, stories
from storage.database import Database
from storage.errors import NotFoundError, StorageError
from storage.lags import Times
from storage.statistics import Overview, StoryRow

_WINDOW = timedelta(hours=24)
_STATIC = Path(__file__).parent / "static"


def create_app(
    *,
    db: Database,
    settings: WebSettings,
    clock: Callable[[], datetime],
    started_at: datetime,
    version: str,
    stale_days: int,
    sender: str = "wirewatch@localhost",
    push: Sequence[Route] = (),
    callback_host: str = "",
) -> Starlette:
    """Make the site over a database.

    It only reads, apart from the readiness check, tests to recipients (from `sender`), and readers
    who unsubscribe. Articles that present a text as new which is older by `stale_days` are named
    stale reposts. `push` are the routes that hubs use, under the name `callback_host` too.
    """
    site = _Site(db, clock, started_at, version, stale_days)
    recipients = RecipientPages(
        db=db,
        clock=clock,
        render=site.page,
        sender=sender,
        url=settings.url,
        stale_days=stale_days,
    )
    public = settings.public_url
    opened = {"/push/": callback_host, PATH: "" if public is None else public.host or ""}
    return Starlette(
        routes=[
            Route("/", site.overview),
            Route("/stories/{story_id:int}", site.story),
            Route("/api/v1/stats", site.stats),
            Route(f"/schemas/alert-{SCHEMA}.json", site.schema),
            Route("/livez", site.livez),
            Route("/readyz", site.readyz),
            *topic_routes(db, clock, site.page),
            *recipients.routes(),
            *unsubscribe_routes(db, site.page),
            *digest_routes(db, site.page),
            *push,
            Mount("/static", StaticFiles(directory=_STATIC)),
        ],
        middleware=[Middleware(Guard, names=own_names(settings.host), opened=opened)],
        exception_handlers={
            HTTPException: site.refused,
            NotFoundError: site.not_found,
            StorageError: site.unavailable,
        },
    )


class _Site:
    """The pages and what they stand on."""

    def __init__(
        self,
        db: Database,
        clock: Callable[[], datetime],
        started_at: datetime,
        version: str,
        stale_days: int,
    ) -> None:
        self._db = db
        self._clock = clock
        self._started_at = started_at
        self._version = version
        self._stale_days = stale_days
        self._templates = environment()

    async def overview(self, _request: Request) -> Response:
        return self.page("overview.html", view=overview_view(await self._overview()))

    async def story(self, request: Request) -> Response:
        row, times = await self._db.read(_story_row, request.path_params["story_id"])
        page = story_page(row, self._clock(), self._stale_days, times)
        return self.page("story.html", page=page)

    async def stats(self, _request: Request) -> Response:
        seen = await self._overview()
        facts = stats_json(
            seen,
            version=self._version,
            started_at=self._started_at,
            stale_days=self._stale_days,
        )
        return JSONResponse(facts)

    async def schema(self, _request: Request) -> Response:
        return Response(published_schema(), media_type="application/schema+json")

    async def livez(self, _request: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def readyz(self, _request: Request) -> Response:
        reasons = await unready_reasons(self._db)
        status = HTTPStatus.SERVICE_UNAVAILABLE if reasons else HTTPStatus.OK
        return JSONResponse({"ready": not reasons, "reasons": reasons}, status)

    async def refused(self, _request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        says = "There is no such page." if status == HTTPStatus.NOT_FOUND else "That can't be done."
        return self._error(status, says)

    async def not_found(self, _request: Request, error: Exception) -> Response:
        return self._error(HTTPStatus.NOT_FOUND, str(error))

    async def unavailable(self, _request: Request, error: Exception) -> Response:
        return self._error(HTTPStatus.SERVICE_UNAVAILABLE, str(error))

    async def _overview(self) -> Overview:
        now = self._clock()
        return await self._db.read(statistics.overview, now=now, since=now - _WINDOW)

    def _error(self, status: int, says: str) -> Response:
        title = HTTPStatus(status).phrase
        return self.page("error.html", status, title=title, says=says)

    def page(self, name: str, status: int = HTTPStatus.OK, **values: object) -> HTMLResponse:
        template = self._templates.get_template(name)
        common = {"now": self._clock(), "started_at": self._started_at, "version": self._version}
        return HTMLResponse(template.render(common | values), status)


def _story_row(conn: Connection, story_id: int) -> tuple[StoryRow, dict[int, Times]]:
    row = statistics.story_row(conn, stories.get(conn, story_id))
    return row, lags.of_articles(conn, [article.id for article in row.articles])
