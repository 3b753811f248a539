"""One bad input: what the hostile site answers, and what is to become of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from storage.models.problems import Problem
from tests.crawler.fetch.site import Writer, answer
from tests.crawler.news import STORY, html


@dataclass(frozen=True)
class Stage:
    """Where a case is played: its own host, and somebody's inside, which nobody may reach."""

    host: str
    port: int
    inside: str  # an address that is listened at, and that egress must not reach
    scheme: str = "http"

    def url(self, path: str = "/") -> str:
        return f"{self.scheme}://{self.host}:{self.port}{path}"


Play = bytes | Writer
Make = Callable[[Stage], Play]


class Tls(StrEnum):
    """How a host speaks TLS wrongly."""

    GOOD = "good"
    EXPIRED = "expired"
    NOT_YET = "not yet valid"
    SELF_SIGNED = "self-signed"
    WRONG_HOST = "for another host"
    UNKNOWN = "of an unknown authority"
    SHA1 = "signed with SHA-1"
    OLD = "TLS 1.1"
    HTTP2 = "HTTP/2 only"


@dataclass(frozen=True)
class Fails:
    """The source's listing can't be read, and its page says why."""

    problem: Problem
    says: str = ""


@dataclass(frozen=True)
class PageFails:
    """The listing is read; the page gives no article, and the source's page says why."""

    problem: Problem
    says: str = ""


@dataclass(frozen=True)
class Reads:
    """The page is an article: its text holds this, and not that."""

    has: tuple[str, ...] = ()
    hasnt: tuple[str, ...] = ()
    title: str | None = None
    dated: bool | None = None


@dataclass(frozen=True)
class Lists:
    """The listing gives so many pages; whatever was wrong with it is told."""

    pages: int
    says: str = ""
    url: str = ""
    undated: bool = False


Expected = Fails | PageFails | Reads | Lists


@dataclass(frozen=True)
class Case:
    """A named bad input. What is not given is answered well."""

    id: str
    name: str
    expected: Expected
    feed: Make | None = None
    page: Make | None = None
    robots: Make | None = None
    more: Mapping[str, Make] = field(default_factory=dict)
    names: tuple[str, ...] | None = None  # what the name server says, look-up by look-up
    tls: Tls | None = None
    listens: bool = True

    def __str__(self) -> str:
        return f"{self.id} {self.name}"


def says(reply: Play) -> Make:
    """Answer the same wherever it is played."""
    return lambda _stage: reply


def ok(body: str | bytes, content_type: str = "text/html; charset=utf-8", **headers: str) -> bytes:
    raw = body.encode() if isinstance(body, str) else body
    return answer(200, raw, content_type=content_type, **headers)


def rss(*items: str, head: str = "") -> str:
    return f'<rss version="2.0"><channel><title>News</title>{head}{"".join(items)}</channel></rss>'


def item(link: str, title: str = "Ferries stand still", inside: str = "") -> str:
    return f"<item><title>{title}</title><link>{link}</link>{inside}</item>"


def feed_of(*items: str, head: str = "") -> bytes:
    return ok(rss(*items, head=head), "application/rss+xml; charset=utf-8")


def good_feed(stage: Stage) -> bytes:
    return feed_of(item(stage.url("/page")))


def good_page(title: str = "Ferries stand still", text: str = STORY) -> bytes:
    return ok(html(title, text))
