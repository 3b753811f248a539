"""A WebSub hub on loopback: it verifies, leases, denies or keeps silent, as a test wants it."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import io
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web


@dataclass
class Hub:
    """What it was asked, and how it behaves: `denies` gives a reason, `lease` what it grants.

    `answers` is its status for requests; `verified` holds (mode, status) of each verification and
    whether the challenge came back.
    """

    client: aiohttp.ClientSession
    url: str = ""
    verifies: bool = True
    denies: str | None = None
    lease: str = "864000"
    answers: int = 202
    asked: list[dict[str, str]] = field(default_factory=list)
    verified: list[tuple[str, int, bool]] = field(default_factory=list)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def take(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(form)
        if 200 <= self.answers < 300:
            task = asyncio.create_task(self._follow(form))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        return web.Response(status=self.answers, text="said the hub")

    async def _follow(self, form: dict[str, str]) -> None:
        if self.denies is not None:
            await self.ask(
                form["hub.callback"],
                {
                    "hub.mode": "denied",
                    "hub.topic": form["hub.topic"],
                    "hub.reason": self.denies,
                },
            )
        elif self.verifies:
            await self.verify(form)

    async def verify(self, form: dict[str, str], **changes: str) -> int:
        """Ask a callback whether it meant a request; the status of its answer."""
        query = {
            "hub.mode": form["hub.mode"],
            "hub.topic": form["hub.topic"],
            "hub.challenge": secrets.token_hex(8),
            "hub.lease_seconds": self.lease,
        }
        query |= {f"hub.{name}": value for name, value in changes.items()}
        return await self.ask(form["hub.callback"], query)

    async def ask(self, callback: str, query: dict[str, str]) -> int:
        async with self.client.get(callback, params=query) as response:
            echoed = await response.text() == query.get("hub.challenge", "")
            self.verified.append((query["hub.mode"], response.status, echoed))
            return response.status

    async def settled(self) -> None:
        """Wait until all that it was asked is followed up."""
        await asyncio.gather(*self.tasks)

    async def publish(
        self,
        body: bytes,
        *,
        content_type: str = "application/feed+json",
        method: str = "sha256",
        secret: str | None = None,
        signature: str | None = None,
    ) -> int:
        """Push to the callback that asked last; the status of its answer."""
        form = next(each for each in reversed(self.asked) if "hub.secret" in each)
        key = (secret or form["hub.secret"]).encode()
        digest = hmac.new(key, body, getattr(hashlib, method)).hexdigest()
        signed = f"{method}={digest}" if signature is None else signature
        headers = {"Content-Type": content_type, "X-Hub-Signature": signed}
        if not signed:
            del headers["X-Hub-Signature"]
        async with self.client.post(
            form["hub.callback"], data=io.BytesIO(body), headers=headers
        ) as response:
            return response.status


@asynccontextmanager
async def hub() -> AsyncIterator[Hub]:
    """Open a hub at a free port."""
    async with aiohttp.ClientSession(trust_env=False) as client:
        opened = Hub(client)
        app = web.Application()
        app.router.add_post("/hub", opened.take)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        opened.url = f"http://127.0.0.1:{port}/hub"
        try:
            yield opened
        finally:
            await opened.settled()
            await runner.cleanup()
