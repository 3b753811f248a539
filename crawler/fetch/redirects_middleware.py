"""Downloader middleware: follows redirects, each of them a request of its own."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.fetch.meta import HOPS, MOST_HOPS, OF_EVERY_HOP, PERMANENT
from crawler.fetch.services import FetchServices, services_of
from crawler.urls.canonical import resolved
from storage.errors import FetchError, InputError
from storage.models.problems import Problem

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})


class RedirectsMiddleware:
    """Gives Scrapy the next hop as a new request, so that it passes all other middlewares again.

    Nothing of the old request but what names the visit goes along: its validators speak of
    another resource, and headers that were kept have told strangers secrets (CVE-2024-3574,
    CVE-2024-1968 in Scrapy's own). PERMANENT in `meta` says whether all hops so far were permanent.
    """

    def __init__(self, services: FetchServices) -> None:
        self._most = services.settings.max_redirects

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build for Scrapy."""
        return cls(services_of(crawler))

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """Raise FetchError for too many hops or one that leads to no address."""
        location = response.headers.get(b"Location")
        if response.status not in _REDIRECTS or not location:
            return response
        hops = request.meta.get(HOPS, 0) + 1
        most = request.meta.get(MOST_HOPS, self._most)
        if hops > most:
            raise FetchError(Problem.REDIRECT_LOOP, f"more than {most} redirects")
        meta = {name: request.meta[name] for name in OF_EVERY_HOP if name in request.meta}
        meta[HOPS] = hops
        meta[PERMANENT] = response.status in _PERMANENT and request.meta.get(PERMANENT, True)
        return Request(
            _target(request.url, location),
            callback=request.callback,
            errback=request.errback,
            dont_filter=True,
            meta=meta,
        )


def _target(url: str, location: bytes) -> str:
    """Resolve a Location; the scheme is the allowed middleware's business."""
    # UTF-8 when it is that, since senders forget to escape; else each byte stands for itself.
    try:
        text = location.decode()
    except UnicodeDecodeError:
        text = location.decode("latin-1")
    try:
        target = resolved(text, url)
        Request(target)
    except (InputError, ValueError) as error:
        raise FetchError(Problem.BAD_URL, f"redirected to {text[:100]!r}") from error
    return target
