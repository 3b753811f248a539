"""Reads Scrapy's answer, or its failure to get one, into what a visit brought."""

from __future__ import annotations

import time
from datetime import datetime

from scrapy import Request
from scrapy.http import Response

from crawler.fetch.handler import is_conditional
from crawler.fetch.meta import BEGAN, LEASE, PERMANENT
from crawler.fetch.outcome import blocker_of, problem_of, read_max_age, read_retry_after
from crawler.visits.records import VisitResult
from storage.errors import FetchError, HostClosedError
from storage.hot.frontier import Lease
from storage.models.problems import Problem


def visit_result(
    request: Request, response: Response | None, error: BaseException | None, now: datetime
) -> VisitResult:
    """Return what the visit that a request was made for brought: its answer, or why there is none."""
    lease: Lease = request.meta[LEASE]
    seconds = time.monotonic() - request.meta[BEGAN]
    if response is None:
        failure, detail = _named(error)
        return VisitResult(
            lease=lease,
            url=request.url,
            status=None,
            at=now,
            seconds=seconds,
            problem=failure,
            detail=detail,
            retry_after=error.until if isinstance(error, HostClosedError) else None,
        )
    problem = problem_of(response.status, conditional=is_conditional(request))
    return VisitResult(
        lease=lease,
        url=response.url,
        status=response.status,
        at=now,
        seconds=seconds,
        content_type=_header(response, b"Content-Type"),
        body=response.body if problem is None else b"",
        etag=_header(response, b"ETag"),
        last_modified=_header(response, b"Last-Modified"),
        not_modified=problem is None and response.status == 304,  # noqa: PLR2004 - HTTP's own number
        problem=problem,
        detail=_refusal(response) if problem else "",
        permanent_redirect=response.url if request.meta.get(PERMANENT) else None,
        retry_after=read_retry_after(_header(response, b"Retry-After"), now),
        max_age=read_max_age(_header(response, b"Cache-Control")),
        links=b",".join(response.headers.getlist(b"Link")).decode("latin-1") or None,
    )


def _named(error: BaseException | None) -> tuple[Problem, str]:
    """Name a failure; what our own parts did not name is Scrapy's or a bug."""
    if isinstance(error, FetchError):
        return error.problem, error.detail
    return Problem.BAD_RESPONSE, f"{type(error).__name__}: {error}"


def _refusal(response: Response) -> str:
    """Say what a site answered in place of a page, and who refused us where that can be seen."""
    headers = {
        name.decode("latin-1").lower(): b",".join(values).decode("latin-1")
        for name, values in response.headers.items()
    }
    blocker = blocker_of(response.status, headers, response.body)
    return f"HTTP {response.status}, {blocker}" if blocker else f"HTTP {response.status}"


def _header(response: Response, name: bytes) -> str | None:
    value = response.headers.get(name)
    return None if value is None else value.decode("latin-1").strip()
