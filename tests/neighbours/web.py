"""A web of many hosts on loopback, behind one HTTP proxy, whose pages a test changes as it goes."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiohttp import web

_HTML = "text/html; charset=utf-8"
_ROBOTS = b"User-agent: *\nAllow: /\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered at an address."""

    body: bytes = b""
    status: int = 200
    kind: str = _HTML
    headers: dict[str, str] = field(default_factory=dict)


def moved(url: str) -> Answer:
    """Redirect, for now."""
    return Answer(status=302, headers={"Location": url})


def feed_answer(body: bytes) -> Answer:
    """Answer with a feed."""
    return Answer(body, kind="application/rss+xml; charset=utf-8")


class ManyHosts:
    """Answers by address; `asked` counts the requests for each, `answered` what it was told."""

    def __init__(self) -> None:
        self._answers: dict[str, list[Answer]] = {}
        self._runner = web.ServerRunner(web.Server(self._answer, access_log=None))
        self.asked: Counter[str] = Counter()
        self.statuses: defaultdict[str, list[int]] = defaultdict(list)
        self.port = 0

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
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

    def put(self, url: str, *answers: Answer) -> None:
        """Answer so at an address from now on, one after the other; the last one for good."""
        self._answers[url] = list(answers)

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        url = str(request.url)
        if request.url.path == "/robots.txt":
            return web.Response(body=_ROBOTS, content_type="text/plain")
        self.asked[url] += 1
        answers = self._answers.get(url, [Answer(b"not found", 404, "text/plain")])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        self.statuses[url].append(answer.status)
        headers = {"Content-Type": answer.kind, **answer.headers}
        return web.Response(body=answer.body, status=answer.status, headers=headers)


class Hooks:
    """Takes webhooks at any path: who is told is the path's last part."""

    def __init__(self) -> None:
        self.bodies: defaultdict[str, dict[str, Any]] = defaultdict(dict)  # by recipient, by id
        self._runner = web.ServerRunner(web.Server(self._take, access_log=None))
        self.port = 0

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
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

    def url(self, recipient: str) -> str:
        return f"http://127.0.0.1:{self.port}/{recipient}"

    async def _take(self, request: web.BaseRequest) -> web.Response:
        recipient = request.path.rpartition("/")[2]
        self.bodies[recipient][request.headers["webhook-id"]] = await request.json()
        return web.Response(status=204)
