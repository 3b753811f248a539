"""A visit: how it is made, what it brought, and when the next one is; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from crawler.fetch.refusal_scope import BroughtBy
from crawler.urls.publishers import publisher_of
from storage.hot.frontier import Lease
from storage.models.problems import Problem


@dataclass(frozen=True, slots=True)
class Payer:
    """A source whose budget pays for a visit, and the host of its listing."""

    source_id: int
    host: str
    daily_budget: int | None = None  # requests; None: the setting

    def brings(self, host: str) -> BroughtBy:
        """Return for whom an address of a host is asked for."""
        foreign = publisher_of(host) != publisher_of(self.host)
        return BroughtBy(self.source_id, foreign)


@dataclass(frozen=True, slots=True)
class Visit:
    """How a due URL is asked for: its address and what we know of its last answer.

    `payer` is the source for which it is asked (None: an operator asks); `others` are those that
    list the page too, and pay where the first can't. `most_bytes` is what its body may have where
    that is more than the setting.
    """

    url: str
    etag: str | None
    last_modified: str | None
    payer: Payer | None
    page_id: int | None
    others: tuple[Payer, ...] = ()
    most_bytes: int | None = None

    @property
    def source_id(self) -> int | None:
        """Return the source for which it is asked."""
        return None if self.payer is None else self.payer.source_id


@dataclass(frozen=True, slots=True)
class VisitResult:
    """What a visit brought. With a `problem` the body is empty or an error page: not to be read.

    `url` is the address that answered, after redirects; `permanent_redirect` is set when all of
    them were permanent; `retry_after` and `max_age` are the host's own wishes. `links` is what the
    headers called Link say, one after the other.
    """

    lease: Lease
    url: str
    status: int | None
    at: datetime
    seconds: float
    content_type: str | None = None
    body: bytes = b""
    etag: str | None = None
    last_modified: str | None = None
    not_modified: bool = False
    problem: Problem | None = None
    detail: str = ""
    permanent_redirect: str | None = None
    retry_after: datetime | None = None
    max_age: timedelta | None = None
    links: str | None = None


@dataclass(frozen=True, slots=True)
class NextVisit:
    """When a source or a page is visited next, and why then, for operators."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class SourceVisit(NextVisit):
    """When a source is visited next and why then, and its rate in articles an hour.

    `rhythm` is what the policy keeps of the source.
    """

    rate: float
    rhythm: Mapping[str, Any] | None = None
