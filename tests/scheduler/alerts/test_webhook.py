"""Webhooks: signed as the standard says, posted to a real server, every kind of answer read right."""

from __future__ import annotations

import asyncio
import base64
import functools
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError

from crawler.fetch.egress import Egress
from crawler.fetch.outcome import read_retry_after
from scheduler.alerts.outcomes import SendReceipt
from scheduler.alerts.webhook import WebhookSender, new_secret, sign
from scheduler.config.settings import WebhookSettings
from scheduler.runtime.clock import utc_now
from storage.errors import DeliveryDeferredError, DeliveryError, DeliveryRefusedError
from storage.models.deliveries import Delivery, DeliveryState
from storage.models.recipients import Channel
from tests.scheduler.alerts.relay import certificates
from tests.waiting import forever, settled

NOW = datetime.now(UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
DELIVERY = Delivery(
    id=1,
    uid="alert_1_2",
    alert_id=1,
    recipient_id=2,
    channel=Channel.WEBHOOK,
    address="http://127.0.0.1/",
    payload='{"type":"story.matched","data":"Zürich"}'.encode(),
    state=DeliveryState.PENDING,
    attempts=0,
    created_at=NOW,
    next_attempt_at=NOW,
    secret=SECRET,
)
Answer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def receiver(answer: Answer) -> AsyncIterator[str]:
    """Serve on loopback; the address."""
    runner = web.ServerRunner(web.Server(answer, access_log=None), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/secret-path"
    finally:
        await runner.cleanup()


@functools.cache
def egress(*, open_to_loopback: bool) -> Egress:
    networks = [ip_network("127.0.0.0/8")] if open_to_loopback else []
    return Egress(networks, range(1, 65536))


@asynccontextmanager
async def session(*, open_to_loopback: bool = True) -> AsyncIterator[aiohttp.ClientSession]:
    async with egress(open_to_loopback=open_to_loopback).session() as opened:
        yield opened


def at_the_start() -> datetime:
    return NOW


async def send(
    url: str,
    *,
    seconds: float = 5,
    clock: Callable[[], datetime] = at_the_start,
    **changes: object,
) -> SendReceipt:
    async with session() as opened:
        sender = WebhookSender(opened, WebhookSettings(timeout_seconds=seconds), clock)
        return await sender.send(replace(DELIVERY, address=url, **changes))  # type: ignore[arg-type]


async def failure(answer: Answer, *, seconds: float = 5) -> DeliveryError:
    async with receiver(answer) as url:
        with pytest.raises(DeliveryError) as caught:
            await send(url, seconds=seconds)
    return caught.value


def answering(status: int, text: str = "", **headers: str) -> Answer:
    async def answer(_request: web.BaseRequest) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, text=text, headers=named)

    return answer


async def test_fixed_headers_go_with_each_call_and_none_takes_the_place_of_ours() -> None:
    seen: dict[str, str] = {}

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        seen.update(request.headers)
        return web.Response()

    async with receiver(answer) as url:
        await send(url, headers="Authorization: Bearer hunter2\nUser-Agent: Desk/1")
    assert seen["Authorization"] == "Bearer hunter2"
    assert seen["User-Agent"] == "Desk/1"
    assert seen["webhook-id"] == DELIVERY.uid
    assert seen["Content-Type"] == "application/json"
    assert "hunter2" not in repr(replace(DELIVERY, headers="Authorization: Bearer hunter2"))


def test_a_signature_is_the_vector_of_the_standard() -> None:
    attempted = datetime.fromtimestamp(1614265330, UTC)
    signature = sign(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", attempted, b'{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_signature_is_of_an_instant_in_whatever_zone() -> None:
    elsewhere = NOW.astimezone(ZoneInfo("Asia/Tokyo"))
    assert sign(SECRET, "a", NOW, b"") == sign(SECRET, "a", elsewhere, b"")


@pytest.mark.parametrize("secret", ["whsec_???", "whsec_abc", "whsec_ü"])
def test_a_wrong_secret_is_named_as_such(secret: str) -> None:
    with pytest.raises(ValueError, match="base64"):
        sign(secret, "a", NOW, b"")


def test_new_secrets_differ_and_are_long_enough() -> None:
    secrets = {new_secret() for _ in range(10)}
    assert len(secrets) == 10
    assert all(len(base64.b64decode(s.removeprefix("whsec_"))) == 32 for s in secrets)


async def test_what_arrives_is_verified_by_the_standard_s_own_library() -> None:
    seen: list[tuple[dict[str, str], bytes]] = []

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        seen.append((headers, await request.read()))
        return web.Response(status=204)

    async with receiver(answer) as url:
        sent = await send(url, clock=utc_now)
    [(headers, body)] = seen
    assert sent.status == 204
    assert Webhook(SECRET).verify(body, headers) == json.loads(DELIVERY.payload)
    assert body == DELIVERY.payload
    assert headers["webhook-id"] == "alert_1_2"
    assert headers["content-type"] == "application/json"
    assert headers["user-agent"].startswith("Wirewatch/")


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_only_2xx_is_success(status: int) -> None:
    async with receiver(answering(status)) as url:
        assert await send(url) == SendReceipt(status, f"answered {status}")


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 502, 503])
async def test_a_failing_recipient_is_tried_again(status: int) -> None:
    error = await failure(answering(status, "we are\r\nbusy \x00 now"))
    assert isinstance(error, DeliveryDeferredError)
    assert error.status == status
    assert str(error) == f"answered {status}: we are busy now"


async def test_410_is_a_refusal_for_good() -> None:
    error = await failure(answering(410))
    assert isinstance(error, DeliveryRefusedError)
    assert error.status == 410
    assert str(error) == "answered 410"


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308, 399])
async def test_a_redirect_is_a_failure_and_not_followed(status: int) -> None:
    asked: list[str] = []

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        asked.append(request.path)
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    error = await failure(answer)
    assert isinstance(error, DeliveryDeferredError)
    assert asked == ["/secret-path"]
    assert "redirects are not followed" in str(error)


async def test_a_recipient_that_asks_for_time_gets_it() -> None:
    error = await failure(answering(429, Retry_After="120"))
    assert isinstance(error, DeliveryDeferredError)
    assert error.not_before == NOW + timedelta(seconds=120)


@pytest.mark.parametrize(
    ("value", "minutes"),
    [
        ("60", 1),
        ("0", 0),
        (" 60 ", 1),
        ("Mon, 01 Jun 2026 13:00:00 GMT", 60),
        ("Sun, 31 May 2026 13:00:00 GMT", 0),
        ("Mon, 01 Jun 2099 13:00:00 GMT", 24 * 60),
        ("9" * 5000, 24 * 60),
        ("soon", None),
        ("-5", None),
        ("²", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_at_most_a_day(
    value: str | None, minutes: int | None
) -> None:
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
    expected = None if minutes is None else noon + timedelta(minutes=minutes)
    assert read_retry_after(value, noon) == expected


async def test_a_recipient_that_never_answers_is_left_at_the_deadline() -> None:
    async def answer(_request: web.BaseRequest) -> web.StreamResponse:
        await forever()
        return web.Response()

    error = await failure(answer, seconds=0.2)
    assert isinstance(error, DeliveryDeferredError)
    assert str(error) == "no answer within 0.2 s"


async def test_no_more_than_the_beginning_of_a_reply_is_read() -> None:
    written = 0

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        nonlocal written
        response = web.StreamResponse(status=500)
        await response.prepare(request)
        while written < 50_000_000:
            await response.write(b"x" * 65_536)
            written += 65_536
        return response

    error = await failure(answer)
    assert error.status == 500
    assert len(str(error)) < 300
    assert written < 50_000_000


async def test_a_reply_that_stalls_still_counts_with_its_status() -> None:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(status=503, headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b"so far")
        await forever()
        return response

    error = await failure(answer, seconds=0.3)
    assert (error.status, str(error)) == (503, "answered 503: so far")


async def test_a_success_whose_body_stalls_is_a_success() -> None:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await forever()
        return response

    async with receiver(answer) as url:
        assert (await send(url, seconds=1)).status == 200


async def test_nobody_there_is_tried_again_and_the_path_is_not_told() -> None:
    async with receiver(answering(200)) as url:
        pass
    with pytest.raises(DeliveryDeferredError) as caught:
        await send(url)
    assert "secret-path" not in str(caught.value)


async def test_a_private_address_is_refused_before_anything_is_sent() -> None:
    asked: list[str] = []

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        asked.append(request.path)
        return web.Response()

    async with receiver(answer) as url, session(open_to_loopback=False) as opened:
        sender = WebhookSender(opened, WebhookSettings(), lambda: NOW)
        with pytest.raises(DeliveryRefusedError, match="allow_networks"):
            await sender.send(replace(DELIVERY, address=url))
    assert asked == []


@pytest.mark.parametrize("address", ["", "no address", "ftp://x/", "http://", "javascript:1"])
async def test_an_address_that_can_not_be_used_is_refused(address: str) -> None:
    with pytest.raises(DeliveryRefusedError, match="address"):
        await send(address)


@pytest.mark.parametrize("secret", [None, "", "whsec_?"])
async def test_nothing_is_sent_unsigned(secret: str | None) -> None:
    with pytest.raises(DeliveryRefusedError, match="secret"):
        await send("http://127.0.0.1:9/", secret=secret)


async def test_while_a_secret_is_changed_both_sign_and_either_verifies() -> None:
    seen: list[dict[str, str]] = []
    newer = new_secret()

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        seen.append({name.lower(): value for name, value in request.headers.items()})
        return web.Response()

    async with receiver(answer) as url:
        for end in (NOW + timedelta(hours=1), NOW - timedelta(seconds=1)):
            # The library that verifies refuses what was signed minutes ago.
            await send(url, clock=utc_now, secret=newer, old_secret=SECRET, old_secret_until=end)
    both, one = seen
    assert both["webhook-signature"].count("v1,") == 2
    for secret in (newer, SECRET):
        assert Webhook(secret).verify(DELIVERY.payload, both)
    assert one["webhook-signature"].count("v1,") == 1
    assert Webhook(newer).verify(DELIVERY.payload, one)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(DELIVERY.payload, one)


@pytest.mark.parametrize(
    ("status", "of_endpoint"), [(503, True), (404, True), (429, True), (422, False), (413, False)]
)
async def test_it_is_told_whether_the_message_or_the_endpoint_is_at_fault(
    status: int, of_endpoint: bool
) -> None:
    async def answer(_request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=status)

    error = await failure(answer)
    assert isinstance(error, DeliveryDeferredError)
    assert error.of_endpoint is of_endpoint


async def test_a_receiver_that_reads_slowly_is_waited_for_until_the_deadline() -> None:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        while await request.content.read(1000):
            await settled()
            await go_on.wait()
        return web.Response()

    go_on = asyncio.Event()
    go_on.set()
    large = DELIVERY.payload + b" " * 19_000
    async with receiver(answer) as url:
        assert (await send(url, payload=large)).status == 200
        go_on.clear()
        with pytest.raises(DeliveryDeferredError, match=r"no answer within 0\.05 s"):
            await send(url, payload=large, seconds=0.05)


async def test_a_certificate_that_nobody_trusts_gets_no_webhook(tmp_path: Path) -> None:
    heard: list[bytes] = []

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        heard.append(await request.read())
        return web.Response()

    runner = web.ServerRunner(web.Server(answer, access_log=None), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=certificates(tmp_path)[0])
    await site.start()
    try:
        with pytest.raises(DeliveryDeferredError, match="Certificate"):
            await send(f"https://127.0.0.1:{runner.addresses[0][1]}/")
    finally:
        await runner.cleanup()
    assert heard == []


def test_webhooks_need_nothing_set() -> None:
    session: Any = None
    assert WebhookSender(session, WebhookSettings(), utc_now).obstacle is None


async def test_a_reply_that_comes_in_parts_is_read_whole_and_told_in_plain_letters() -> None:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(status=500)
        await response.prepare(request)
        for part in (b"first ", b"\xff second ", b"third"):
            await response.write(part)
            await settled()
        return response

    assert str(await failure(answer)) == "answered 500: first \ufffd second third"


async def test_of_a_long_reply_the_beginning_is_told() -> None:
    async def answer(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=500, text="a" * 40_000)

    said = str(await failure(answer))
    assert said == "answered 500: " + "a" * 199 + "…"
