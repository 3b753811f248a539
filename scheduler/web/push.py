"""The callback of WebSub: what hubs ask and push, read within bounds of size and time."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from scheduler.websub.push_receiver import UNKNOWN, HubResponse, PushReceiver
from storage.crawl.subscriptions import Subscription

_AT_ONCE = 8  # bodies that are read beside each other: each may be of the largest size


def push_routes(receiver: PushReceiver, *, max_bytes: int, seconds: float) -> list[Route]:
    """Return the routes below /push/: the token of a subscription, and nothing else, opens one."""
    site = _Callback(receiver, max_bytes, seconds)
    return [
        Route("/push/{token}", site.verify, methods=["GET"]),
        Route("/push/{token}", site.push, methods=["POST"]),
    ]


class _Callback:
    def __init__(self, receiver: PushReceiver, max_bytes: int, seconds: float) -> None:
        self._receiver = receiver
        self._max_bytes = max_bytes
        self._seconds = seconds
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def verify(self, request: Request) -> Response:
        token = request.path_params["token"]
        return _response(await self._receiver.verify(token, dict(request.query_params)))

    async def push(self, request: Request) -> Response:
        token = request.path_params["token"]
        subscription = await self._receiver.subscription(token)
        if subscription is None:  # before a byte of a stranger's body is read
            return _response(UNKNOWN)
        async with self._places:
            try:
                body = await asyncio.wait_for(self._body(request), self._seconds)
            except TimeoutError:
                return await self._refuse(subscription, HTTPStatus.REQUEST_TIMEOUT, "too slow")
            except ClientDisconnect:
                return await self._refuse(subscription, HTTPStatus.BAD_REQUEST, "broken off")
            if body is None:
                return await self._refuse(
                    subscription, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too large"
                )
            answer = await self._receiver.push(
                token,
                body,
                content_type=request.headers.get("content-type"),
                signature=request.headers.get("x-hub-signature"),
            )
        return _response(answer)

    async def _refuse(self, subscription: Subscription, status: HTTPStatus, why: str) -> Response:
        await self._receiver.ignore(subscription, why)
        return PlainTextResponse(f"{status.phrase}.\n", status, {"Connection": "close"})

    async def _body(self, request: Request) -> bytes | None:
        """Read a body; None as soon as it is larger than allowed."""
        declared = request.headers.get("content-length", "0")
        if declared.isdecimal() and int(declared) > self._max_bytes:
            return None
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > self._max_bytes:
                return None
        return bytes(body)


def _response(answer: HubResponse) -> Response:
    return PlainTextResponse(answer.says, answer.status)
