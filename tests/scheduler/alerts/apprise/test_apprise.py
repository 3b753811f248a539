"""Other services get a short message, from a process that may not do more than that."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

import pytest
from aiohttp import web

from scheduler.addresses.apprise_address import check, shown
from scheduler.alerts.apprise.child import BlockedError
from scheduler.alerts.apprise.child import check as check_event
from scheduler.alerts.apprise.sender import AppriseSender
from storage.errors import DeliveryDeferredError, DeliveryRefusedError, InputError
from storage.models.deliveries import Delivery, DeliveryState
from storage.models.recipients import Channel
from tests.storage.world import NOON
from tests.waiting import forever

LOOPBACK = (ip_network("127.0.0.0/8"),)
DELIVERY = Delivery(
    id=1,
    uid="u",
    alert_id=1,
    recipient_id=1,
    channel=Channel.APPRISE,
    address="",
    payload=json.dumps({"title": "ferries: Zürich sinkt", "body": "one\ntwo"}).encode(),
    state=DeliveryState.PENDING,
    attempts=0,
    created_at=NOON,
    next_attempt_at=NOON,
)


@dataclass
class Service:
    """A service on loopback that answers as a test wishes."""

    status: int = 200
    hangs: bool = False
    url: str = ""
    heard: list[dict[str, Any]] = field(default_factory=list)


@asynccontextmanager
async def serving(**wishes: Any) -> AsyncIterator[Service]:
    service = Service(**wishes)

    async def answer(request: web.BaseRequest) -> web.Response:
        service.heard.append(await request.json())
        if service.hangs:
            await forever()
        return web.Response(status=service.status)

    runner = web.ServerRunner(web.Server(answer), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    service.url = f"json://user:hidden-word@127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield service
    finally:
        await runner.cleanup()


async def send(
    address: str, networks: tuple[IPv4Network | IPv6Network, ...] = LOOPBACK, seconds: float = 20.0
) -> str:
    sender = AppriseSender(networks, timeout_seconds=seconds)
    return (await sender.send(replace(DELIVERY, address=address))).detail


async def test_a_service_gets_the_message() -> None:
    async with serving() as service:
        assert await send(service.url) == "JSON took it"
    [heard] = service.heard
    assert (heard["title"], heard["message"]) == ("ferries: Zürich sinkt", "one\ntwo")


async def test_what_a_service_refuses_is_tried_again_and_the_password_is_not_told() -> None:
    async with serving(status=500) as service:
        with pytest.raises(DeliveryDeferredError) as caught:
            await send(service.url)
    assert "500" in str(caught.value)
    assert "hidden-word" not in str(caught.value)


async def test_a_private_address_is_not_reached_from_that_process_either() -> None:
    async with serving() as service:
        with pytest.raises(DeliveryRefusedError, match=r"not a public address"):
            await send(service.url, networks=())
        assert service.heard == []


async def test_a_service_that_hangs_is_left_and_its_process_ended() -> None:
    async with serving(hangs=True) as service:
        with pytest.raises(DeliveryDeferredError, match="no answer within 3 s"):
            await send(service.url, seconds=3.0)


async def test_an_address_that_no_service_has_is_refused() -> None:
    with pytest.raises(DeliveryRefusedError, match="knows no service"):
        await send("nosuchservice://abc")


@pytest.mark.parametrize("event", ["subprocess.Popen", "os.system", "os.posix_spawn"])
def test_no_other_program_is_started(event: str) -> None:
    with pytest.raises(BlockedError, match="another program"):
        check_event(event, ("/bin/sh",), LOOPBACK)


@pytest.mark.parametrize(
    "address",
    [
        ("10.0.0.1", 25),
        ("169.254.169.254", 80),
        ("::ffff:127.0.0.1", 443),
        ("fe80::1%eth0", 443, 0, 2),
        ("localhost", 80),
        "/run/dbus/system_bus_socket",
    ],
)
def test_only_public_addresses_are_connected_to(address: object) -> None:
    with pytest.raises(BlockedError):
        check_event("socket.connect", (None, address), ())


def test_a_public_address_and_one_that_was_allowed_are_connected_to() -> None:
    check_event("socket.connect", (None, ("93.184.216.34", 443)), ())
    check_event("socket.connect", (None, ("127.0.0.1", 443)), LOOPBACK)
    check_event("open", ("/etc/hosts", "r", 0), ())


@pytest.mark.parametrize("address", ["slack://a b", "tgram", "://x", "nosuchservice://abc"])
def test_what_is_no_address_of_a_service_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(InputError) as caught:
        check(address)
    assert address not in str(caught.value)


def test_a_service_is_shown_by_its_kind_alone() -> None:
    check("json://user:secret@example.org/path")
    assert shown("json://user:secret@example.org/path") == "json://…"
