"""The site as an ASGI app: its pages, the API and the paths of machines, behind one authentication."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from crawler.settings import FetchSettings
from scheduler.access.authentication import AuthenticationMiddleware
from scheduler.access.guarded_route import GuardedRoute
from scheduler.access.identity import identity_of
from scheduler.access.passwords import Passwords
from scheduler.actions.recipients import AddressCheck, address_check
from scheduler.alerts.content import MessageStyle
from scheduler.alerts.links import MessageLinks
from scheduler.alerts.webhook_body import SCHEMA, published_schema
from scheduler.api import PREFIX, ApiDeps
from scheduler.config.loader import Setting
from scheduler.config.settings import Settings, WebSettings
from scheduler.diagnosis.facts import FactsReader, Unready
from scheduler.diagnosis.metrics_collector import MetricsCollector
from scheduler.observability.metrics import Metrics
from scheduler.runtime.disk_guard import DiskGuard
from scheduler.web.app_on_demand import AppOnDemand
from scheduler.web.guard import MOST_BYTES, BodyLimit, HostGuard, own_names
from scheduler.web.pages.accounts import AccountPages
from scheduler.web.pages.alerts import AlertPages
from scheduler.web.pages.deliveries import DeliveryPages, digest_routes
from scheduler.web.pages.feeds import PATH as FEEDS
from scheduler.web.pages.feeds import FeedPages
from scheduler.web.pages.login import LoginPages, SetupLink
from scheduler.web.pages.monitoring import Monitoring, livez, readiness_response
from scheduler.web.pages.overview import OverviewPages
from scheduler.web.pages.recipients import RecipientPages
from scheduler.web.pages.service import LastMinute, ServicePages
from scheduler.web.pages.sources import Look, SourcePages
from scheduler.web.pages.stories import StoryPages
from scheduler.web.pages.topics import TopicPages
from scheduler.web.pages.unsubscribe import PATH as UNSUBSCRIBE
from scheduler.web.pages.unsubscribe import unsubscribe_routes
from scheduler.web.render.public_path import PublicPath
from scheduler.web.render.renderer import PageDeps, Renderer
from storage.errors import ConfigError, InputError, NotFoundError, StorageError
from storage.sql.database import Database

_STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True)
class SiteParts:
    """What the site is made of; the defaults are those of an installation without settings.

    Articles that present a text as new which is older by `stale_days` are named stale reposts.
    `push` are the routes that hubs use, under the name `callback_host` too; `listing` gives the
    settings in force with their origins, `pid` is the daemon's, where one has started the site.
    """

    db: Database
    clock: Callable[[], datetime]
    started_at: datetime
    version: str
    settings: WebSettings = field(default_factory=WebSettings)
    stale_days: int = 10
    sender: str = "wirewatch@localhost"
    fetch: FetchSettings = field(default_factory=FetchSettings)
    check: AddressCheck = field(default_factory=lambda: address_check(Settings()))
    listing: Callable[[], tuple[Setting, ...]] = tuple
    setup: SetupLink = field(default_factory=SetupLink)
    passwords: Passwords = field(default_factory=Passwords)
    metrics: Metrics | None = None
    database_file: Path | None = None
    push: Sequence[Route] = ()
    callback_host: str = ""
    unready: Unready | None = None
    room: DiskGuard | None = None
    pid: int | None = None
    last_minute: LastMinute | None = None


class Site:
    """The app of pages and API; sources can be added once the crawl has begun."""

    def __init__(self, parts: SiteParts) -> None:
        self._parts = parts
        self._ending = asyncio.Event()
        self._render = Renderer(parts.clock, parts.started_at, parts.version)
        deps = PageDeps(parts.db, parts.clock, self._render)
        self._sources = SourcePages(deps)
        self._topics = TopicPages(deps)
        lasts = timedelta(days=parts.settings.session_days)
        metrics = parts.metrics or Metrics(parts.version)
        self._facts = FactsReader(
            parts.db, parts.clock, unready=parts.unready, room=parts.room, pid=parts.pid
        )
        self.metrics_collector = MetricsCollector(
            metrics, parts.db, parts.clock, parts.database_file, self._facts.problems
        )
        self.routes: tuple[GuardedRoute, ...] = (
            *OverviewPages(deps, parts.database_file, self._facts).routes(),
            *StoryPages(deps, stale_days=parts.stale_days).routes(),
            *self._topics.routes(),
            *RecipientPages(
                deps,
                style=MessageStyle(
                    # Signed with no key of ours: the links of a preview do nothing.
                    sender=parts.sender,
                    links=MessageLinks(parts.settings.url, b"preview"),
                    stale_days=parts.stale_days,
                ),
                url=parts.settings.url,
                check=parts.check,
            ).routes(),
            *AlertPages(deps, stale_days=parts.stale_days).routes(),
            *DeliveryPages(deps).routes(),
            *self._sources.routes(),
            *ServicePages(
                deps, fetch=parts.fetch, settings=parts.listing, last_minute=parts.last_minute
            ).routes(),
            *AccountPages(deps, passwords=parts.passwords).routes(),
            *LoginPages(
                deps, setup=parts.setup, passwords=parts.passwords, session_lasts=lasts
            ).routes(),
            *FeedPages(db=parts.db, clock=parts.clock, url=parts.settings.url).routes(),
            *digest_routes(parts.db, self._render),
            *unsubscribe_routes(parts.db, parts.clock, self._render),
            GuardedRoute(f"/schemas/alert-{SCHEMA}.json", _schema, None),
            *Monitoring(self.metrics_collector, parts.settings.metrics_networks).routes(),
            GuardedRoute("/livez", livez, None),
            GuardedRoute("/readyz", self._readyz, None),
        )
        self.app = self._app(lasts)

    def open(self, look: Look) -> None:
        """Let operators look for sources: the crawl has begun."""
        self._sources.open(look)

    def close(self) -> None:
        """End the streams that somebody follows, so that the server can stop."""
        self._ending.set()

    def _app(self, lasts: timedelta) -> Starlette:
        parts, settings = self._parts, self._parts.settings
        public = "" if settings.public_url is None else settings.public_url.host or ""
        self._check_public_path(settings.public_path)
        opened = {"/push/": parts.callback_host, UNSUBSCRIBE: public, FEEDS: public}
        routes: list[BaseRoute] = [
            *(route.starlette_route() for route in self.routes),
            *parts.push,
            Mount(PREFIX, AppOnDemand(self._api)),
            Mount("/static", StaticFiles(directory=_STATIC)),
        ]
        return Starlette(
            routes=routes,
            middleware=[
                Middleware(PublicPath, path=settings.public_path),
                Middleware(HostGuard, names=own_names(settings.host, public), opened=opened),
                Middleware(BodyLimit, most_bytes=MOST_BYTES, unlimited=("/push/",)),
                Middleware(
                    AuthenticationMiddleware,
                    db=parts.db,
                    clock=parts.clock,
                    trusted=settings.trusted_proxies,
                    session_lasts=lasts,
                    open_here=settings.open_on_loopback,
                ),
            ],
            exception_handlers={
                HTTPException: self._render.refused,
                ClientDisconnect: _broken_off,
                NotFoundError: self._not_found,
                InputError: self._wrong,
                StorageError: self._unavailable,
            },
        )

    def _check_public_path(self, path: str) -> None:
        """Raise ConfigError for a path of ours: whether a proxy took it off could not be told."""
        ours = {route.path.split("/")[1] for route in self.routes} | {"api", "static", "push"}
        if path and path.split("/")[1] in ours:
            raise ConfigError(
                f"web.public_url: {path} is a path of the site's own; take another, such as /wirewatch"
            )

    def _api(self) -> ASGIApp:
        from scheduler.api.app import create_api  # noqa: PLC0415 - see AppOnDemand

        parts = self._parts
        deps = ApiDeps(
            db=parts.db,
            clock=parts.clock,
            version=parts.version,
            started_at=parts.started_at,
            stale_days=parts.stale_days,
            check=parts.check,
            facts=self._facts,
            trial=self._topics.report,
            look=self._sources.look,
            ending=self._ending,
            public_path=parts.settings.public_path,
        )
        return create_api(deps)

    async def _readyz(self, request: Request) -> Response:
        if identity_of(request).client.is_local:
            return readiness_response(await self._facts.readiness())
        is_ready = not await self._facts.unready()  # strangers need no details
        status = HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE
        return JSONResponse({"ready": is_ready, "reasons": []}, status)

    async def _not_found(self, request: Request, error: Exception) -> Response:
        return self._render.refuse(request, HTTPStatus.NOT_FOUND, str(error))

    async def _wrong(self, request: Request, error: Exception) -> Response:
        return self._render.refuse(request, HTTPStatus.BAD_REQUEST, str(error))

    async def _unavailable(self, request: Request, error: Exception) -> Response:
        return self._render.refuse(request, HTTPStatus.SERVICE_UNAVAILABLE, str(error))


async def _broken_off(_request: Request, _error: Exception) -> Response:
    """Return an answer that nobody waits for any more."""
    return Response(status_code=HTTPStatus.BAD_REQUEST)


async def _schema(_request: Request) -> Response:
    return Response(published_schema(), media_type="application/schema+json")
