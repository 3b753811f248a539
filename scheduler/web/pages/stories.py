"""The pages of stories: the list, one with its tree and texts, and what an operator says of it."""

from __future__ import annotations

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from scheduler.access.guarded_route import GuardedRoute, form_fields, form_values
from scheduler.access.identity import identity_of
from scheduler.actions import stories as story_actions
from scheduler.lists.stories import story_by_id, story_list
from scheduler.web.render.renderer import PageDeps, back_to
from scheduler.web.render.views import story_page, story_view
from storage.errors import InputError
from storage.operators.accounts import AccountRole
from storage.reports import latency
from storage.reports.latency import ArticleTimes
from storage.reports.statistics import StoryRow


class StoryPages:
    """The pages, over their dependencies; articles older by `stale_days` are stale reposts."""

    def __init__(
        self,
        deps: PageDeps,
        *,
        stale_days: int,
    ) -> None:
        self._db = deps.db
        self._clock = deps.clock
        self._render = deps.render
        self._stale_days = stale_days

    def routes(self) -> list[GuardedRoute]:
        """Return their routes."""
        return [
            GuardedRoute("/stories", self.listed, AccountRole.VIEWER),
            GuardedRoute("/stories/{story_id:int}", self.shown, AccountRole.VIEWER),
            GuardedRoute(
                "/stories/{story_id:int}/split", self.split, AccountRole.EDITOR, ("POST",)
            ),
            GuardedRoute(
                "/stories/{story_id:int}/merge", self.merge, AccountRole.EDITOR, ("POST",)
            ),
        ]

    async def listed(self, request: Request) -> Response:
        params = request.query_params
        copied, cursor = params.get("show") == "copied", params.get("after", "")
        stories = await self._db.read(story_list, cursor, copied=copied)
        return self._render(
            request,
            "stories.html",
            stories=stories.with_rows([story_view(row) for row in stories.rows]),
            copied=copied,
            cursor=cursor,
        )

    async def shown(self, request: Request) -> Response:
        row, times = await self._db.read(_story_row, request.path_params["story_id"])
        page = story_page(row, self._clock(), self._stale_days, times)
        return self._render(request, "story.html", page=page)

    async def split(self, request: Request) -> Response:
        """Part the marked articles from their story. Raises InputError when none is marked."""
        story_id = request.path_params["story_id"]
        ids = [_number(each) for each in form_values(request, "article")]
        if not ids:
            raise InputError("mark the articles that are another story")
        new = await self._db.write(
            story_actions.split, identity_of(request).actor, story_id, ids, self._clock()
        )
        done = f"This story is split off story {story_id}; no later copy puts them together."
        return back_to(f"/stories/{new}", done)

    async def merge(self, request: Request) -> Response:
        story_id = request.path_params["story_id"]
        other = _number(form_fields(request).get("other", ""))
        kept = await self._db.write(
            story_actions.merge, identity_of(request).actor, story_id, [other], self._clock()
        )
        return back_to(f"/stories/{kept}", "They are one story; nobody is told of it again.")


def _story_row(conn: Connection, story_id: int) -> tuple[StoryRow, dict[int, ArticleTimes]]:
    row = story_by_id(conn, story_id)
    return row, latency.of_articles(conn, [article.id for article in row.articles])


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):  # noqa: PLR2004 - digits of an id
        raise InputError("that is no number of a story or an article")
    return int(text)
