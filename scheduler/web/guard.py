"""What stands round every response: the host check, the size of bodies, and headers that forbid what pages don't need."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SIGNED = ("/push/", "/unsubscribe/")  # paths whose last part proves what may be done
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with none at all browsers hide a form's origin from us too
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}

MOST_BYTES = 1024 * 1024
"""Of a form, or of what the API is sent: an OPML file of thousands of sources fits."""


class HostGuard:
    """Answers only to our own names, and adds the headers to whatever the site answers.

    A page elsewhere can point a name of its own at 127.0.0.1 and read us through a visitor's
    browser (DNS rebinding); the browser then sends that name as Host. An IP address as Host
    can't be such a name. `opened` are names by which strangers reach the paths that begin so, and
    nothing else: hubs, and readers who unsubscribe. Whatever else changes something is done from a
    page of ours alone.
    """

    def __init__(
        self, app: ASGIApp, names: frozenset[str], opened: Mapping[str, str] | None = None
    ) -> None:
        self._app = app
        self._names = names
        self._opened = opened or {}  # names by path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        host = Headers(scope=scope).get("host", "")
        if self._is_foreign(scope):
            answer = PlainTextResponse("Do that from a page of this site.\n", status_code=403)
            await answer(scope, receive, send_guarded)
        elif self._is_ours(host, scope["path"]):
            await self._app(scope, receive, send_guarded)
        else:
            answer = PlainTextResponse(
                "This site does not answer to that host name.\n", status_code=421
            )
            await answer(scope, receive, send_guarded)

    def _is_ours(self, host: str, path: str) -> bool:
        name = _without_port(host).rstrip(".").lower()
        if any(name and name == of and path.startswith(at) for at, of in self._opened.items()):
            return True
        return name in self._names or _is_address(name)

    def _is_foreign(self, scope: Scope) -> bool:
        """Return whether another site's page makes its visitor change something here (CSRF)."""
        if scope["method"] in ("GET", "HEAD") or scope["path"].startswith(_SIGNED):
            return False
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if origin is None or origin == "null":
            site = headers.get("sec-fetch-site", "same-origin" if origin is None else "cross-site")
            return site not in ("same-origin", "none")
        return urlsplit(origin).netloc != headers.get("host", "")


class BodyLimit:
    """Refuses bodies that are too large as they come in: FastAPI reads one before it asks who sends it.

    `unlimited` are paths whose own reader has a limit.
    """

    def __init__(self, app: ASGIApp, most_bytes: int, unlimited: tuple[str, ...] = ()) -> None:
        self._app = app
        self._most = most_bytes
        self._refusal = f"That is more than {most_bytes // 1_000_000} MB."
        self._unlimited = unlimited

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 413 where the length says so; else the app meets the error where it reads."""
        if scope["type"] != "http" or scope["path"].startswith(self._unlimited):
            await self._app(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "")
        if length.isdecimal() and int(length) > self._most:
            answer = PlainTextResponse(f"{self._refusal}\n", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            await answer(scope, receive, send)
            return
        size = 0

        async def receive_counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > self._most:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, self._refusal)
            return message

        await self._app(scope, receive_counted, send)


def own_names(host: str, public: str = "") -> frozenset[str]:
    """Return the names to answer to, for a site that listens on this host and is known by another."""
    return frozenset({"localhost", host.lower(), public.lower()} - {""})


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
