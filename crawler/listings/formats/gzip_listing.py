"""Unpacks a listing that is itself a gzip file, within bounds."""

from __future__ import annotations

import zlib

from storage.errors import ExtractError
from storage.models.problems import Problem

MOST_BYTES = 50_000_000  # what the sitemap protocol allows a file, unpacked

_MAGIC = b"\x1f\x8b"
_GZIP = 16 + zlib.MAX_WBITS


def inflated(body: bytes) -> bytes:
    """Return the body, unpacked where it is gzip; a file cut short gives what came of it.

    Raises ExtractError: TOO_LARGE past `MOST_BYTES`, NOT_A_FEED for what only begins like gzip.
    """
    if not body.startswith(_MAGIC):
        return body
    unpacking = zlib.decompressobj(_GZIP)
    try:
        whole = unpacking.decompress(body, MOST_BYTES + 1)
    except zlib.error as error:
        raise ExtractError(Problem.NOT_A_FEED, "the answer is a broken gzip file") from error
    if len(whole) > MOST_BYTES:
        raise ExtractError(Problem.TOO_LARGE, f"more than {MOST_BYTES} bytes when unpacked")
    return whole
