"""Whoever opens many connections, or sends half a request, keeps neither descriptors nor others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from ipaddress import ip_network

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from scheduler.web.connections import ConnectionLimits, ConnectionTable, Phase
from scheduler.web.server import WebServer
from tests.waiting import eventually

SLOW = ConnectionLimits(header_seconds=600, body_seconds=600)
QUICK = ConnectionLimits(
    header_seconds=0.2, body_seconds=0.2, stalled_seconds=0.2, look_every_seconds=0.05
)
HALF = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
BODY = b"POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf"
UNREAD = BODY.replace(b"/read", b"/")


async def _read(request: Request) -> Response:
    return PlainTextResponse(f"{len(await request.body())}\n")


async def _large(_request: Request) -> Response:
    return PlainTextResponse("x" * 50_000_000)


async def _well(_request: Request) -> Response:
    return PlainTextResponse("well\n")


APP = Starlette(
    routes=[
        Route("/", _well, methods=["GET", "POST"]),
        Route("/read", _read, methods=["POST"]),
        Route("/large", _large),
    ]
)


@dataclass
class Peers:
    """Opens connections to a server, and closes what is left of them."""

    server: WebServer
    closing: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def send(self, data: bytes = b"", address: str = "127.0.0.1") -> asyncio.StreamReader:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", int(self.server.url.rsplit(":", 1)[1].rstrip("/")), local_addr=(address, 0)
        )
        self.closing.callback(writer.close)
        writer.write(data)
        return reader

    async def ask(self) -> int:
        async with aiohttp.ClientSession() as session, session.get(self.server.url) as answer:
            return answer.status


@asynccontextmanager
async def serving(limits: ConnectionLimits) -> AsyncIterator[Peers]:
    server = WebServer(APP, "127.0.0.1", 0, limits)
    await server.start()
    peers = Peers(server)
    try:
        yield peers
    finally:
        await peers.closing.aclose()
        await server.stop()


@pytest.mark.parametrize("data", [b"", b"GET", HALF, BODY])
async def test_hundreds_of_half_requests_are_cut_off_and_a_whole_one_is_answered(
    data: bytes,
) -> None:
    async with serving(replace(SLOW, total=32, per_peer=16)) as peers:
        readers = []
        for number in range(400):
            readers.append(await peers.send(data, f"127.0.{number % 60}.1"))
            if number % 50 == 0:
                assert await peers.ask() == 200
            assert len(peers.server.connections) <= 32
        assert await peers.ask() == 200
        await eventually(lambda: sum(map(_is_cut_off, readers)) >= 400 - 32)


async def test_hundreds_at_once_are_as_few() -> None:
    async with serving(replace(SLOW, total=32, per_peer=16)) as peers:
        readers = await asyncio.gather(*(peers.send(HALF) for _ in range(400)))
        await eventually(lambda: sum(map(_is_cut_off, readers)) >= 400 - 16)
        assert await peers.ask() == 200


def _is_cut_off(reader: asyncio.StreamReader) -> bool:
    return reader.at_eof() or reader.exception() is not None


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (b"", b"408"),
        (HALF, b"408"),
        (BODY, b"408"),
        (UNREAD, b"200"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" + HALF, b"200"),
    ],
    ids=["nothing", "half the headers", "half the body", "a body nobody reads", "the next request"],
)
async def test_who_keeps_us_waiting_is_cut_off(data: bytes, answer: bytes) -> None:
    async with serving(QUICK) as peers:
        reader = await peers.send(data)
        assert (await reader.read()).split()[1] == answer


async def test_who_sends_a_byte_now_and_then_is_cut_off_all_the_same() -> None:
    async with serving(QUICK) as peers:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", int(peers.server.url.rsplit(":", 1)[1].rstrip("/"))
        )
        answer = asyncio.create_task(reader.read())
        while not answer.done():
            writer.write(b"G")
            await asyncio.wait({answer}, timeout=0.02)
        was_reset = isinstance(
            answer.exception(), ConnectionError
        )  # it wrote on when we had closed
        assert was_reset or b"408" in answer.result()
        writer.close()


async def test_who_does_not_take_the_answer_is_cut_off() -> None:
    async with serving(QUICK) as peers:
        reader = await peers.send(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await eventually(lambda: len(peers.server.connections) == 0)
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await reader.readexactly(50_000_000)


async def test_a_trusted_proxy_speaks_for_many_and_a_peer_for_itself() -> None:
    limits = replace(SLOW, total=20, per_peer=4, trusted=(ip_network("127.0.0.2/32"),))
    async with serving(limits) as peers:
        for _ in range(10):
            await peers.send(HALF, "127.0.0.1")
            await peers.send(HALF, "127.0.0.2")
        await eventually(lambda: len(peers.server.connections) == 4 + 10)
        assert await peers.ask() == 200
        await eventually(lambda: len(peers.server.connections) == 3 + 10)


class FakeConnection:
    def __init__(self, peer: str, phase: Phase, since: float) -> None:
        self.peer, self.phase, self.since = peer, phase, since
        self.is_ended = False

    def end(self) -> None:
        self.is_ended = True

    def check(self, now: float) -> None:
        pass


def test_the_oldest_that_waits_for_its_client_makes_room_and_no_answer_does() -> None:
    table = ConnectionTable(ConnectionLimits(total=5, per_peer=4))
    answering = FakeConnection("a", Phase.ANSWERING, 0)
    body = FakeConnection("a", Phase.BODY, 1)
    older, newer = FakeConnection("a", Phase.HEADERS, 2), FakeConnection("a", Phase.HEADERS, 3)
    for connection in (answering, body, newer, older):
        assert table.admit(connection)
    fifth = FakeConnection("a", Phase.IDLE, 9)
    assert table.admit(fifth)
    assert older.is_ended
    assert not newer.is_ended
    assert table.admit(FakeConnection("b", Phase.ANSWERING, 9))
    assert table.admit(FakeConnection("c", Phase.ANSWERING, 9)), "of the peer that has the most"
    assert fifth.is_ended
    assert table.admit(FakeConnection("c", Phase.ANSWERING, 9))
    assert table.admit(FakeConnection("c", Phase.ANSWERING, 9))
    assert (newer.is_ended, body.is_ended, answering.is_ended) == (True, True, False)
    assert not table.admit(FakeConnection("d", Phase.HEADERS, 9)), "all are being answered"
    table.drop(answering)
    assert table.admit(FakeConnection("d", Phase.HEADERS, 9))
    assert len(table) == 5
