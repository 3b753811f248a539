"""Remote text made fit to be sent on: no controls, no reordering of what is read, cut to length."""

from __future__ import annotations

import re

_UNSEEN = re.compile(
    "["
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # controls that are no white space
    "\u00ad\u200b\ufeff"  # soft hyphen, zero-width space, byte order mark
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks that turn the reading direction
    "\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff"
    "]"
)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACE = re.compile(r"\s+")


def piece(text: str) -> str:
    """Clean a part of a line; white space at its ends stays, as one space."""
    visible = _UNSEEN.sub("", _LONE_SURROGATE.sub("\ufffd", text))
    return _SPACE.sub(" ", visible)


def line(text: str, most: int) -> str:
    """Make one clean line of at most `most` characters; a longer one ends in an ellipsis."""
    cleaned = piece(text).strip()
    return cleaned if len(cleaned) <= most else cleaned[: most - 1].rstrip() + "…"
