"""The one way out: every outgoing connection is made here, and its address is checked as it is made."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import functools
import socket
import ssl
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from crawler.urls.addresses import is_address, is_public, is_within
from crawler.urls.canonical import canonical_url
from storage.errors import BlockedAddressError
from storage.models.problems import Problem

_DNS_SECONDS = 300  # a site that moves is found again within five minutes
_DNS_THREADS = 8
_MARK = "blocked_address"

Address = tuple[str, int]


class Egress:
    """Opens connections to public addresses at allowed ports, and to nothing else.

    The check is made on the literal address at the moment of the connect, under the client that
    is really used: a name that resolves to something else the second time (DNS rebinding) gains
    nothing.
    `consented` names hosts and ports of the operator's own configuration (a mail relay, a proxy),
    which are reached wherever they are. `tls` takes the place of a context that trusts the
    system's authorities and those of `ca_file`.
    """

    def __init__(
        self,
        allow_networks: Iterable[IPv4Network | IPv6Network] = (),
        allow_ports: Iterable[int] = (80, 443, 8080, 8443),
        ca_file: Path | None = None,
        *,
        consented: frozenset[Address] = frozenset(),
        resolver: Callable[[], AbstractResolver] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._networks = tuple(allow_networks)
        self._ports = frozenset(allow_ports)
        self._consented = consented
        self._consented_ips = {(host, port): {host} for host, port in consented}
        self._resolver = resolver or _SystemResolver
        self.ssl_context = tls or _verifying(ca_file)

    def consenting(self, host: str, port: int) -> Egress:
        """Return an egress that also reaches this host, which the operator's configuration names."""
        consented = self._consented | {(host, port)}
        return Egress(
            self._networks,
            self._ports,
            consented=consented,
            resolver=self._resolver,
            tls=self.ssl_context,
        )

    def check(self, ip: str, port: int) -> None:
        """Raise BlockedAddressError unless this address and port may be connected to."""
        ip = ip.partition("%")[0]
        if any(ip in ips for (_, of), ips in self._consented_ips.items() if of == port):
            return
        self._check_port(port)
        self._check_ip(ip)

    def check_url(self, url: str) -> None:
        """Raise BlockedAddressError for a URL that no connection can be for, whoever makes it.

        A proxy resolves names itself, so that what is wrong on the face of a URL must be seen
        here; consent to reach the proxy is none to fetch from its address. Raises InputError for
        what is no web address.
        """
        parts = urlsplit(canonical_url(url))  # spelled as the URL standard says: no two readings
        self._check_port(parts.port or {"http": 80, "https": 443}[parts.scheme])
        self.check_host(parts.hostname or "")

    def check_host(self, host: str) -> None:
        """Raise BlockedAddressError for a host of which its spelling says that it is not reached."""
        host = host.lower().rstrip(".")
        if host == "localhost" or host.endswith(".localhost"):  # RFC 6761, 6.3
            self._check_ip("127.0.0.1")
        elif is_address(host):
            self._check_ip(host)

    def session(self, *, limit: int = 100, max_field_size: int = 16_384) -> aiohttp.ClientSession:
        """Return a client without cookies, proxies from the environment, or decompression."""
        connector = aiohttp.TCPConnector(
            limit=limit,
            resolver=_NotingResolver(self, self._resolver()),
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

    def _check_port(self, port: int) -> None:
        if port not in self._ports:
            raise _blocked(f"port {port} is not in fetch.allow_ports")

    def _check_ip(self, ip: str) -> None:
        if not is_public(ip) and not is_within(ip, self._networks):
            raise _blocked(f"{ip} is not a public address; see fetch.allow_networks")

    async def open_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # noqa: ASYNC109 - one deadline for all addresses
        """Connect to a host for another protocol than HTTP; the caller closes the socket.

        Raises BlockedAddressError when all its addresses are blocked, OSError and TimeoutError.
        """
        failure: OSError | BlockedAddressError | None = None
        async with asyncio.timeout(timeout):
            for answer in await self._resolved(host, port):
                try:
                    self.check(answer["host"], port)
                    return await _connected(answer)
                except (OSError, BlockedAddressError) as error:
                    failure = error
        raise failure or OSError(errno.EHOSTUNREACH, f"{host} has no address")

    async def _resolved(self, host: str, port: int) -> list[ResolveResult]:
        resolver = _NotingResolver(self, self._resolver())
        try:
            return await resolver.resolve(host, port)
        finally:
            await resolver.close()

    def noted(self, host: str, port: int, ips: Iterable[str]) -> None:
        """Take note of the addresses of a host, for one that the operator consented to."""
        if (host, port) in self._consented:
            self._consented_ips[(host, port)] = {host, *ips}

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
    # The client gives its own text a host name, which a stranger may have chosen.
    return _MARK in str(getattr(error, "os_error", ""))


async def _connected(answer: ResolveResult) -> socket.socket:
    with contextlib.ExitStack() as undo:
        sock = undo.enter_context(
            socket.socket(answer["family"], socket.SOCK_STREAM, answer["proto"])
        )
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, (answer["host"], answer["port"]))
        undo.pop_all()
        return sock


class _SystemResolver(AbstractResolver):
    """Asks the system, in threads of its own: a slow name server keeps nothing else waiting."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_DNS_THREADS, thread_name_prefix="dns")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        ask = functools.partial(
            socket.getaddrinfo, host, port, family=family, type=socket.SOCK_STREAM
        )
        found = await asyncio.get_running_loop().run_in_executor(self._threads, ask)
        return [
            ResolveResult(
                hostname=host,
                host=str(address[0]),
                port=port,
                family=kind,
                proto=proto,
                flags=socket.AI_NUMERICHOST,
            )
            for kind, _, proto, _, address in found
        ]

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


class _NotingResolver(AbstractResolver):
    """Tells the egress what consented hosts resolve to."""

    def __init__(self, egress: Egress, resolver: AbstractResolver) -> None:
        self._egress = egress
        self._resolver = resolver

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        self._egress.noted(host, port, [answer["host"] for answer in found])
        return found

    async def close(self) -> None:
        await self._resolver.close()


def _verifying(ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context


def _blocked(detail: str) -> BlockedAddressError:
    return BlockedAddressError(Problem.BLOCKED_ADDRESS, detail)
