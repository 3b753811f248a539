"""The site's HTTP server: uvicorn inside the daemon's event loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from scheduler.web.connections import ConnectionLimits, ConnectionTable, bounded_protocol
from storage.errors import WirewatchError

_STOP_SECONDS = 1.0  # for answers under way; then their connections are closed
_BACKLOG = 64  # connections that are accepted in one go, before any of them is counted


class WebServer:
    """Serves an app on one address until it is stopped; leaves the process's signals alone."""

    def __init__(
        self, app: ASGIApp, host: str, port: int, limits: ConnectionLimits | None = None
    ) -> None:
        self._host = host
        self._port = port
        self.connections = ConnectionTable(limits or ConnectionLimits())
        self._serving: asyncio.Task[None] | None = None
        self._checking: asyncio.Task[None] | None = None
        self._server = _QuietServer(
            uvicorn.Config(
                app,
                http=bounded_protocol(self.connections),
                backlog=_BACKLOG,
                log_config=None,
                log_level="warning",
                access_log=False,
                lifespan="off",
                ws="none",
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=5,
                timeout_graceful_shutdown=int(_STOP_SECONDS),
            )
        )

    async def start(self) -> None:
        """Listen and answer from now on. Raises WirewatchError when the address can't be had."""
        listener = self._listen()
        self._port = listener.getsockname()[1]
        self._serving = asyncio.create_task(self._server.serve(sockets=[listener]), name="web")
        # Uvicorn tells that it answers by a flag only.
        while not self._server.started and not self._serving.done():  # noqa: ASYNC110 - see above
            await asyncio.sleep(0.005)
        if self._serving.done():
            self._serving.result()
        self._checking = asyncio.create_task(self._check_connections(), name="connections")

    async def stop(self) -> None:
        """Stop listening, and end within 2 seconds whatever clients do."""
        if self._serving is None:
            return
        self._server.should_exit = True
        _, unfinished = await asyncio.wait({self._serving}, timeout=_STOP_SECONDS + 0.8)
        for task in unfinished:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._serving = None
        if self._checking is not None:
            self._checking.cancel()
            self._checking = None

    @property
    def url(self) -> str:
        """Where the site is; with port 0 the real port is known once it was started."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}/"

    async def _check_connections(self) -> None:
        while True:
            await asyncio.sleep(self.connections.limits.look_every_seconds)
            self.connections.check(asyncio.get_running_loop().time())

    def _listen(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        try:
            listener = socket.create_server(
                (self._host, self._port), family=family, backlog=_BACKLOG
            )
        except OSError as error:
            raise WirewatchError(
                f"the pages can't listen on {self._host} port {self._port}: "
                f"{error.strerror or error}; free it, or set another web.port"
            ) from error
        # The loop does so only for sockets that name their protocol; without it an answer's second
        # part waits 40 ms for the reader's delayed ACK.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listener


class _QuietServer(uvicorn.Server):
    """Uvicorn without its signal handlers: the daemon has its own."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
