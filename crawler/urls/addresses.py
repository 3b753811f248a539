"""Which IP addresses are the public internet, and which are somebody's inside."""

from __future__ import annotations

from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
)

# The library's is_private and is_global leave gaps between Python versions (CGNAT, 6to4, benchmark
# and multicast ranges, cloud metadata outside link-local); the registries are listed in full.
# IANA: IPv4 and IPv6 Special-Purpose Address Registries.
_SPECIAL_4 = tuple(
    IPv4Network(net)
    for net in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",  # a cloud's metadata service, in public space
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",  # multicast, reserved, broadcast
    )
)
_GLOBAL_6 = IPv6Network("2000::/3")
_SPECIAL_6 = tuple(
    IPv6Network(net)
    for net in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",
        "2002::/16",  # 6to4 hides an IPv4 address
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Tell whether an IP address (no name, no zone) belongs to the public internet.

    An IPv4 address inside an IPv6 one (mapped, NAT64) is judged by itself. Raises ValueError for
    what is no address.
    """
    ip = _unwrapped(ip_address(address))
    if isinstance(ip, IPv4Address):
        return not any(ip in net for net in _SPECIAL_4)
    return ip in _GLOBAL_6 and not any(ip in net for net in _SPECIAL_6)


def is_within(address: str, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    """Tell whether an IP address lies in one of the networks; a mapped one counts as IPv4."""
    ip = _unwrapped(ip_address(address))
    return any(ip in net for net in networks if net.version == ip.version)


def is_address(text: str) -> bool:
    """Tell whether a text is an IP address, and no name."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _unwrapped(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(ip, IPv4Address):
        return ip
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    return IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else ip
