"""What stands round every response: the host check, and headers that forbid what pages don't need."""

from __future__ import annotations

import ipaddress

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


class Guard:
    """Answers only to our own names, and adds the headers to whatever the site answers.

    A page elsewhere can point a name of its own at 127.0.0.1 and read us through a visitor's
    browser (DNS rebinding); the browser then sends that name as Host. An IP address as Host
    can't be such a name. `callback` is the name by which hubs reach /push/, and nothing else.
    """

    def __init__(self, app: ASGIApp, names: frozenset[str], callback: str = "") -> None:
        self._app = app
        self._names = names
        self._callback = callback

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        host = Headers(scope=scope).get("host", "")
        if self._is_ours(host, scope["path"]):
            await self._app(scope, receive, send_guarded)
        else:
            answer = PlainTextResponse(
                "This site does not answer to that host name.\n", status_code=421
            )
            await answer(scope, receive, send_guarded)

    def _is_ours(self, host: str, path: str) -> bool:
        name = _without_port(host).rstrip(".").lower()
        if name and name == self._callback and path.startswith("/push/"):
            return True
        return name in self._names or _is_address(name)


def own_names(host: str) -> frozenset[str]:
    """Give the names to answer to, for a site that listens on this host."""
    return frozenset({"localhost", host.lower()})


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
