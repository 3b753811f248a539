"""Makes well-formed what a publisher's XML is not, without a letter of an address changed; pure.

Parsers that recover read `?id=1&copy=2` as `?id=1©=2`, and half an address as a whole one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.entities import html5
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_START = 2000  # bytes in which a document's type and root stand, and its end
_OWN_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_AMISS = re.compile(
    rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});)|<(?![A-Za-z_/!?])"
    rb"|&#(?:x0?[0-8BbCcEeFf]|x1[0-9a-fA-F]|[0-8]|1[124-9]|2[0-9]|3[01]);"
)
_REFERENCE = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")
_VERBATIM = re.compile(rb"<!\[CDATA\[|<!--|<\?")
_ENDS = {b"<![CDATA[": b"]]>", b"<!--": b"-->", b"<?": b"?>"}
_TAG = re.compile(rb"<(/?)([A-Za-z_][\w:.-]{0,99})(?:\s[^<>]{0,5000})?>")
_ROOT = re.compile(rb"<([A-Za-z_][\w:.-]{0,99})[\s>]")
_ENTRIES = frozenset({b"item", b"entry"})
_LINK = re.compile(
    rb"</(?:\w{1,20}:)?link\s{0,9}>|<(?:\w{1,20}:)?link\s[^<>]{0,5000}href", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class RepairedXml:
    """A document, and what was amiss with it; "" for one that was left as it is."""

    body: bytes
    amiss: str = ""


def repaired_xml(body: bytes) -> RepairedXml:
    """Escape what stands raw in a document in UTF-8, and close one that breaks off.

    What stands behind the last whole tag of one that breaks off is left out: it may be half an
    address. A document that declares entities of its own is left to the parser.
    """
    if b"<!ENTITY" in body[:_START]:
        return RepairedXml(body)
    reasons = []
    if _AMISS.search(body):
        escaped = b"".join(
            part if verbatim else _AMISS.sub(_escaped, _REFERENCE.sub(_as_number, part))
            for verbatim, part in _parts(body)
        )
        if escaped != body:
            body = escaped
            reasons.append("raw signs in it were escaped")
    if (closed := _closed(body)) is not None:
        body = closed
        reasons.append("it breaks off")
    return RepairedXml(body, "; ".join(reasons))


def _parts(body: bytes) -> Iterator[tuple[bool, bytes]]:
    """Yield the parts of a document, and whether each stands for itself: CDATA, comments, instructions."""
    begin = 0
    while (opening := _VERBATIM.search(body, begin)) is not None:
        end = body.find(_ENDS[opening.group()], opening.end())
        if end < 0:
            break
        end += len(_ENDS[opening.group()])
        yield False, body[begin : opening.start()]
        yield True, body[opening.start() : end]
        begin = end
    yield False, body[begin:]


def _as_number(reference: re.Match[bytes]) -> bytes:
    """Write a named character of HTML, which XML does not know, by its number."""
    name = reference[1].decode("ascii")
    letters = html5.get(f"{name};")
    if name in _OWN_ENTITIES or letters is None:
        return reference.group()
    return "".join(f"&#{ord(letter)};" for letter in letters).encode("ascii")


def _escaped(amiss: re.Match[bytes]) -> bytes:
    sign = amiss.group()
    return {b"&": b"&amp;", b"<": b"&lt;"}.get(sign, b"")


def _closed(body: bytes) -> bytes | None:
    """Return a document that breaks off up to its last whole tag, and closed; None for a whole one."""
    root = _ROOT.search(body[:_START])
    if root is None or b"</%b" % root[1] in body[-_START:]:
        return None
    *_, (_, last) = _parts(body)
    unended = _VERBATIM.search(last)
    whole = body[: len(body) - len(last) + unended.start()] if unended else body
    opened = _open_elements(whole)
    if not opened:
        return None
    whole = whole[: whole.rfind(b">") + 1]
    opened = _open_elements(whole)
    begin, name = next(
        ((at, name) for at, name in opened if name.rpartition(b":")[2].lower() in _ENTRIES),
        (0, b""),
    )
    if name and not _LINK.search(whole, begin):  # of an entry without its link nothing can be told
        whole, opened = whole[:begin], [each for each in opened if each[0] < begin]
    return whole + b"".join(b"</%b>" % name for _, name in reversed(opened))


def _open_elements(body: bytes) -> list[tuple[int, bytes]]:
    """Return where the elements begin that are open at the end of a document, and their names."""
    opened: list[tuple[int, bytes]] = []
    at = 0
    for verbatim, part in _parts(body):
        for tag in () if verbatim else _TAG.finditer(part):
            if tag.group().endswith(b"/>"):
                continue
            if not tag[1]:
                opened.append((at + tag.start(), tag[2]))
            elif any(name == tag[2] for _, name in opened[-20:]):
                while opened.pop()[1] != tag[2]:
                    pass
        at += len(part)
    return opened
