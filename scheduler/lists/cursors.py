"""Cursors: where a list goes on, as text that its reader hands back unread."""

from __future__ import annotations

import base64
import binascii
import json

from storage.errors import InputError

_MOST = 1000  # characters
_LARGEST = 2**63 - 1
_STRANGE = "that cursor is not one of ours; begin the list anew"


def write_cursor(*place: str | int) -> str:
    """Write a place in a list."""
    text = json.dumps(place, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str, *kinds: type[str | int]) -> tuple[str | int, ...]:
    """Read a place whose parts are of these kinds. Raises InputError for what we never wrote."""
    try:
        padded = cursor[:_MOST] + "=" * (-len(cursor) % 4)
        place = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise InputError(_STRANGE) from error
    if not isinstance(place, list) or [type(part) for part in place] != list(kinds):
        raise InputError(_STRANGE)
    if any(isinstance(part, int) and abs(part) > _LARGEST for part in place):
        raise InputError(_STRANGE)
    return tuple(place)
