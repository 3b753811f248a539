"""The path below which the public reaches the site, where one name has other sites beside it.

The proxy before it may take the path off or leave it on: both are understood. Inside, all paths begin
at /; on the way out links of pages, redirects and cookies get it back.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit, urlunsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Data is escaped in templates, so that a quote after one of these names is an attribute's.
_LINKS = re.compile(r'(\s(?:href|src|action|formaction)=")/(?!/)')
_KEY = "public_path"


class PublicPath:
    """Takes the path off what is asked for, and puts it before where redirects lead."""

    def __init__(self, app: ASGIApp, path: str) -> None:
        self._app = app
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        own = Headers(scope=scope).get("host", "")

        async def send_outside(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if (leads_to := headers.get("location")) is not None:
                    headers["location"] = self._outside(leads_to, own)
            await send(message)

        await self._app(self._inside(scope), receive, send_outside)

    def _outside(self, location: str, own: str) -> str:
        """Return where a redirect leads; to us by path alone, for the proxy may speak TLS and we not."""
        _, host, path, query, fragment = urlsplit(location)
        if host not in ("", own) or not path:
            return location
        # Two slashes at the beginning would be the name of another host.
        return urlunsplit(("", "", f"{self._path}/{path.lstrip('/')}", query, fragment))

    def _inside(self, scope: Scope) -> Scope:
        raw = scope.get("raw_path") or b""
        return {
            **scope,
            _KEY: self._path,
            "path": _without(scope["path"], unquote(self._path)),
            "raw_path": _without(raw.decode("latin-1"), self._path).encode("latin-1"),
        }


def public_path_of(request: Request) -> str:
    """Return the path below which this request's sender finds us; nothing at the top."""
    path: str = request.scope.get(_KEY, "")
    return path


def with_public_path(html: str, path: str) -> str:
    """Return a page whose links lead below the path."""
    return _LINKS.sub(lambda match: f"{match[1]}{path}/", html) if path else html


def _without(path: str, public: str) -> str:
    if path == public:
        return "/"
    return path.removeprefix(public) if path.startswith(f"{public}/") else path
