"""Scrapy's download handler for http and https: our egress, hard limits, problems by name."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime

import aiohttp
import yarl
from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response

from crawler.fetch.content_decoder import Decoder
from crawler.fetch.egress import is_blocked
from crawler.fetch.meta import BROUGHT_BY, CUT_AT, GAP, LINE, ROBOTS, VISIT
from crawler.fetch.outcome import outcome_of, read_retry_after
from crawler.fetch.refusal_scope import ITSELF, REFUSALS
from crawler.fetch.services import FetchServices, services_of
from crawler.urls.canonical import host_of
from crawler.urls.publishers import registrable_domain
from storage.errors import FetchError
from storage.models.fetches import Fetch, Purpose
from storage.models.problems import Problem

_CLOSE_SECONDS = 2.0
_MOST_DETAIL = 300  # characters; some of it is the server's own text
_NO_SUCH_NAME = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})
_NO_OTHER_DEADLINE = aiohttp.ClientTimeout(total=None, sock_connect=None)
_CONNECT_PROBLEMS = {
    errno.ECONNREFUSED: Problem.CONNECTION_REFUSED,
    errno.ETIMEDOUT: Problem.TIMEOUT,
}
_PROBLEMS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], Problem], ...] = (
    (TimeoutError, Problem.TIMEOUT),
    ((aiohttp.ClientSSLError, ssl.SSLError), Problem.TLS_ERROR),
    (aiohttp.ClientPayloadError, Problem.TRUNCATED),
    (aiohttp.InvalidURL, Problem.BAD_URL),
    ((aiohttp.ClientResponseError, ValueError), Problem.BAD_RESPONSE),
)  # the first that fits: aiohttp's errors are each other's kinds


@dataclass
class _Line:
    """A line of the ledger while its request is under way."""

    status: int | None = None
    size: int = 0
    outcome: str = Problem.CONNECTION_LOST.value
    retry_after: datetime | None = None


class GuardedDownloadHandler(BaseDownloadHandler):
    """Fetches through the egress, within a total deadline, a body and a header limit.

    Every request that it makes is one line of the ledger. All that goes wrong is a FetchError.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._services: FetchServices = services_of(crawler)
        self._session: aiohttp.ClientSession | None = None

    async def download_request(self, request: Request) -> Response:
        """Make one request. Raises FetchError."""
        line, began, at = _Line(), time.monotonic(), self._services.clock()
        try:
            with _named_problems(line):
                async with self._services.deadlines.within(self._services.settings.timeout_seconds):
                    return await self._download(request, line)
        finally:
            written = self._written(request, line, at, time.monotonic() - began)
            request.meta[LINE] = written
            self._services.ledger(written)
            if written.source_id is not None:
                self._services.budgets.sent(written.source_id, at)

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await asyncio.wait_for(self._session.close(), _CLOSE_SECONDS)

    def _written(self, request: Request, line: _Line, at: datetime, seconds: float) -> Fetch:
        wanted, host = request.meta.get(VISIT), host_of(request.url)
        return Fetch(
            url=request.url,
            host=host,
            source_id=getattr(wanted, "source_id", None),
            page_id=getattr(wanted, "page_id", None),
            at=at,
            seconds=seconds,
            status=line.status,
            size=line.size,
            outcome=line.outcome,
            purpose=_purpose(request),
            domain=registrable_domain(host),
            gap=request.meta.get(GAP, 0.0),
            retry_after=line.retry_after,
            conditional=is_conditional(request),
            is_foreign=request.meta.get(BROUGHT_BY, ITSELF).foreign,
        )

    async def _download(self, request: Request, line: _Line) -> Response:
        async with self._sent(request) as answer:
            line.status = answer.status
            self._note(answer, request, line)
            body = await self._body(answer, line, request.meta.get(CUT_AT), self._limit(request))
            line.outcome = outcome_of(answer.status, conditional=is_conditional(request))
            headers = Headers([(name, value) for name, value in answer.raw_headers])
            return Response(url=request.url, status=answer.status, headers=headers, body=body)

    @asynccontextmanager
    async def _sent(self, request: Request) -> AsyncIterator[aiohttp.ClientResponse]:
        if self._session is None:
            self._session = self._egress_session()
        async with self._session.request(
            request.method,
            # The URL goes out as it stands: another parser must not read it another way.
            yarl.URL(request.url, encoded=True),
            headers=request.headers.to_tuple_list(),
            allow_redirects=False,
            proxy=self._services.settings.proxy,
            timeout=_NO_OTHER_DEADLINE,
        ) as answer:
            yield answer

    def _note(self, answer: aiohttp.ClientResponse, request: Request, line: _Line) -> None:
        """Take from an answer's head what the next requests must respect."""
        if answer.status in REFUSALS:
            value = answer.headers.get("Retry-After")
            line.retry_after = read_retry_after(value, self._services.clock())
        transport = answer.connection.transport if answer.connection else None
        peer = transport.get_extra_info("peername") if transport else None
        if peer and self._services.settings.proxy is None:  # else it is the proxy's address
            self._services.slots.answers_from(host_of(request.url), str(peer[0]))

    def _egress_session(self) -> aiohttp.ClientSession:
        return self._services.egress.session(limit=self._services.settings.concurrency)

    def _limit(self, request: Request) -> int:
        """Return how many bytes a body may have; a sitemap's more than a page's."""
        wanted = getattr(request.meta.get(VISIT), "most_bytes", None)
        return max(self._services.settings.max_bytes, wanted or 0)

    async def _body(
        self, answer: aiohttp.ClientResponse, line: _Line, cut_at: int | None, limit: int
    ) -> bytes:
        """Read and unpack a body; what comes after `cut_at` bytes is left where it is."""
        if cut_at is None and (answer.content_length or 0) > limit:
            raise FetchError(Problem.TOO_LARGE, f"{answer.content_length} bytes announced")
        decoder = Decoder(",".join(answer.headers.getall("Content-Encoding", ())), limit)
        pieces: list[bytes] = []
        async for chunk in answer.content.iter_any():
            for piece in decoder.feed(chunk):
                line.size += len(piece)
                pieces.append(piece)
                if cut_at is not None and line.size >= cut_at:
                    return b"".join(pieces)[:cut_at]
        decoder.finish()
        return b"".join(pieces)


def _purpose(request: Request) -> Purpose:
    """Tell what a request is for: a listing is a source's, a page has a number of its own."""
    if request.meta.get(ROBOTS):
        return Purpose.ROBOTS
    visit = request.meta.get(VISIT)
    if getattr(visit, "page_id", None) is not None:
        return Purpose.PAGE
    return Purpose.LOOK if getattr(visit, "source_id", None) is None else Purpose.LISTING


def is_conditional(request: Request) -> bool:
    """Tell whether a request may be answered by "not modified"."""
    return b"If-None-Match" in request.headers or b"If-Modified-Since" in request.headers


@contextmanager
def _named_problems(line: _Line) -> Iterator[None]:
    """Yield every error of the client its name, in the ledger and to the caller."""
    try:
        yield
    except FetchError as error:
        line.outcome = error.problem.value
        raise
    except (aiohttp.ClientError, OSError, ValueError) as error:
        problem = _problem(error)
        line.outcome = problem.value
        raise FetchError(problem, _detail(error)) from error


def _problem(error: Exception) -> Problem:
    """Name an error of aiohttp or of the socket."""
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        is_unknown_name = error.os_error.errno in _NO_SUCH_NAME
        return Problem.DNS_NOT_FOUND if is_unknown_name else Problem.DNS_FAILURE
    if is_blocked(error):
        return Problem.BLOCKED_ADDRESS
    for kinds, problem in _PROBLEMS:
        if isinstance(error, kinds):
            return problem
    if isinstance(error, aiohttp.ClientConnectorError):
        return _CONNECT_PROBLEMS.get(error.errno or 0, Problem.CONNECTION_LOST)
    return Problem.CONNECTION_LOST


def _detail(error: Exception) -> str:
    """Say what happened without the client's own wrapping."""
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    text = getattr(cause, "strerror", None) or str(cause) or type(cause).__name__
    return str(text)[:_MOST_DETAIL]
