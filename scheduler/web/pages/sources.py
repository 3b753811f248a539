"""The pages of sources: how each is, its month, its visits, and what may be done about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from crawler.fetch.robots import authority_of, read_rules
from scheduler.access.guarded_route import GuardedRoute, form_fields, form_values
from scheduler.access.identity import identity_of
from scheduler.actions import sources as source_actions
from scheduler.actions.source_discovery import DiscoveredSources
from scheduler.diagnosis.source_report import source_lines
from scheduler.lists.sources import source_list, source_row
from scheduler.recrawl.plan import rate_in_words
from scheduler.recrawl.rhythm import rate_shape
from scheduler.recrawl.source_history import history_of
from scheduler.web.render.charts import ChartColumn, SourceDay, chart_columns, source_days
from scheduler.web.render.renderer import PageDeps, back_to
from storage.crawl import fetches, moves, pages, request_counts, robots, sources, subscriptions
from storage.errors import InputError, WirewatchError
from storage.models.articles import Article
from storage.models.fetches import Fetch
from storage.models.pages import Page
from storage.models.sources import Source, SourceMove
from storage.operators.accounts import AccountRole
from storage.reports.statistics import SourceRow
from storage.stories import articles

Look = Callable[[str], Awaitable[DiscoveredSources]]
"""Finds what can be polled at an address, as politely as the crawl."""

_MONTH = timedelta(days=30)
_VISITS = 50
_ARTICLES = 15
_TROUBLED = 15
_WORDS = ("failing", "quiet", "new", "healthy", "paused")


@dataclass(frozen=True, slots=True)
class SourceView:
    """All of one source."""

    row: SourceRow
    days: tuple[SourceDay, ...]
    lines: tuple[str, ...]
    hours: tuple[ChartColumn, ...]  # of the day, how much it publishes
    rate: str
    visits: tuple[Fetch, ...]
    troubled: tuple[Page, ...]  # pages that gave no article
    articles: tuple[Article, ...]
    moves: tuple[SourceMove, ...]
    robots: str


class SourcePages:
    """The pages, over their dependencies; `look` is there once the crawl has begun."""

    def __init__(self, deps: PageDeps) -> None:
        self._db = deps.db
        self._clock = deps.clock
        self._render = deps.render
        self._look: Look | None = None

    def open(self, look: Look) -> None:
        """Let operators add sources: the crawl has begun."""
        self._look = look

    async def look(self, url: str) -> DiscoveredSources:
        """Find what can be polled at an address. Raises InputError before the crawl has begun."""
        if self._look is None:
            raise InputError("the crawler is starting; try again in a moment")
        return await self._look(url)

    def routes(self) -> list[GuardedRoute]:
        """Return their routes."""
        return [
            GuardedRoute("/sources", self.listed, AccountRole.VIEWER),
            GuardedRoute("/sources/add", self.adding, AccountRole.EDITOR),
            GuardedRoute("/sources/add", self.add, AccountRole.EDITOR, ("POST",)),
            GuardedRoute("/sources/{source_id:int}", self.shown, AccountRole.VIEWER),
            GuardedRoute("/sources/{source_id:int}", self.change, AccountRole.EDITOR, ("POST",)),
        ]

    async def listed(self, request: Request) -> Response:
        params = request.query_params
        word, text = params.get("state", ""), params.get("q", "").strip()[:200]
        word = word if word in _WORDS else ""
        cursor, now = params.get("after", ""), self._clock()
        page = await self._db.read(source_list, now, cursor, word=word, text=text)
        ids = [row.source.id for row in page.rows]
        months = await self._db.read(request_counts.days_of, ids, now - _MONTH)
        return self._render(
            request,
            "sources.html",
            sources=page.with_rows(
                [(row, source_days(months.get(row.source.id, ()), now=now)) for row in page.rows]
            ),
            counts=await self._db.read(_counts),
            word=word,
            q=text,
            words=_WORDS,
            cursor=cursor,
        )

    async def shown(self, request: Request) -> Response:
        source_id = request.path_params["source_id"]
        view = await self._db.read(source_view, source_id, self._clock())
        return self._render(request, "source.html", view=view)

    async def adding(self, request: Request) -> Response:
        return self._render(request, "source_add.html", url="", found=None, says="")

    async def add(self, request: Request) -> Response:
        """Look at a site, or add what was chosen; an InputError is shown on the page."""
        form = form_fields(request)
        url, picked = form.get("url", ""), form_values(request, "pick")
        try:
            if not url:
                raise InputError("give the address of a site, a feed or a sitemap")
            found = await self.look(url)
            if not picked:
                return self._render(request, "source_add.html", url=url, found=found, says="")
            wanted = [each for each in found.candidates if each.url in picked]
            if not wanted:
                raise InputError("none of these is there any more; look again")
            made = await self._db.write(
                source_actions.add_sources,
                identity_of(request).actor,
                wanted,
                alert_backlog="alert_backlog" in form,
                now=self._clock(),
            )
        except WirewatchError as error:
            return self._render(
                request,
                "source_add.html",
                HTTPStatus.BAD_REQUEST,
                url=url,
                found=None,
                says=str(error),
            )
        return back_to(f"/sources/{made[0].id}", "It is polled from now on.")

    async def change(self, request: Request) -> Response:
        """Do what a form of the source's page asks for. Raises InputError for what it does not know."""
        form, source_id = form_fields(request), request.path_params["source_id"]
        actor, now = identity_of(request).actor, self._clock()
        match form.get("what", ""):
            case "pause":
                await self._db.write(source_actions.pause, actor, source_id, now)
            case "resume":
                await self._db.write(source_actions.resume, actor, source_id, now)
            case "recrawl":
                await self._db.write(source_actions.request_recrawl, actor, source_id, now)
            case "limit":
                requests = _requests(form.get("requests", ""))
                await self._db.write(source_actions.change_budget, actor, source_id, requests, now)
            case "remove":
                await self._db.write(source_actions.remove, actor, source_id, now)
                return back_to("/sources", "The source is removed; its articles stay.")
            case _:
                raise InputError("that can't be done to a source")
        return back_to(f"/sources/{source_id}", "It is done.")


def _counts(conn: Connection) -> dict[str, int]:
    """Return how many sources there are of each word."""
    return sources.count_by_health(conn) | {"quiet": sources.count_quiet(conn)}


def source_view(conn: Connection, source_id: int, now: datetime) -> SourceView:
    """Read all of one source."""
    row = source_row(conn, source_id, now)
    source = row.source
    moved = moves.of_source(conn, source_id)
    push = subscriptions.of_source(conn, source_id)
    ignored = subscriptions.times_ignored(conn, source_id)
    lines = tuple(source_lines(source, (), push, ignored, moved))
    return SourceView(
        row=row,
        days=source_days(request_counts.of_source(conn, source_id, now - _MONTH), now=now),
        lines=lines[2:],
        hours=_hours(source),
        rate=_rate(source),
        visits=tuple(fetches.of_source(conn, source_id, _VISITS)),
        troubled=tuple(pages.troubled(conn, source_id, _TROUBLED)),
        articles=tuple(articles.of_source(conn, source_id, _ARTICLES)),
        moves=tuple(moved),
        robots=robots_verdict(conn, source),
    )


def robots_verdict(conn: Connection, source: Source) -> str:
    """Return whether the robots.txt that is kept of a source's host lets its listing be fetched."""
    kept = robots.get(conn, authority_of(source.url))
    if kept is None:
        return "Its robots.txt was not asked for yet."
    rules = read_rules(kept[1], kept[2], kept[0])
    allowed = rules.allow(source.url)
    delay = f" It asks for {rules.crawl_delay:g} s between requests." if rules.crawl_delay else ""
    says = "allows" if allowed else "forbids"
    return f"Its robots.txt of {kept[0]:%Y-%m-%d %H:%M} UTC {says} this listing.{delay}"


def _hours(source: Source) -> tuple[ChartColumn, ...]:
    known = history_of(source)
    if known is None:
        return ()
    found: Sequence[float] = rate_shape(known.rhythm, known.usual).hours
    counted = [{"published": round(100 * value)} for value in found]
    return chart_columns([f"{hour:02}:00" for hour in range(24)], counted, ("published",))


def _rate(source: Source) -> str:
    known = history_of(source)
    return "" if known is None else rate_in_words(known)


def _requests(text: str) -> int | None:
    if text in ("", "default"):
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 8):  # noqa: PLR2004 - a lot
        raise InputError("a limit is a number of requests a day, 0 for none, or nothing")
    return int(text)
