"""Scrapy's scheduler, reduced to a buffer: what is due is the frontier's business."""

from __future__ import annotations

from collections import deque

from scrapy import Request
from scrapy.core.scheduler import BaseScheduler


class BufferScheduler(BaseScheduler):
    """Hands requests to the engine in the order in which they came.

    It holds no more than the crawl has leased and what those were redirected to; there is no
    filter of seen requests, which in a daemon would grow for ever and forbid coming back.
    """

    def __init__(self) -> None:
        self._requests: deque[Request] = deque()

    def has_pending_requests(self) -> bool:
        """Tell whether something waits."""
        return bool(self._requests)

    def enqueue_request(self, request: Request) -> bool:
        """Take a request; all are taken."""
        self._requests.append(request)
        return True

    def next_request(self) -> Request | None:
        """Return the oldest request, None when none waits."""
        return self._requests.popleft() if self._requests else None
