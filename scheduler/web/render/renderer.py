"""Makes pages of templates, each with who looks at it, when, of which version, and the way on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from scheduler.access.identity import Identity, identity_of
from scheduler.web.render.public_path import public_path_of, with_public_path
from scheduler.wording import formatters
from storage.operators.accounts import AccountRole
from storage.sql.database import Database

_PAGES = (
    ("Overview", "/", AccountRole.VIEWER),
    ("Stories", "/stories", AccountRole.VIEWER),
    ("Topics", "/topics", AccountRole.VIEWER),
    ("Alerts", "/alerts", AccountRole.VIEWER),
    ("Deliveries", "/deliveries", AccountRole.VIEWER),
    ("Sources", "/sources", AccountRole.VIEWER),
    ("Queue", "/queue", AccountRole.VIEWER),
    ("Politeness", "/politeness", AccountRole.VIEWER),
    ("Settings", "/settings", AccountRole.ADMIN),
    ("Audit", "/audit", AccountRole.ADMIN),
    ("Access", "/access", AccountRole.ADMIN),
)


@dataclass(frozen=True, slots=True)
class NavigationLink:
    """A link to a page; `current` when it is this one or leads to it."""

    name: str
    path: str
    current: bool


def navigation_links(identity: Identity, path: str) -> tuple[NavigationLink, ...]:
    """Return the pages that somebody may see, in order."""
    return tuple(
        NavigationLink(name, at, _is_below(path, at))
        for name, at, needs in _PAGES
        if identity.may(needs)
    )


def _is_below(path: str, page: str) -> bool:
    if page == "/alerts" and path == "/explain":
        return True
    return path == page or (page != "/" and path.startswith(f"{page}/"))


class Renderer:
    """The pages' frame: `renderer(request, "story.html", page=…)` gives the response."""

    def __init__(self, clock: Callable[[], datetime], started_at: datetime, version: str) -> None:
        self._clock = clock
        self._common = {"started_at": started_at, "version": version}
        self._templates = environment()

    def __call__(
        self, request: Request, template: str, /, status: int = HTTPStatus.OK, **values: object
    ) -> HTMLResponse:
        """Return the page; what a form said is answered with the `done` of the address."""
        identity = identity_of(request)
        frame = {
            "now": self._clock(),
            "identity": identity,
            "nav": navigation_links(identity, request.url.path),
            "here": request.url.path,
            "done": _done(request),
        }
        page = self._templates.get_template(template)
        html = page.render(self._common | frame | values)
        return HTMLResponse(with_public_path(html, public_path_of(request)), status)

    def refuse(self, request: Request, status: int, says: str) -> HTMLResponse:
        """Return a page that says why there is none."""
        title = HTTPStatus(status).phrase
        return self(request, "error.html", status, title=title, says=says)

    async def refused(self, request: Request, error: Exception) -> HTMLResponse:
        """Answer what Starlette or a guarded route refused."""
        status = error.status_code if isinstance(error, HTTPException) else 500
        detail = error.detail if isinstance(error, HTTPException) else ""
        if detail == HTTPStatus(status).phrase:
            detail = "There is no such page." if status == HTTPStatus.NOT_FOUND else ""
        return self.refuse(request, status, detail or "That can't be done.")


@dataclass(frozen=True, slots=True)
class PageDeps:
    """The three parts that all pages share."""

    db: Database
    clock: Callable[[], datetime]
    render: Renderer


def environment() -> Environment:
    """Return the templates, in which everything is escaped and a missing name is an error, with the words that they use."""
    templates = Environment(
        loader=PackageLoader("scheduler.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for word in (
        *("count", "host", "later", "link", "moment", "percent"),
        *("endpoint", "size"),
        *("recipient", "relation", "ruling", "wrapper", "span", "stage"),
    ):
        templates.filters[word] = getattr(formatters, word)
    templates.filters["words"] = formatters.words_of
    return templates


def _done(request: Request) -> str:
    """Return what came of a form; a link from elsewhere must not put its words on our pages."""
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return ""
    return request.query_params.get("done", "")[:200]


def back_to(path: str, done: str = "") -> RedirectResponse:
    """Send the browser on after a form was taken; `done` says there what came of it."""
    return RedirectResponse(
        f"{path}{'&' if '?' in path else '?'}done={quote(done)}" if done else path,
        HTTPStatus.SEE_OTHER,
    )
