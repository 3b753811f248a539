"""No test leaves this machine, and one that tries is told."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import TYPE_CHECKING

import pytest

from tests.tripwire import OutsideConnectionError, Tripwire, is_loopback_address

if TYPE_CHECKING:
    from pathlib import Path

OUTSIDE = ("192.0.2.1", 9)  # TEST-NET-1: nobody's address, so nothing is reached should it fail


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost", "::ffff:127.0.0.1"])
def test_loopback_may_be_reached(host: str) -> None:
    assert is_loopback_address(host)


@pytest.mark.parametrize(
    "host",
    ["192.0.2.1", "10.0.0.1", "0.0.0.0", "::", "169.254.169.254", "::ffff:10.0.0.1", "a.example"],
)
def test_everything_else_may_not(host: str) -> None:
    assert not is_loopback_address(host)


def test_a_connection_to_the_outside_is_stopped_and_noted(tripwire: Tripwire) -> None:
    with socket.socket() as client, pytest.raises(OutsideConnectionError):
        client.connect(OUTSIDE)
    assert tripwire.take() == ["socket.connect to 192.0.2.1 port 9"]


def test_a_datagram_to_the_outside_is_stopped_and_noted(tripwire: Tripwire) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as client, pytest.raises(OutsideConnectionError):
        client.sendto(b"x", OUTSIDE)
    assert tripwire.take() == ["socket.sendto to 192.0.2.1 port 9"]


def test_a_connection_from_another_thread_is_noted(tripwire: Tripwire) -> None:
    def reach_out() -> None:
        with socket.socket() as client, pytest.raises(OutsideConnectionError):
            client.connect_ex(OUTSIDE)

    thread = threading.Thread(target=reach_out)
    thread.start()
    thread.join()
    assert len(tripwire.take()) == 1


async def test_a_connection_from_an_event_loop_is_noted(tripwire: Tripwire) -> None:
    with pytest.raises(OutsideConnectionError):
        await asyncio.open_connection(*OUTSIDE)
    assert len(tripwire.take()) == 1


def test_loopback_and_unix_sockets_are_free(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(str(tmp_path / "s"))
        server.listen()
        client.connect(str(tmp_path / "s"))


def test_no_name_is_looked_up_outside() -> None:
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("www.example.com", 80)
    assert socket.getaddrinfo("localhost", 80)
