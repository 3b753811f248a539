"""What systemd hears, on a real socket."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler.runtime.systemd_notify import SystemdNotifier


@pytest.fixture
def heard(tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        path = str(tmp_path / "notify")
        sock.bind(path)
        yield path, sock


def test_it_hears_of_the_start_a_reload_and_the_end(heard: tuple[str, socket.socket]) -> None:
    path, sock = heard
    notifier = SystemdNotifier({"NOTIFY_SOCKET": path})
    notifier.ready("watching")
    assert sock.recv(500) == b"READY=1\nSTATUS=watching"
    notifier.reloading()
    assert sock.recv(500).startswith(b"RELOADING=1\nMONOTONIC_USEC=")
    notifier.stopping()
    assert sock.recv(500) == b"STOPPING=1"


def test_an_abstract_socket_is_reached() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind("\0wirewatch-test-notify")
        sock.settimeout(2)
        SystemdNotifier({"NOTIFY_SOCKET": "@wirewatch-test-notify"}).ready("x")
        assert sock.recv(500).startswith(b"READY=1")


async def test_the_watchdog_is_fed_at_half_its_time(heard: tuple[str, socket.socket]) -> None:
    path, sock = heard
    notifier = SystemdNotifier({"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "100000"})
    assert notifier.every == 0.05
    task = asyncio.create_task(notifier.keep_alive())
    for _ in range(3):
        assert await asyncio.to_thread(sock.recv, 500) == b"WATCHDOG=1"
    task.cancel()


def test_outside_of_systemd_nothing_is_said(tmp_path: Path) -> None:
    SystemdNotifier({}).ready("x")
    SystemdNotifier({"NOTIFY_SOCKET": str(tmp_path / "gone")}).stopping()
