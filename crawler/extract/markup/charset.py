"""Turns the bytes of a page or a listing into text, whatever its headers claim; pure.

The one reader of charsets. Order: byte order mark, the pattern of zero bytes (UTF-16 and UTF-32 without a mark), UTF-8 where
the bytes prove it, the header, the page's own declaration, a guess. No byte is lost in silence:
what no reading explains becomes U+FFFD, or the windows-1252 character in a text otherwise UTF-8.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# The Encoding Standard's readings: what sites call by these names is the larger set.
_READ_AS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "utf-16": "utf-8",  # a page that says so in ASCII bytes isn't
    "utf-16-le": "utf-8",
    "utf-16-be": "utf-8",
}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_DECLARED = re.compile(
    rb"<meta[^>]{0,500}?charset\s*=\s*[\"']?\s*([\w.:-]+)|<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)",
    re.IGNORECASE,
)
_STRAY = re.compile("[\udc80-\udcff]")
_MAY_BE_WIDE = tuple(mark for mark, _ in _MARKS)
_ESCAPE = b"\x1b"  # as in ISO-2022-JP, which looks like ASCII
_NOT_IN_A_TREE = ("\xad", "\ufffe", "\uffff")
_CONTROL_BYTES = bytes([*range(0x09), 0x0B, *range(0x0E, 0x20), 0x7F])
_HEAD_BYTES = 16_384
_SAMPLE_BYTES = 65_536
_LEAST_PROOF = 0.95  # share of well-formed sequences that makes a damaged text UTF-8 all the same
_MOST_DAMAGE = 0.02  # share of unreadable characters that a declared charset may leave


def in_utf8(body: bytes, content_type: str | None) -> bytes:
    """Return a page or a listing in UTF-8, without a byte order mark; never raises.

    What it declares of its charset is left standing: a parser has to be told that it is UTF-8.
    """
    if not _needs_care(body) and _utf8_text(body) is not None:
        return body
    return decode(body, content_type).encode("utf-8", "ignore")


def page_in_utf8(body: bytes, content_type: str | None) -> bytes:
    """Return a page as the UTF-8 that the parser of articles takes; never raises.

    Left out is what no tree can hold, and the soft hyphens, which part words that are one. What
    else must not be shown is dropped from each text that is taken out of the tree.
    """
    text = None if _needs_care(body) else _utf8_text(body)
    if text is None:
        text = decode(body, content_type)
        body = text.encode("utf-8", "ignore")
    for unwanted in _NOT_IN_A_TREE:
        if unwanted in text:
            body = body.replace(unwanted.encode(), b"")
    return body.translate(None, _CONTROL_BYTES)


def _needs_care(body: bytes) -> bool:
    return body.startswith(_MAY_BE_WIDE) or 0 in body or _ESCAPE in body


def _utf8_text(body: bytes) -> str | None:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def decode(body: bytes, content_type: str | None) -> str:
    """Return a page or a listing as text; never raises."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    wide = _wide_charset(body[:_HEAD_BYTES])
    if wide is not None:
        return body.decode(wide, "replace")
    escaped = _escaped_charset(body, content_type)
    if escaped is not None:
        return body.decode(escaped, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_legacy(body, content_type)


def _decode_legacy(body: bytes, content_type: str | None) -> str:
    if _utf8_share(body[:_SAMPLE_BYTES]) >= _LEAST_PROOF:
        return _decode_mixed(body)
    for name in _declared_charsets(body, content_type):
        text = body.decode(name, "replace")
        if text.count("\ufffd") <= _MOST_DAMAGE * _high_bytes(body):
            return text
    return _decode_guessed(body)


def _wide_charset(head: bytes) -> str | None:
    """Recognise UTF-16 and UTF-32 without a mark by where the zero bytes of '<' and ' ' stand."""
    if len(head) < 8 or head.count(0) < len(head) // 4:  # noqa: PLR2004  two UTF-32 characters
        return None
    zeros = [head[offset::4].count(0) * 4 / len(head) for offset in range(4)]
    most = 0.9
    if min(zeros[1:]) > most > zeros[0]:
        return "utf-32-le"
    if min(zeros[:3]) > most > zeros[3]:
        return "utf-32-be"
    even, odd = zeros[0] + zeros[2], zeros[1] + zeros[3]
    return "utf-16-le" if odd > 2 * even else "utf-16-be" if even > 2 * odd else None


def _escaped_charset(body: bytes, content_type: str | None) -> str | None:
    """ISO-2022-JP looks like ASCII; only its name and its escapes tell."""
    if b"\x1b" not in body:
        return None
    names = _declared_charsets(body, content_type)
    return next((name for name in names if name.startswith("iso2022_jp")), None)


def _declared_charsets(body: bytes, content_type: str | None) -> list[str]:
    """Return the declared charsets that Python knows, the likeliest first.

    A header's bare ISO-8859-1 is mostly a server's default, so the page's own word goes first.
    """
    header = _HEADER.search(content_type or "")
    named = [header.group(1)] if header else []
    declared = _DECLARED.finditer(body[:_HEAD_BYTES])
    named.extend((match[1] or match[2]).decode("ascii", "replace") for match in declared)
    known = list(dict.fromkeys(_known(named)))
    return sorted(known, key=lambda name: name == "cp1252")


def _known(names: list[str]) -> Iterator[str]:
    for name in names:
        try:
            found = codecs.lookup(name)
        except (LookupError, ValueError):  # ValueError: a NUL in the name
            continue
        if found._is_text_encoding and found.name not in {"idna", "punycode", "utf-7"}:
            yield _READ_AS.get(found.name, found.name)


def _high_bytes(body: bytes) -> int:
    return len(body) - len(body.translate(None, bytes(range(0x80, 0x100))))


def _utf8_share(sample: bytes) -> float:
    """Return the share of a sample's bytes over 0x7F that stand in well-formed UTF-8 sequences."""
    high = _high_bytes(sample)
    kept = len(sample.decode("utf-8", "ignore").encode("utf-8"))
    return 1 - (len(sample) - kept) / high if high else 1.0


def _decode_mixed(body: bytes) -> str:
    """Decode UTF-8 with stray bytes of windows-1252 in it, as pasted texts have."""
    return _STRAY.sub(_read_stray, body.decode("utf-8", "surrogateescape"))


def _read_stray(match: re.Match[str]) -> str:
    return match.group().encode("utf-8", "surrogateescape").decode("cp1252", "replace")


def _decode_guessed(body: bytes) -> str:
    from charset_normalizer import from_bytes  # noqa: PLC0415  slow to import and seldom needed

    best = from_bytes(body[:_SAMPLE_BYTES]).best()
    return body.decode(best.encoding if best is not None else "cp1252", "replace")
