"""Serves the made-up web on one port of all loopback addresses, in a process of its own.

As little of HTTP as the clients need, so that the server takes none of what is measured: pages are
made before they are asked for where memory allows.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable

from tests.bench.pipeline.web import SITES, feed, host_of_site, number_of, page

_MOST_KEPT = 12_000  # pages, about 90 kB each
_ROBOTS = b"User-agent: *\nAllow: /\n"


class _Conversation(asyncio.Protocol):
    def __init__(self, answer: Callable[[str, str], bytes], delay: float) -> None:
        self._answer = answer
        self._delay = delay
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        while b"\r\n\r\n" in self._read:
            head, _, self._read = self._read.partition(b"\r\n\r\n")
            lines = head.decode("latin-1").split("\r\n")
            path = lines[0].split(" ")[1]
            host = next(v for k, _, v in (x.partition(": ") for x in lines) if k.lower() == "host")
            answer = self._answer(host, path)
            if self._delay:
                asyncio.get_running_loop().call_later(self._delay, self._transport.write, answer)
            else:
                self._transport.write(answer)


class Web:
    """The answers; a page that was made once is kept while there is room."""

    def __init__(self) -> None:
        self._site_of = {host_of_site(site): site for site in range(SITES)}
        self._kept: dict[tuple[int, int], bytes] = {}

    def answer(self, host: str, path: str) -> bytes:
        """Answer a request; paths are /robots.txt, /feed/FIRST/COUNT and those of pages."""
        site, base = self._site_of[host.partition(":")[0]], f"http://{host}"
        if path == "/robots.txt":
            return _framed(_ROBOTS, "text/plain")
        if path.startswith("/feed/"):
            first, count = map(int, path.split("/")[2:])
            for number in range(first, first + count):
                self._page(site, base, number)
            return _framed(feed(site, base, first, count), "application/rss+xml")
        return self._page(site, base, number_of(path))

    def _page(self, site: int, base: str, number: int) -> bytes:
        made = self._kept.get((site, number))
        if made is None:
            made = _framed(page(site, base, number), "text/html; charset=utf-8")
            if len(self._kept) < _MOST_KEPT:
                self._kept[site, number] = made
        return made


def _framed(body: bytes, kind: str) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def main(port: int, delay: float) -> None:
    """Serve until killed, each answer after so many seconds; says "ready" when it can be asked."""
    web = Web()
    server = await asyncio.get_running_loop().create_server(
        lambda: _Conversation(web.answer, delay), "0.0.0.0", port
    )
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2]) if sys.argv[2:] else 0.0))
