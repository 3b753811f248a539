"""Fifty addresses of somebody's inside, and the ways in which each can be written into a URL."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address

SPECIAL = (
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254"),
    *("127.0.0.1", "127.255.255.254", "168.63.129.16", "169.254.0.1", "169.254.169.254"),
    *("172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.0.9", "192.0.0.10", "192.0.0.192"),
    *("192.0.2.1", "192.31.196.1", "192.52.193.1", "192.88.99.1", "192.168.0.1", "192.168.255.255"),
    *("192.175.48.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250"),
    *("240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::7f00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:2::1", "2001:10::1"),
    *("2001:20::1", "2001:db8::1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "3fff::1", "5f00::1"),
    *("fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1"),
)
FULL_WIDTH = str.maketrans("0123456789abcdef.", "０１２３４５６７８９ａｂｃｄｅｆ．")
CIRCLED = str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")
NAMES = ("inside{}.example", "INSIDE{}.example.", "a.b.inside{}.example", "xn--bcher-kva{}.example")


def spellings(address: str) -> list[str]:
    """Return at least 28 hosts, as they are written in a URL, that mean this address to somebody."""
    ip = ip_address(address)
    found = list(_of_4(ip) if isinstance(ip, IPv4Address) else _of_6(ip))
    found += [name.format(f"-{int(ip):x}") for name in NAMES]
    return list(dict.fromkeys(found))


def _of_4(ip: IPv4Address) -> Iterator[str]:
    a, b, c, d = parts = ip.packed
    dotted, number = str(ip), int(ip)
    yield dotted
    yield str(number)
    yield f"0x{number:x}"
    yield f"0X{number:X}"
    yield f"0x{number:016x}"
    yield f"0{number:o}"
    yield ".".join(f"0x{part:x}" for part in parts)
    yield ".".join(f"0{part:o}" for part in parts)
    yield ".".join(f"00000{part:o}" for part in parts)
    yield f"0x{a:x}.{b}.0{c:o}.{d}"
    yield f"{a}.{number & 0xFFFFFF}"
    yield f"{a}.{b}.{number & 0xFFFF}"
    yield f"0x{a:x}.0x{number & 0xFFFFFF:x}"
    yield f"{dotted}."
    yield dotted.translate(FULL_WIDTH)
    yield dotted.translate(CIRCLED)
    yield dotted.replace(".", "。")
    yield "".join(f"%{ord(letter):02x}" for letter in dotted)
    yield dotted.replace(".", "%2e")
    yield f"{a}.{b}\t.{c}.{d}"
    yield f"{a}.{b}.\u00ad{c}.{d}"
    yield f"public.example@{dotted}"
    yield f"public.example:80@{dotted}"
    mapped = IPv6Address((0xFFFF << 32) | number)
    yield f"[::ffff:{dotted}]"
    yield f"[{mapped.compressed}]"
    yield f"[{mapped.exploded.upper()}]"
    yield f"[64:ff9b::{dotted}]"
    yield f"[2002:{number >> 16:x}:{number & 0xFFFF:x}::]"
    yield f"[2001:0:{number >> 16:x}:{number & 0xFFFF:x}::]"
    yield f"[::{dotted}]"


def _of_6(ip: IPv6Address) -> Iterator[str]:
    low = IPv4Address(int(ip) & 0xFFFFFFFF)
    groups = ip.exploded.split(":")
    short = [group.lstrip("0") or "0" for group in groups]
    forms = [
        ip.compressed,
        ip.exploded,
        ":".join(short),
        ":".join([*groups[:6], str(low)]),
        ":".join([*short[:6], str(low)]),
        ":".join([*short[:4], *groups[4:]]),
        ":".join([*groups[:4], *short[4:]]),
        ":".join([*short[:2], *groups[2:]]),
    ]
    for form in forms:
        yield f"[{form}]"
        yield f"[{form.upper()}]"
        yield f"public.example@[{form}]"
        yield f"[{form}%25eth0]"
        yield f"%5b{form}%5d"
    yield f"[{ip.compressed}]."
    yield f"{ip.compressed}"
    yield f"[{ip.compressed}".translate(FULL_WIDTH)
