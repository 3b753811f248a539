"""The text of a page that its browser would write: HTML in the strings of its scripts.

Some sites send a page as the state of a program: the article stands as a string of HTML in JSON, and
no element holds it. Looked for only where a page gave no text, so that no other page pays for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

_LEAST = 600  # bytes of a string that may be an article's text
_LEAST_BLOCKS = 2
_SCRIPT = re.compile(rb"<script\b[^>]{0,4000}>(.*?)</script", re.IGNORECASE | re.DOTALL)
_STRING = re.compile(rb'"((?:[^"\\]++|\\.)*+)"', re.DOTALL)
_CHUNK = re.compile(r"[0-9a-f]{1,8}:T[0-9a-f]{1,8},")  # how React's server components name a text
_BLOCK = re.compile(r"<(?:p|br|div)\b", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,4000}>")
_BODY_END = re.compile(rb"</body\s{0,20}>|\Z", re.IGNORECASE)


def with_state(body: bytes) -> bytes | None:
    """Return a page with the longest text of its scripts as an article in it; None when there is none."""
    texts = [text for script in _SCRIPT.findall(body) for text in _texts(script, depth=1)]
    if not texts:
        return None
    longest = max(texts, key=lambda text: len(_TAG.sub("", text)))
    written = f"<article>{longest}</article>".encode("ascii", "xmlcharrefreplace")
    end = _BODY_END.search(body)
    at = len(body) if end is None else end.start()
    return b"".join((body[:at], written, body[at:]))


def _texts(script: bytes, depth: int) -> Iterator[str]:
    """Yield the strings of a script that hold HTML, also those in a string of JSON."""
    for string in _STRING.finditer(script):
        if string.end() - string.start() < _LEAST:
            continue
        text = _decoded(string.group(1))
        if text is None:
            continue
        chunk = _CHUNK.match(text)
        html = text[chunk.end() :] if chunk else text
        if html.lstrip().startswith("<"):
            if len(_BLOCK.findall(html, 0, 20_000)) >= _LEAST_BLOCKS:
                yield html
        elif depth and '"' in text:
            yield from _texts(text.encode("utf-8", "replace"), depth - 1)


def _decoded(string: bytes) -> str | None:
    try:
        text = json.loads(b'"%s"' % string, strict=False)
    except (ValueError, UnicodeDecodeError):
        return None
    return str(text)
