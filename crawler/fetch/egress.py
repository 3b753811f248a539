"""The one way out: every outgoing connection is made here, and its address is checked as it is made."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from crawler.urls.addresses import is_public, is_within
from crawler.urls.canonical import canonical_url
from storage.errors import BlockedAddressError
from storage.models import Problem

_DNS_SECONDS = 300  # a site that moves is found again within five minutes
_MARK = "blocked_address"

Address = tuple[str, int]


class Egress:
    """Opens connections to public addresses at allowed ports, and to nothing else.

    The check is made on the literal address at the moment of the connect, under the client that
    is really used: a name that resolves to something else the second time gains nothing.
    `consented` names hosts and ports of the operator's own configuration (a mail relay, a proxy),
    which are reached wherever they are.
    """

    def __init__(
        self,
        allow_networks: Iterable[IPv4Network | IPv6Network] = (),
        allow_ports: Iterable[int] = (80, 443, 8080, 8443),
        ca_file: Path | None = None,
        *,
        consented: frozenset[Address] = frozenset(),
    ) -> None:
        self._networks = tuple(allow_networks)
        self._ports = frozenset(allow_ports)
        self._ca_file = ca_file
        self._consented = consented
        self._consented_ips: set[Address] = set(consented)
        self.ssl_context = ssl.create_default_context()
        if ca_file is not None:
            self.ssl_context.load_verify_locations(ca_file)

    def consenting(self, host: str, port: int) -> Egress:
        """Give an egress that also reaches this host, which the operator's configuration names."""
        consented = self._consented | {(host, port)}
        return Egress(self._networks, self._ports, self._ca_file, consented=consented)

    def check(self, ip: str, port: int) -> None:
        """Raise BlockedAddressError unless this address and port may be connected to."""
        ip = ip.partition("%")[0]
        if (ip, port) in self._consented_ips:
            return
        if port not in self._ports:
            raise _blocked(f"port {port} is not in fetch.allow_ports")
        if not is_public(ip) and not is_within(ip, self._networks):
            raise _blocked(f"{ip} is not a public address; see fetch.allow_networks")

    def check_url(self, url: str) -> None:
        """Raise BlockedAddressError for a port that is not allowed, InputError for no web address."""
        parts = urlsplit(canonical_url(url))  # spelled as the URL standard says: no two readings
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
        if port not in self._ports:
            raise _blocked(f"port {port} is not in fetch.allow_ports")

    def session(self, *, limit: int = 100, max_field_size: int = 16_384) -> aiohttp.ClientSession:
        """Give a client without cookies, proxies from the environment, or decompression."""
        connector = aiohttp.TCPConnector(
            limit=limit,
            resolver=_Resolver(self),
            socket_factory=self._guarded_socket,
            ssl=self.ssl_context,
            ttl_dns_cache=_DNS_SECONDS,
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            max_field_size=max_field_size,
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
        )

    async def open_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # noqa: ASYNC109 - one deadline for all addresses
        """Connect to a host for another protocol than HTTP; the caller closes the socket.

        Raises BlockedAddressError when all its addresses are blocked, OSError and TimeoutError.
        """
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(timeout):
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            self.noted(host, port, [str(info[4][0]) for info in found])
            failure: OSError | BlockedAddressError | None = None
            for family, kind, proto, _, address in found:
                try:
                    self.check(str(address[0]), port)
                    return await _connected(loop, socket.socket(family, kind, proto), address)
                except (OSError, BlockedAddressError) as error:
                    failure = error
        raise failure or OSError(errno.EHOSTUNREACH, f"{host} has no address")

    def noted(self, host: str, port: int, ips: Iterable[str]) -> None:
        """Take note of the addresses of a host, for one that the operator consented to."""
        if (host, port) in self._consented:
            self._consented_ips.update((ip, port) for ip in ips)

    def _guarded_socket(self, info: tuple[object, ...]) -> socket.socket:
        family, kind, proto, _, address = info
        if not isinstance(address, tuple):
            raise OSError(errno.EACCES, f"{_MARK}: no internet address")
        try:
            self.check(str(address[0]), int(address[1]))
        except BlockedAddressError as error:
            # The client tries a name's other addresses after an OSError, and only after one.
            raise OSError(errno.EACCES, str(error)) from error
        return socket.socket(int(str(family)), int(str(kind)), int(str(proto)))


def is_blocked(error: BaseException) -> bool:
    """Tell whether a client's error came from the guard, through whatever wrapping."""
    return _MARK in str(error)


async def _connected(
    loop: asyncio.AbstractEventLoop, sock: socket.socket, address: object
) -> socket.socket:
    sock.setblocking(False)
    try:
        await loop.sock_connect(sock, address)  # type: ignore[arg-type]
    except BaseException:
        sock.close()
        raise
    return sock


class _Resolver(AbstractResolver):
    """Resolves in threads, and tells the egress what consented hosts resolve to."""

    def __init__(self, egress: Egress) -> None:
        self._egress = egress
        self._threads = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._threads.resolve(host, port, family)
        self._egress.noted(host, port, [answer["host"] for answer in found])
        return found

    async def close(self) -> None:
        await self._threads.close()


def _blocked(detail: str) -> BlockedAddressError:
    return BlockedAddressError(Problem.BLOCKED_ADDRESS, detail)
