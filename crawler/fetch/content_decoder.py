"""Undoes content codings as the bytes come in, and stops at a limit: a bomb never goes off.

Scrapy's own middlewares held only the packed size against the limit (CVE-2024-3572).
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator
from typing import Protocol

import brotli  # type: ignore[import-untyped] # Scrapy's own choice; it carries no types

from storage.errors import FetchError
from storage.models.problems import Problem

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ACCEPT_ENCODING = "gzip, deflate, br, zstd"
_PIECE = 65_536  # bytes; what one step may unpack
_MOST_CODINGS = 3
_ZSTD_WINDOW = 23  # 8 MiB, RFC 9659: what a decoder for the web must take, and need not exceed
_GZIP_MAGIC = b"\x1f\x8b"


class ContentCoding(Protocol):
    """One content coding, undone step by step."""

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """Unpack what came in, in pieces of bounded size."""

    @property
    def complete(self) -> bool:
        """Tell whether the stream reached its own end."""


class Decoder:
    """Unpacks a body whose Content-Encoding is `encodings` (RFC 9110, 8.4: in order of applying).

    No coding gives more than `limit` bytes. A coding that we don't know is left as it is.
    """

    def __init__(self, encodings: str, limit: int) -> None:
        names = [name.strip().lower() for name in encodings.split(",")]
        self._codings = [_CODINGS[name]() for name in reversed(names) if name in _CODINGS]
        if len(self._codings) > _MOST_CODINGS:
            raise FetchError(Problem.BAD_RESPONSE, f"{len(self._codings)} content codings")
        self._limit = limit
        self._given = [0] * (len(self._codings) + 1)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Unpack a chunk. Raises FetchError for what is too large or doesn't unpack."""
        try:
            yield from self._through(0, data)
        except (zlib.error, brotli.error, zstd.ZstdError) as error:
            raise FetchError(Problem.BAD_RESPONSE, f"its body does not unpack: {error}") from error

    def finish(self) -> None:
        """Take the body's end. Raises FetchError when the end of a stream is missing."""
        if self._given[0] and not all(coding.complete for coding in self._codings):
            raise FetchError(Problem.TRUNCATED, "its packed body has no end")

    def _through(self, number: int, data: bytes) -> Iterator[bytes]:
        self._given[number] += len(data)
        if self._given[number] > self._limit:
            raise FetchError(Problem.TOO_LARGE, f"more than {self._limit} bytes")
        if number == len(self._codings):
            yield data
            return
        for piece in self._codings[number].pieces(data):
            yield from self._through(number + 1, piece)


class _Gzip:
    """RFC 1952: members one after the other; what follows them is padding."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(wbits=31)
        self._head = b""  # what came after a member, while it is too short to tell what it is

    @property
    def complete(self) -> bool:
        return self._member.eof

    def pieces(self, data: bytes) -> Iterator[bytes]:
        data = self._head + data
        self._head = b""
        while data:
            if self._member.eof and not self._begins_another(data):
                return
            yield from _inflated(self._member, data)
            data = self._member.unused_data

    def _begins_another(self, data: bytes) -> bool:
        if data[:2] == _GZIP_MAGIC:
            self._member = zlib.decompressobj(wbits=31)
            return True
        self._head = data[:1]
        return False


class _Deflate:
    """RFC 9110, 8.4.1.2: a zlib stream; some servers send raw deflate, which is told by its head."""

    def __init__(self) -> None:
        self._stream: zlib._Decompress | None = None
        self._head = b""

    @property
    def complete(self) -> bool:
        return self._stream is not None and self._stream.eof

    def pieces(self, data: bytes) -> Iterator[bytes]:
        if self._stream is None:
            data = self._head + data
            if len(data) < 2:  # noqa: PLR2004 - the two bytes of a zlib head
                self._head = data
                return
            zlib_head = data[0] & 0x0F == 8 and int.from_bytes(data[:2]) % 31 == 0  # noqa: PLR2004 - RFC 1950, 2.2
            self._stream = zlib.decompressobj(wbits=15 if zlib_head else -15)
        if not self._stream.eof:
            yield from _inflated(self._stream, data)


def _inflated(stream: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    """Feed all of `data`; a full piece may leave more inside the stream, without any input left."""
    piece = stream.decompress(data, _PIECE)
    yield piece
    while not stream.eof and (stream.unconsumed_tail or len(piece) == _PIECE):
        piece = stream.decompress(stream.unconsumed_tail, _PIECE)
        yield piece


class _Brotli:
    """RFC 7932."""

    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    @property
    def complete(self) -> bool:
        return bool(self._stream.is_finished())

    def pieces(self, data: bytes) -> Iterator[bytes]:
        if self._stream.is_finished():
            return
        piece = self._stream.process(data, output_buffer_limit=_PIECE)
        while piece:
            yield piece
            # More may wait inside even when the stream says that it could take input.
            done = self._stream.is_finished()
            piece = b"" if done else self._stream.process(b"", output_buffer_limit=_PIECE)


class _Zstd:
    """RFC 8878: frames one after the other."""

    def __init__(self) -> None:
        self._frame = self._new()

    @property
    def complete(self) -> bool:
        return bool(self._frame.eof)

    def pieces(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._frame.eof:
                self._frame = self._new()
            yield self._frame.decompress(data, _PIECE)
            while not self._frame.needs_input and not self._frame.eof:
                yield self._frame.decompress(b"", _PIECE)
            data = self._frame.unused_data if self._frame.eof else b""

    @staticmethod
    def _new() -> zstd.ZstdDecompressor:
        options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW}
        return zstd.ZstdDecompressor(options=options)


_CODINGS: dict[str, type[ContentCoding]] = {
    "gzip": _Gzip,
    "x-gzip": _Gzip,
    "deflate": _Deflate,
    "br": _Brotli,
    "zstd": _Zstd,
}
