"""Packed bodies: unpacked as they come in, whatever the cuts, and never past the limit."""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Callable

import brotli  # type: ignore[import-untyped] # carries no types
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.fetch.content_decoder import Decoder
from storage.errors import FetchError
from storage.models.problems import Problem

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


def members(body: bytes) -> bytes:
    half = len(body) // 2
    return gzip.compress(body[:half]) + gzip.compress(body[half:])


PACKERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "gzip members": ("x-gzip", members),
    "gzip, padded": ("GZIP", lambda body: gzip.compress(body) + b"\0\0\0"),
    "deflate": ("deflate", zlib.compress),
    "raw deflate": ("deflate", raw_deflate),
    "brotli": ("br", brotli.compress),
    "zstd": ("zstd", zstd.compress),
    "nothing": ("identity", bytes),
    "two": ("gzip, br", lambda body: brotli.compress(gzip.compress(body))),
}
packers = pytest.mark.parametrize("name", PACKERS)


def unpack(encodings: str, packed: bytes, *, size: int = 1 << 20, limit: int = 1 << 30) -> bytes:
    decoder = Decoder(encodings, limit)
    chunks = [packed[at : at + size] for at in range(0, len(packed), size)]
    body = b"".join(piece for chunk in chunks for piece in decoder.feed(chunk))
    decoder.finish()
    return body


@packers
@settings(max_examples=25)
@given(body=st.binary(), size=st.integers(1, 50))
def test_what_was_packed_comes_out_wherever_it_is_cut(name: str, body: bytes, size: int) -> None:
    encodings, pack = PACKERS[name]
    # The head of a raw stream can look like zlib's; nothing tells them apart then.
    if name == "raw deflate":
        body = b"news " + body
    assert unpack(encodings, pack(body), size=size) == body


@packers
def test_a_large_body_comes_out_whole(name: str) -> None:
    encodings, pack = PACKERS[name]
    body = b"all the news " * 20_000
    assert unpack(encodings, pack(body)) == body


@pytest.mark.parametrize("name", [name for name in PACKERS if name != "nothing"])
def test_a_body_without_its_end_is_truncated(name: str) -> None:
    encodings, pack = PACKERS[name]
    packed = pack(bytes(range(256)))
    with pytest.raises(FetchError) as caught:
        unpack(encodings, packed[:-12])
    assert caught.value.problem is Problem.TRUNCATED


@packers
def test_a_bomb_stops_at_the_limit(name: str) -> None:
    encodings, pack = PACKERS[name]
    pieces: list[bytes] = []
    with pytest.raises(FetchError) as caught:
        pieces.extend(Decoder(encodings, 100_000).feed(pack(bytes(1_000_000))))
    assert caught.value.problem is Problem.TOO_LARGE
    assert sum(map(len, pieces)) <= 100_000


@pytest.mark.parametrize("encodings", ["gzip", "deflate", "br", "zstd", "gzip, br"])
@settings(max_examples=25)
@given(body=st.binary(min_size=10))
def test_garbage_is_a_bad_response_and_nothing_worse(encodings: str, body: bytes) -> None:
    try:
        unpack(encodings, body, limit=100_000)
    except FetchError as error:
        expected = {Problem.BAD_RESPONSE, Problem.TRUNCATED, Problem.TOO_LARGE}
        assert error.problem in expected  # noqa: PT017 - not all garbage is refused


def test_an_answer_without_a_body_is_whole() -> None:
    assert unpack("gzip", b"") == b""


def test_an_encoding_that_we_did_not_ask_for_is_left_as_it_is() -> None:
    assert unpack("utf-8", b"news") == b"news"


def test_many_layers_are_refused() -> None:
    with pytest.raises(FetchError):
        Decoder("gzip, " * 9, 1000)
