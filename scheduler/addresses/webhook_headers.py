"""Fixed headers of a webhook, such as Authorization: how they are typed and kept; pure.

They are kept as lines of "Name: value", and treated as secrets: no message holds a value. What may stand in one is
RFC 9110, 5.5 and 5.6.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from storage.errors import InputError

NO_HEADERS = "none"
_LINE = re.compile(
    r"([A-Za-z0-9!#$%&'*+.^_`|~-]+):[ \t]*([\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)"
)
_OURS = frozenset(
    [
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
        "content-type",
        "content-length",
        "content-encoding",
        "host",
        "connection",
        "transfer-encoding",
        "upgrade",
        "te",
        "trailer",
        "expect",
        "keep-alive",
    ]
)
_MOST = 4_000  # characters of all together


def read_headers(lines: Iterable[str]) -> str:
    """Return headers as they are kept, of lines of "Name: value"; "none" alone says that there are none.

    Raises InputError that names a header, and never its value.
    """
    given = [line.strip() for line in lines if line.strip()]
    if given == [NO_HEADERS]:
        return ""
    kept: dict[str, str] = {}
    for number, line in enumerate(given, 1):
        match = _LINE.fullmatch(line)
        if match is None:
            raise InputError(f"header {number} is none; one looks like Authorization: Bearer TOKEN")
        name, value = match.groups()
        if name.lower() in _OURS:
            raise InputError(f"{name} is set by Wirewatch itself")
        if name.lower() in kept:
            raise InputError(f"{name} is given twice")
        kept[name.lower()] = f"{name}: {value}"
    text = "\n".join(kept.values())
    if len(text) > _MOST:
        raise InputError(f"the headers have more than {_MOST} characters")
    return text


def headers_of(kept: str | None) -> Mapping[str, str]:
    """Return headers by their names, of lines as they are kept."""
    pairs = (line.partition(": ") for line in (kept or "").splitlines())
    return {name: value for name, _, value in pairs}
