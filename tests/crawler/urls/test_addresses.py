"""Which addresses are the public internet, and which are somebody's inside."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.urls.addresses import is_address, is_public, is_within

any_ipv4 = st.integers(0, 2**32 - 1).map(IPv4Address)
any_ipv6 = st.integers(0, 2**128 - 1).map(IPv6Address)
NAT64 = int(IPv6Address("64:ff9b::"))
MAPPED = int(IPv6Address("::ffff:0:0"))

INSIDE = (
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1"),
    *("127.255.255.254", "168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255"),
    *("192.0.0.8", "192.0.0.9", "192.0.0.10", "192.0.0.192", "192.0.2.1", "192.88.99.1"),
    *("192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1"),
    *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254"),
    *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1"),
    *("2001:0:7f00:1::", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1"),
    *("2002:7f00:1::", "2002:a9fe:a9fe::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254"),
    *("fe80::1", "fec0::1", "ff02::1", "4000::1"),
)
PUBLIC = (
    *("1.1.1.1", "8.8.8.8", "93.184.216.34", "100.63.255.255", "100.128.0.1", "128.0.0.1"),
    *("172.15.255.255", "172.32.0.1", "192.0.1.1", "198.17.255.255", "198.20.0.1", "223.1.1.1"),
    *("2606:4700:4700::1111", "2a00:1450:4001::1", "2001:4860:4860::8888", "::ffff:8.8.8.8"),
    "64:ff9b::808:808",
)


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_of_somebodys_inside_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@given(any_ipv4)
def test_an_ipv4_address_is_judged_the_same_inside_an_ipv6_one(inner: IPv4Address) -> None:
    public = is_public(str(inner))
    assert is_public(str(IPv6Address(MAPPED + int(inner)))) == public
    assert is_public(str(IPv6Address(NAT64 + int(inner)))) == public


@given(any_ipv4, st.integers(0, 2**80 - 1))
def test_no_tunnel_is_public_whatever_it_hides(inner: IPv4Address, rest: int) -> None:
    assert not is_public(str(IPv6Address((0x2002 << 112) | (int(inner) << 80) | rest)))
    assert not is_public(str(IPv6Address((0x20010000 << 96) | (int(inner) << 64) | rest % 2**64)))


@given(st.one_of(any_ipv4, any_ipv6))
def test_nothing_is_public_that_the_standard_library_calls_special(
    ip: IPv4Address | IPv6Address,
) -> None:
    special = (ip.is_loopback, ip.is_link_local, ip.is_multicast, ip.is_reserved)
    if any(special) or ip.is_unspecified:
        wrapped = isinstance(ip, IPv6Address) and (ip.ipv4_mapped or int(ip) >> 32 == NAT64 >> 32)
        assert wrapped or not is_public(str(ip))


@given(any_ipv4)
def test_a_mapped_address_lies_in_the_networks_of_the_address_itself(ip: IPv4Address) -> None:
    networks = (ip_network("10.1.0.0/16"), ip_network("fd00::/8"), ip_network("128.0.0.0/1"))
    inside = any(ip in network for network in networks if network.version == 4)
    assert is_within(str(ip), networks) == inside
    assert is_within(f"::ffff:{ip}", networks) == inside


@pytest.mark.parametrize("text", ["example.com", "127.1", "0x7f000001", "2130706433", "", "[::1]"])
def test_a_name_or_another_spelling_is_no_address(text: str) -> None:
    assert not is_address(text)
    with pytest.raises(ValueError, match="does not appear to be"):
        is_public(text)


@given(st.one_of(any_ipv4, any_ipv6))
def test_every_address_is_one(ip: IPv4Address | IPv6Address) -> None:
    assert is_address(str(ip))
    assert ip_address(str(ip)) == ip
