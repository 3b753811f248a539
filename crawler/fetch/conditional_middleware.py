"""Downloader middleware: asks "only if it changed" when we know the last answer's validators."""

from __future__ import annotations

from scrapy import Request

from crawler.fetch.meta import HOPS, VISIT


class ConditionalMiddleware:
    """Sends If-None-Match and If-Modified-Since (RFC 9110, 13.1) from the visit's validators."""

    async def process_request(self, request: Request) -> None:
        """Add the headers; a redirect's target is another resource, whose state we don't know."""
        visit = request.meta.get(VISIT)
        if visit is None or request.meta.get(HOPS):
            return
        if visit.etag:
            request.headers[b"If-None-Match"] = visit.etag.encode("latin-1", "ignore")
        if visit.last_modified:
            request.headers[b"If-Modified-Since"] = visit.last_modified.encode("latin-1", "ignore")
