"""The server: takes a free port, says when it can't, and ends in time."""

from __future__ import annotations

import asyncio

import pytest
from starlette.applications import Starlette

from scheduler.web.server import WebServer
from storage.errors import WirewatchError


async def test_port_0_takes_a_free_port_and_the_url_tells_it() -> None:
    server = WebServer(Starlette(), "127.0.0.1", 0)
    await server.start()
    assert not server.url.endswith(":0/")
    await server.stop()


async def test_a_taken_port_is_an_error_that_names_it() -> None:
    first = WebServer(Starlette(), "127.0.0.1", 0)
    await first.start()
    port = int(first.url.rsplit(":", 1)[1].rstrip("/"))
    with pytest.raises(WirewatchError, match=f"127.0.0.1 port {port}: .*web.port"):
        await WebServer(Starlette(), "127.0.0.1", port).start()
    await first.stop()


async def test_it_stops_although_a_client_holds_on() -> None:
    server = WebServer(Starlette(), "127.0.0.1", 0)
    await server.start()
    port = int(server.url.rsplit(":", 1)[1].rstrip("/"))
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n")  # and never the rest
    await writer.drain()
    await server.stop()
    assert not writer.is_closing(), "the client would wait on"
    writer.close()


async def test_stopping_what_was_never_started_does_nothing() -> None:
    await WebServer(Starlette(), "127.0.0.1", 0).stop()
