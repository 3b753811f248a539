"""Tells systemd how the service is: the protocol of sd_notify(3), a datagram to a socket.

https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Mapping

SOCKET, WATCHDOG = "NOTIFY_SOCKET", "WATCHDOG_USEC"
_MICRO = 1_000_000


class SystemdNotifier:
    """Sends states; without a socket in the environment it says nothing."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        address = environ.get(SOCKET, "")
        # An @ stands for the zero byte of an abstract address.
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        given = environ.get(WATCHDOG, "")
        self.every = int(given) / _MICRO / 2 if given.isdecimal() and int(given) else None

    def ready(self, status: str) -> None:
        """Say that the service has started."""
        self._send("READY=1", f"STATUS={status}")

    def reloading(self) -> None:
        """Say that the settings are read again; `ready` ends it."""
        self._send("RELOADING=1", f"MONOTONIC_USEC={int(time.monotonic() * _MICRO)}")

    def stopping(self) -> None:
        """Say that the service ends."""
        self._send("STOPPING=1")

    async def keep_alive(self) -> None:
        """Feed the watchdog for ever: a loop that hangs does not, and systemd starts another."""
        while self.every is not None:
            self._send("WATCHDOG=1")
            await asyncio.sleep(self.every)

    def _send(self, *states: str) -> None:
        if not self._address:
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock:
            try:
                sock.connect(self._address)
                sock.sendall("\n".join(states).encode())
            except OSError:
                return  # systemd is restarting itself; the next state reaches it
