"""A thousand made-up sources behind one proxy: their articles come by the clock, a tenth are hostile.

`python -m tests.bench.soak.sites PORT SEED NUMBER` serves until it is killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import random
import sys
import time
from collections.abc import Awaitable, Callable
from functools import lru_cache
from urllib.parse import urlsplit

from tests.bench.pipeline.web import vocabulary

WORD = "zeppelin"
_HOSTILE_EVERY = 10
_WORD_EVERY = 4  # articles
_LISTED = 20
_EARLY_EVERY = 25  # sources
_BACKLOG = 3  # articles that are there from the start
_SLOWEST, _FASTEST = 3600.0, 300.0  # seconds between two articles of a source
Say = Callable[[asyncio.StreamWriter], Awaitable[None]]


def host_of_source(source: int) -> str:
    return f"s{source}.example"


def is_hostile(source: int) -> bool:
    return source % _HOSTILE_EVERY == _HOSTILE_EVERY - 1


def _has_word(source: int, number: int) -> bool:
    """Of what is there from the start only some, for many at once would be told as a storm."""
    return number % _WORD_EVERY == _WORD_EVERY - 1 or (number == 0 and source % _EARLY_EVERY == 0)


class Web:
    """What is served, and when each article with the word was served first."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._began = time.time()
        self.served: dict[str, float] = {}
        self._bomb = gzip.compress(b"a" * 50_000_000)

    def answer(self, host: str, path: str) -> bytes | Say:
        source = int(host.removeprefix("s").partition(".")[0])
        if path == "/robots.txt":
            return _said(b"User-agent: *\nDisallow: /private\n", "text/plain")
        if is_hostile(source):
            return self._hostile(source, path)
        return self._good(source, path)

    def _good(self, source: int, path: str) -> bytes:
        if path == "/feed":
            return _said(self._feed(source), "application/rss+xml")
        number = path.removeprefix("/a/")
        if not number.isdecimal() or int(number) >= self._articles(source):
            return _said(b"not found", "text/plain", 404)
        if _has_word(source, int(number)):
            self.served.setdefault(f"http://{host_of_source(source)}{path}", time.time())
        return _said(self._page(source, int(number)), "text/html; charset=utf-8")

    def _interval(self, source: int) -> float:
        return random.Random(f"{self._seed} {source}").uniform(_FASTEST, _SLOWEST)

    def _articles(self, source: int) -> int:
        return _BACKLOG + int((time.time() - self._began) / self._interval(source))

    def _feed(self, source: int) -> bytes:
        newest = self._articles(source)
        items = "".join(
            f"<item><title>{_title(self._seed, source, n)}</title>"
            f"<link>http://{host_of_source(source)}/a/{n}</link></item>"
            for n in range(newest - 1, max(-1, newest - 1 - _LISTED), -1)
        )
        return (
            f'<rss version="2.0"><channel><title>Source {source}</title>{items}</channel></rss>'
        ).encode()

    def _page(self, source: int, number: int) -> bytes:
        rng = random.Random(f"{self._seed} {source} {number}")
        words = _words()
        sentences = [
            " ".join(rng.choices(words, k=rng.randint(9, 18))).capitalize() + "." for _ in range(30)
        ]
        if _has_word(source, number):
            sentences.insert(3, f"A {WORD} was seen over {rng.choice(words)} at noon.")
        body = "".join(f"<p>{' '.join(sentences[n : n + 3])}</p>" for n in range(0, 31, 3))
        title = _title(self._seed, source, number)
        return (
            f'<html lang="en"><head><title>{title}</title></head><body><nav><a href="/">Home</a></nav>'
            f"<article><h1>{title}</h1>{body}</article></body></html>"
        ).encode()

    def _hostile(self, source: int, path: str) -> bytes | Say:
        kinds: tuple[bytes | Say, ...] = (
            _silence,
            _trickle,
            _reset,
            _endless,
            bytes(range(256)) * 9,
            _said(b"down", "text/plain", 500),
            _said(b"", "text/plain", 503, "Retry-After: 600\r\n"),
            _said(self._bomb, "text/xml", 200, "Content-Encoding: gzip\r\n"),
            _said(b"<rss><channel><item><title>cut", "text/xml"),
            _said(b"gone", "text/plain", 410),
            _said(b"", "text/plain", 302, f"Location: {path}\r\n"),
            b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000 + b"\r\n",
            _said(b"<a>" * 100_000, "text/xml"),
            _said(b"<html><body><p>Not a feed.</p></body></html>", "text/html"),
            _said(b"", "text/plain", 302, "Location: http://169.254.169.254/\r\n"),
        )
        if source // _HOSTILE_EVERY % 2 and path == "/feed":  # half have a good feed of bad pages
            return _said(self._feed(source), "application/rss+xml")
        return kinds[source // _HOSTILE_EVERY // 2 % len(kinds)]


def _said(body: bytes, kind: str, status: int = 200, more: str = "") -> bytes:
    head = (
        f"HTTP/1.1 {status} Said\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        f"{more}Connection: close\r\n\r\n"
    )
    return head.encode() + body


async def _silence(_: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def _trickle(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(600):
        writer.write(b"<")
        await writer.drain()
        await asyncio.sleep(0.1)


async def _reset(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nabc")
    await writer.drain()
    writer.transport.abort()


async def _endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(2000):
        writer.write(b"a" * 65_536)
        await writer.drain()


@lru_cache(maxsize=1)
def _words() -> tuple[str, ...]:
    return vocabulary()


def _title(seed: int, source: int, number: int) -> str:
    rng = random.Random(f"{seed} title {source} {number}")
    return " ".join(rng.choices(_words(), k=7)).capitalize()


async def main(port: int, seed: int) -> None:
    found = Web(seed)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            target = head.split(b" ", 2)[1].decode("latin-1")
            parts = urlsplit(target)
            if parts.hostname is None:
                reply: bytes | Say = _said(json.dumps(found.served).encode(), "application/json")
            else:
                reply = found.answer(parts.hostname, parts.path or "/")
            if isinstance(reply, bytes):
                writer.write(reply)
                await writer.drain()
            else:
                await reply(writer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", port)
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
