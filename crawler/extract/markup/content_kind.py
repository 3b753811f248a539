"""Tell from headers and first bytes whether a body can be a web page at all."""

from __future__ import annotations

from storage.errors import ExtractError
from storage.models.problems import Problem

_PAGE_TYPES = frozenset(
    {"", "text/html", "application/xhtml+xml", "text/plain", "application/octet-stream"}
)
_XML_TYPES = frozenset({"application/xml", "text/xml"})  # some sites send XHTML so
_MAGIC = (
    b"%PDF-",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"RIFF",
    b"OggS",
    b"ID3",
)
_HEAD = 2048


def check_kind(body: bytes, content_type: str | None) -> None:
    """Raise `ExtractError(NOT_HTML)` for a body that is clearly something else than a page."""
    kind = (content_type or "").split(";", 1)[0].strip().lower()
    head = body[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n").replace(b"\0", b"")
    if not head:
        raise ExtractError(Problem.NOT_HTML, "the body is empty")
    if kind not in _PAGE_TYPES and not (kind in _XML_TYPES and b"<html" in head.lower()):
        raise ExtractError(Problem.NOT_HTML, f"the server calls it {kind[:80]}")
    if head.startswith(_MAGIC):
        raise ExtractError(Problem.NOT_HTML, "the bytes are those of a file, not of a page")
    if b"<" not in body:
        raise ExtractError(Problem.NOT_HTML, "there is no markup in it")
    if head[:5] in {b"<?xml", b"<rss ", b"<feed"} and b"<html" not in head.lower():
        raise ExtractError(Problem.NOT_HTML, "it is XML, not a page")
