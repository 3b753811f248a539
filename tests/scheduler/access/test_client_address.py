"""Where a request comes from: proxies are believed that were named, and nobody else."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from starlette.datastructures import Headers

from scheduler.access.client_address import ClientAddress, client_address_of, peer_of

PROXY = (ip_network("10.0.0.0/8"), ip_network("127.0.0.0/8"))


def client_at(client: str, trusted: bool = True, **headers: str) -> ClientAddress:
    named = Headers({name.replace("_", "-"): value for name, value in headers.items()})
    return client_address_of(client, "http", named, PROXY if trusted else ())


def test_loopback_is_this_machine() -> None:
    assert client_at("127.0.0.1").is_local
    assert client_at("::1").is_local
    assert client_at("::ffff:127.0.0.1").is_local
    assert not client_at("192.0.2.1").is_local


@pytest.mark.parametrize("trusted", [True, False])
def test_who_comes_through_a_proxy_is_never_at_this_machine(trusted: bool) -> None:
    assert not client_at("127.0.0.1", trusted, x_forwarded_for="127.0.0.1").is_local


def test_an_untrusted_peer_says_nothing_of_others() -> None:
    found = client_at("192.0.2.9", x_forwarded_for="198.51.100.7", x_forwarded_proto="https")
    assert (found.address, found.secure) == ("192.0.2.9", False)


def test_a_trusted_proxy_names_the_client() -> None:
    found = client_at("10.0.0.1", x_forwarded_for="198.51.100.7", x_forwarded_proto="https")
    assert (found.address, found.secure) == ("198.51.100.7", True)


def test_what_a_client_wrote_before_our_proxies_is_not_believed() -> None:
    found = client_at("10.0.0.1", x_forwarded_for="127.0.0.1, 198.51.100.7, 10.0.0.2")
    assert found.address == "198.51.100.7"


@pytest.mark.parametrize("forwarded", ["", "nonsense", "unknown", "10.0.0.3, "])
def test_nonsense_leaves_the_connections_own_address_or_a_proxys(forwarded: str) -> None:
    assert client_at("10.0.0.1", x_forwarded_for=forwarded).address in ("10.0.0.1", "10.0.0.3")


@pytest.mark.parametrize(
    ("addresses", "peer"),
    [
        (
            ["2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", "[2001:DB8:1:2::9]"],
            "2001:db8:1:2::/64",
        ),
        (["fe80::1%eth0", "fe80::2"], "fe80::/64"),
        (["2002:c000:204::1", "2002:c000:204:ffff::1"], "2002:c000:204::/48"),
        (["192.0.2.4", "::ffff:192.0.2.4", "::ffff:c000:204"], "192.0.2.4"),
        (["2001:db8:1:3::1"], "2001:db8:1:3::/64"),
        (["unix"], "unix"),
    ],
)
def test_all_addresses_of_one_subscriber_are_one_peer(addresses: list[str], peer: str) -> None:
    assert {peer_of(address) for address in addresses} == {peer}
