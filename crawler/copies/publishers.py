"""Whose is a host: publishers by host name, address, name, or a line that names them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

LEAST_NAME = 4
"""Letters of an agency's name that a host may go on from: "reuters" in reutersagency."""

_ALIASES = {"ap": "apnews", "associatedpress": "apnews", "pressassociation": "pa"}
_WORDS_IN_A_NAME = 4
_SECOND_LEVEL = frozenset({"co", "com", "org", "net", "gov", "ac", "edu", "gob", "or", "ne"})


def brand(host: str) -> str:
    """Say which label of a host name is the publisher's: "bbc" of www.bbc.co.uk and m.bbc.com."""
    labels = [label for label in host.lower().partition(":")[0].split(".") if label]
    kept = labels[:-1]
    while len(kept) > 1 and kept[-1] in _SECOND_LEVEL:
        kept.pop()
    return kept[-1] if kept else host.lower()


def is_publisher(host: str, name: str) -> bool:
    """Whether a host is that of a publisher known by an address, a name or a line that names it."""
    own = _plain(brand(host))
    if is_address(name):
        return _plain(brand(host_and_path(name)[0])) == own
    words = [plain for word in re.split(r"[\s,.;:/()\[\]|]+", name) if (plain := _plain(word))]
    runs = (
        "".join(words[start : start + length])
        for start in range(len(words))
        for length in range(1, _WORDS_IN_A_NAME + 1)
    )
    named = {_ALIASES.get(run, run) for run in runs}
    whole = "".join(words)
    return own in named or (len(whole) >= LEAST_NAME and own.startswith(whole))


def host_and_path(address: str) -> tuple[str, str]:
    """Split an address into its host (without www) and its path; empty when it is broken."""
    try:
        parts = urlsplit(address if "//" in address else f"//{address}")
        return (parts.hostname or "").removeprefix("www."), parts.path
    except ValueError:
        return "", ""


def is_public_name(host: str) -> bool:
    """Whether a host could be anyone's public site."""
    labels = host.split(".")
    return len(labels) > 1 and all(labels) and not labels[-1].isdigit()


def is_address(name: str) -> bool:
    """Whether what names a publisher is an address or a host, and no name."""
    return "." in name.rstrip(".") and " " not in name


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name.casefold())
