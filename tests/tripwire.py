"""Fails a test that reaches for anything but loopback, from whatever thread."""

from __future__ import annotations

import ipaddress
import socket
import sys
from dataclasses import dataclass, field
from typing import Any

_WATCHED = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_LOOKUPS = frozenset({"socket.getaddrinfo", "socket.gethostbyname"})


class OutsideConnectionError(AssertionError):
    """A test reached for an address that is not loopback."""


def is_loopback_address(host: str) -> bool:
    """Say whether a socket may talk to `host`: a loopback address or the name localhost."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def needs_a_name_server(host: object) -> bool:
    """Say whether looking `host` up would ask the network."""
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if not isinstance(name, str) or not name or name == socket.gethostname():
        return False
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return name != "localhost" and not name.endswith(".localhost")
    return False


@dataclass
class Tripwire:
    """An audit hook under every socket of this process; what touched it is kept in `touched`.

    Names are answered as on a machine without a network: only local ones exist.
    """

    touched: list[str] = field(default_factory=list)

    def install(self) -> None:
        """Listen to the interpreter, for good: an audit hook can't be taken out again."""
        sys.addaudithook(self._hear)

    def take(self) -> list[str]:
        """Return what touched the wire since the last call, and forget it."""
        taken, self.touched = self.touched, []
        return taken

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _WATCHED:
            self._judge(event, *arguments)
        elif event in _LOOKUPS and needs_a_name_server(arguments[0]):
            raise socket.gaierror(socket.EAI_NONAME, f"{arguments[0]!r} is looked up by no test")

    def _judge(self, event: str, sender: socket.socket, address: object) -> None:
        if sender.family not in {socket.AF_INET, socket.AF_INET6} or not isinstance(address, tuple):
            return
        if not is_loopback_address(str(address[0])):
            self.touched.append(f"{event} to {address[0]} port {address[1]}")
            raise OutsideConnectionError(self.touched[-1])
