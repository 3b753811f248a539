"""The pages of stories: the list, one with its tree and texts, and what an operator says of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from scheduler.access.guarded_route import GuardedRoute, form_fields, form_values
from scheduler.access.identity import identity_of
from scheduler.actions import stories as operating
from scheduler.lists.cursors import read_cursor, write_cursor
from scheduler.web.render.page_deps import Desk
from scheduler.web.render.renderer import back_to
from scheduler.web.render.views import StoryView, story_page, story_view
from storage.errors import InputError
from storage.operators.accounts import Role
from storage.reports import latency, statistics
from storage.reports.latency import Times
from storage.reports.statistics import StoryRow
from storage.stories import stories

_A_PAGE = 24


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the list."""

    stories: tuple[StoryView, ...]
    next: str


class StoryPages:
    """The pages, over a desk; articles older by `stale_days` are stale reposts."""

    def __init__(
        self,
        desk: Desk,
        *,
        stale_days: int,
    ) -> None:
        self._db = desk.db
        self._clock = desk.clock
        self._render = desk.render
        self._stale_days = stale_days

    def routes(self) -> list[GuardedRoute]:
        """Return their routes."""
        return [
            GuardedRoute("/stories", self.listed, Role.VIEWER),
            GuardedRoute("/stories/{story_id:int}", self.shown, Role.VIEWER),
            GuardedRoute("/stories/{story_id:int}/split", self.split, Role.EDITOR, ("POST",)),
            GuardedRoute("/stories/{story_id:int}/merge", self.merge, Role.EDITOR, ("POST",)),
        ]

    async def listed(self, request: Request) -> Response:
        params = request.query_params
        copied, cursor = params.get("show") == "copied", params.get("after", "")
        found = await self._db.read(listed, cursor, copied=copied)
        return self._render(request, "stories.html", found=found, copied=copied, cursor=cursor)

    async def shown(self, request: Request) -> Response:
        row, times = await self._db.read(_story_row, request.path_params["story_id"])
        page = story_page(row, self._clock(), self._stale_days, times)
        return self._render(request, "story.html", page=page)

    async def split(self, request: Request) -> Response:
        story_id = request.path_params["story_id"]
        ids = [_number(each) for each in form_values(request, "article")]
        if not ids:
            raise InputError("mark the articles that are another story")
        new = await self._db.write(
            operating.split, identity_of(request).actor, story_id, ids, self._clock()
        )
        done = f"This story is split off story {story_id}; no later copy puts them together."
        return back_to(f"/stories/{new}", done)

    async def merge(self, request: Request) -> Response:
        story_id = request.path_params["story_id"]
        other = _number(form_fields(request).get("other", ""))
        kept = await self._db.write(
            operating.merge, identity_of(request).actor, story_id, [other], self._clock()
        )
        return back_to(f"/stories/{kept}", "They are one story; nobody is told of it again.")


def listed(conn: Connection, cursor: str, *, copied: bool, limit: int = _A_PAGE) -> Listed:
    """Read a page of the list."""
    before = None
    if cursor:
        when, number = read_cursor(cursor, str, int)
        before = (_time(str(when)), int(number))
    found = stories.page(conn, limit=limit + 1, before=before, copied=copied)
    shown = found[:limit]
    following = ""
    if len(found) > limit:
        following = write_cursor(shown[-1].updated_at.isoformat(), shown[-1].id)
    views = tuple(story_view(statistics.story_row(conn, each)) for each in shown)
    return Listed(views, following)


def _story_row(conn: Connection, story_id: int) -> tuple[StoryRow, dict[int, Times]]:
    row = statistics.story_row(conn, stories.get(conn, story_id))
    return row, latency.of_articles(conn, [article.id for article in row.articles])


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):  # noqa: PLR2004 - digits of an id
        raise InputError("that is no number of a story or an article")
    return int(text)


def _time(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError("that cursor is not one of ours; begin the list anew") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
