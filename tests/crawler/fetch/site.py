"""A web site on loopback that says exactly what a test wants it to say, byte by byte."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

Writer = Callable[[asyncio.StreamWriter], Awaitable[None]]


def answer(status: int = 200, body: bytes = b"", **headers: str) -> bytes:
    """Write an HTTP answer; `content_type` becomes Content-Type."""
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-').title()}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@dataclass
class Asked:
    """A request that came in."""

    line: str
    headers: dict[str, str]
    at: float

    @property
    def path(self) -> str:
        return self.line.split(" ")[1]


@dataclass
class Site:
    """What it says to each path, or host and path, and what it was asked. Others are 404."""

    host: str = "127.0.0.1"
    port: int = 0
    pages: dict[str, bytes | Writer] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    connects: int = 0
    serving: set[asyncio.Task[None]] = field(default_factory=set)

    def url(self, path: str = "/", host: str | None = None, scheme: str = "http") -> str:
        return f"{scheme}://{host or self.host}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def asked_for(self, path: str) -> Asked:
        return next(asked for asked in self.asked if asked.path == path)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connects += 1
        task = asyncio.current_task()
        assert task is not None
        self.serving.add(task)
        try:
            await self._answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError, ssl.SSLError):
                await writer.wait_closed()
            self.serving.discard(task)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *rest = head.strip().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in rest)
        self.asked.append(Asked(first, headers, time.monotonic()))
        path, host = self.asked[-1].path, headers.get("host", "").partition(":")[0]
        page = self.pages.get(host + path, self.pages.get(path, answer(404)))
        if isinstance(page, bytes):
            writer.write(page)
        else:
            await page(writer)
        await writer.drain()


@asynccontextmanager
async def site(
    pages: dict[str, bytes | Writer] | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[Site]:
    """Open a site, at a free port unless told."""
    opened = Site(host=host, pages=pages or {})
    try:
        server = await asyncio.start_server(opened.serve, host, port, ssl=tls)
    except OSError as error:
        if error.errno != errno.EADDRNOTAVAIL:
            raise
        pytest.skip(f"{host} is no address of this machine; macOS: ifconfig lo0 alias {host}")
    opened.port = server.sockets[0].getsockname()[1]
    try:
        yield opened
    finally:
        server.close()
        for task in list(opened.serving):
            task.cancel()
        await asyncio.gather(*opened.serving, return_exceptions=True)
