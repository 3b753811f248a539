"""A webhook receiver on loopback that checks signatures itself (Standard Webhooks 1.0)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from aiohttp import web

_LOOPBACK = "127.0.0.1"
_PATH = "/hooks/newsroom"
_PREFIX = "whsec_"
_TOLERANCE_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class ReceivedWebhook:
    """A webhook as it came, and whether its signature held."""

    headers: dict[str, str]  # webhook-id, webhook-timestamp, webhook-signature, content-type
    body: bytes
    verified: bool

    @property
    def uid(self) -> str:
        return self.headers.get("webhook-id", "")

    def payload(self) -> dict[str, Any]:
        """Read the body."""
        found: dict[str, Any] = json.loads(self.body)
        return found


class WebhookReceiver:
    """Answers 204 to what is signed with one of its secrets, 401 to the rest, and keeps both."""

    def __init__(self, port: int = 0) -> None:
        self.webhooks: list[ReceivedWebhook] = []
        self.secrets: tuple[str, ...] = ()  # known once the topics were added
        self.port = port
        self._runner = web.ServerRunner(web.Server(self._answer, access_log=None))

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        site = web.TCPSite(self._runner, _LOOPBACK, self.port)
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
        return f"http://{_LOOPBACK}:{self.port}{_PATH}"

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        if request.method != "POST" or request.path != _PATH:
            return web.Response(status=404)
        body = await request.read()
        verified = any(
            signature_holds(request.headers, body, secret=secret, now=time.time())
            for secret in self.secrets
        )
        kept = {
            name.lower(): value
            for name, value in request.headers.items()
            if name.lower().startswith(("webhook-", "content-type"))
        }
        self.webhooks.append(ReceivedWebhook(kept, body, verified))
        return web.Response(status=204 if verified else 401)


def signature_holds(headers: Mapping[str, str], body: bytes, *, secret: str, now: float) -> bool:
    """Check a webhook as the Standard Webhooks specification says.

    HMAC-SHA256 over "id.timestamp.body" with the secret's bytes; one of the space-separated
    "v1,<base64>" signatures must be equal, and the time (Unix, `now` too) at most 5 minutes off.
    """
    uid, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not uid or not stamp.isdigit() or abs(now - int(stamp)) > _TOLERANCE_SECONDS:
        return False
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    digest = hmac.new(key, f"{uid}.{stamp}.".encode() + body, hashlib.sha256).digest()
    expected = f"v1,{base64.b64encode(digest).decode()}"
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(expected, signature) for signature in given)
