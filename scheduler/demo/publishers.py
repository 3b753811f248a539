"""The demo's web server: an HTTP proxy on loopback that answers for every made-up publisher.

The daemon asks it as it would ask any proxy (`GET http://harbor-herald.example/…`), so that each
publisher has its host name, its robots rules and its slot, and nothing is looked up in DNS.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from types import TracebackType
from typing import Self

from aiohttp import web

from scheduler.demo.page_renderer import PageRenderer
from scheduler.demo.world import DemoPage, DemoPublisher, DemoWorld

_HTML = "text/html; charset=utf-8"
_FEED_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml"}
_LOOPBACK = "127.0.0.1"


class PublishersProxy:
    """Serves a world; `release` lets the pages of the next step appear."""

    def __init__(self, world: DemoWorld, begun: datetime) -> None:
        self._world = world
        self._renderer = PageRenderer(world, begun)
        self._hosts = {publisher.host: publisher for publisher in world.publishers}
        self._step = 0
        self._read: set[str] = set()  # URLs of pages that change once they were read
        self._runner = web.ServerRunner(web.Server(self._answer, access_log=None))
        self.port = 0
        self.requests = 0

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        site = web.TCPSite(self._runner, _LOOPBACK, 0)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        return f"http://{_LOOPBACK}:{self.port}"

    def release(self, step: int) -> None:
        """Let the pages up to this step appear in their publishers' feeds."""
        self._step = step

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        self.requests += 1
        publisher = self._hosts.get(request.url.host or "")
        if publisher is None or request.method not in ("GET", "HEAD"):
            return web.Response(status=404, text="no such publisher\n")
        found = self._find(publisher, request.url.path)
        if found is None:
            return web.Response(status=404, text="not found\n")
        body, kind = found
        etag = f'"{hashlib.blake2b(body, digest_size=8).hexdigest()}"'
        headers = {"Content-Type": kind, "ETag": etag}
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        return web.Response(body=body, headers=headers)

    def _find(self, publisher: DemoPublisher, path: str) -> tuple[bytes, str] | None:
        match path:
            case "/robots.txt":
                return self._renderer.robots(publisher), "text/plain; charset=utf-8"
            case "/sitemap.xml":
                return self._renderer.sitemap(publisher, self._step), "application/xml"
            case "/":
                return self._renderer.front(publisher, self._step), _HTML
            case publisher.feed_path:
                return self._renderer.feed(publisher, self._step), _FEED_TYPES[publisher.feed]
        shown = self._world.of(publisher, self._step)
        page = next((page for page in shown if page.path == path), None)
        return None if page is None else (self._page(page), _HTML)

    def _page(self, page: DemoPage) -> bytes:
        later = page.url in self._read
        self._read.add(page.url)
        return self._renderer.page(page, later=later and page.changes)
