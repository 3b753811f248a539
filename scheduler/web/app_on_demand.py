"""An app that is made when it is first asked: what nobody asks costs no start and no memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send


class AppOnDemand:
    """Makes its app in a thread, since imports take tenths of a second, and passes requests on."""

    def __init__(self, make: Callable[[], ASGIApp]) -> None:
        self._make = make
        self._app: asyncio.Future[ASGIApp] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._app is None:
            self._app = asyncio.ensure_future(asyncio.to_thread(self._make))
        app = await asyncio.shield(self._app)  # whoever gives up takes it from nobody
        await app(scope, receive, send)
