"""Where a request comes from: the client behind proxies that are believed, and no others; pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from starlette.datastructures import Headers

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

_SUBSCRIBER, _SIX_TO_FOUR_SITE = 64, 48  # bits of a prefix

_FORWARDING = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


@dataclass(frozen=True, slots=True)
class ClientAddress:
    """A client's address, whether it speaks TLS, and whether it sits at this very machine.

    Behind a proxy that is not believed nobody is at this machine, whatever the connection says; the
    address is the proxy's then, and `is_known` says that it is not the client's.
    """

    address: str
    secure: bool
    is_local: bool
    is_known: bool = True


def client_address_of(
    client: str, scheme: str, headers: Headers, trusted: Sequence[Network]
) -> ClientAddress:
    """Return the client of a request on a connection from `client`.

    `X-Forwarded-For` is read from its end, where our own proxies write, up to the first address
    that is not one of them; what stands before it anybody may have written (RFC 7239, section 8.1).
    """
    forwarded = any(name in headers for name in _FORWARDING)
    if not forwarded or not _is_in(_address(client), trusted):
        connected = _address(client)
        is_local = connected is not None and connected.is_loopback and not forwarded
        return ClientAddress(client, scheme == "https", is_local, is_known=not forwarded)
    hops = [hop.strip() for hop in ",".join(headers.getlist("x-forwarded-for")).split(",")]
    address = client
    for hop in reversed([hop for hop in hops if hop]):
        address = hop
        if not _is_in(_address(hop), trusted):
            break
    secure = headers.get("x-forwarded-proto", scheme).rpartition(",")[2].strip() == "https"
    return ClientAddress(address if _address(address) else client, secure, is_local=False)


def peer_of(address: str) -> str:
    """Return what all limits by peer count an address under.

    One subscriber has a whole IPv6 /64 (RFC 6177), and may use each of its addresses once; in 6to4
    (RFC 3056) it is the /48 that one IPv4 address has. An IPv4 address written as IPv6 is itself.
    """
    parsed = _address(address)
    if not isinstance(parsed, IPv6Address):
        return str(parsed or address)
    length = _SIX_TO_FOUR_SITE if parsed.sixtofour is not None else _SUBSCRIBER
    return str(IPv6Network((int(parsed), length), strict=False))


def is_within(address: str, networks: Sequence[Network]) -> bool:
    """Return whether an address is in one of some networks."""
    return _is_in(_address(address), networks)


def _is_in(address: Address | None, networks: Sequence[Network]) -> bool:
    return address is not None and any(address in network for network in networks)


def _address(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
