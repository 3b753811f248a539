"""The process that talks to one service of Apprise: one message from standard input, one answer.

`python -m scheduler.alerts.apprise.child NETWORK…`: the networks are the private ones that may be
reached. Apprise speaks for a hundred services with libraries of their own. So what it may do is
watched from below, by Python's audit events: no connection to an address that is not public, no
local socket, no other program.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from crawler.urls.addresses import is_public, is_within

Networks = tuple[IPv4Network | IPv6Network, ...]

_CONNECTING = ("socket.connect", "socket.sendto", "socket.sendmsg")
_STARTING = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork")
_MARK = "not allowed: "


class BlockedError(OSError):
    """What a service wanted to do, and may not."""


def check(event: str, args: tuple[Any, ...], networks: Networks) -> None:
    """Raise BlockedError for an audit event that may not be."""
    if event in _STARTING:
        raise BlockedError(f"{_MARK}to start another program")
    if event not in _CONNECTING:
        return
    address = args[1]
    if address is None:
        return  # already connected, and checked then
    if not isinstance(address, tuple):
        raise BlockedError(f"{_MARK}to use a local socket")
    ip = str(address[0]).partition("%")[0]
    if not _may_be_reached(ip, networks):
        raise BlockedError(f"{_MARK}{ip} is not a public address; see fetch.allow_networks")


def _may_be_reached(ip: str, networks: Networks) -> bool:
    try:
        return is_public(ip) or is_within(ip, networks)
    except ValueError:
        return False  # a name: what it resolves to is looked up where nobody checks


class _WarningLog(logging.Handler):
    """Keeps what is logged as wrong."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


class _AuditHook:
    """Stops what may not be, and remembers it: libraries hide why they could not connect."""

    def __init__(self, networks: Networks) -> None:
        self._networks = networks
        self.blocked: list[str] = []

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        try:
            check(event, args, self._networks)
        except BlockedError as error:
            self.blocked.append(str(error))
            raise


def tell(url: str, title: str, body: str, watch: _AuditHook) -> dict[str, object]:
    """Send one message; what came of it: "sent", "refused" or "deferred", and what was said."""
    import apprise  # noqa: PLC0415 - the extra, and only here

    kept = _WarningLog()
    logging.getLogger().addHandler(kept)
    logging.getLogger("apprise").addHandler(kept)
    service = apprise.Apprise.instantiate(url)
    if service is None:
        return {"outcome": "refused", "detail": "Apprise knows no service of such an address"}
    try:
        sent = bool(service.notify(title=title, body=body))
    except BlockedError:
        sent = False
    if sent:
        return {"outcome": "sent", "detail": f"{service.service_name} took it"}
    said = "; ".join(dict.fromkeys([*watch.blocked, *kept.said]))
    detail = said or f"{service.service_name} did not take it"
    return {"outcome": "refused" if watch.blocked else "deferred", "detail": detail}


def main(arguments: Sequence[str]) -> int:
    """Read {url, title, body}, send it, write what came of it."""
    networks = tuple(ip_network(each) for each in arguments)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints is no answer
    message = json.load(sys.stdin)
    watch = _AuditHook(networks)
    sys.addaudithook(watch)
    json.dump(tell(message["url"], message["title"], message["body"], watch), answers)
    answers.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
