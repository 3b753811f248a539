"""Lists of queries, one a line, as they are kept beside Google Alerts; pure."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

from storage.errors import InputError

MOST_BYTES = 16 * 1024 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, which its mark begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LINE_END = re.compile(r"\r\n|\n|\r")  # not str.splitlines, which also cuts within a line


class ListedQuery(NamedTuple):
    """A line of a list; lines count from 1."""

    line: int
    query: str


def decoded(raw: bytes) -> tuple[str, str]:
    """Return a text and its encoding: by its byte order mark, else UTF-8 or UTF-16, else Windows-1252.

    Raises InputError for what is no text, or too much.
    """
    if len(raw) > MOST_BYTES:
        raise InputError(
            f"it has more than {MOST_BYTES // 1024 // 1024} MB; split it into smaller files"
        )
    encoding, text = _marked(raw) or _guessed(raw)
    if "\0" in text:
        raise InputError("it is no text: it holds zero bytes")
    return text, encoding


def queries(text: str) -> Iterator[ListedQuery]:
    """Yield the queries of a list; blank lines and those that begin with # are none."""
    for number, line in enumerate(_LINE_END.split(text), 1):
        query = line.strip()
        if query and not query.startswith("#"):
            yield ListedQuery(number, query)


def _marked(raw: bytes) -> tuple[str, str] | None:
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            try:
                return encoding, raw[len(mark) :].decode(encoding)
            except UnicodeDecodeError as error:
                raise InputError(
                    f"it begins as {encoding} and is not: byte {error.start + len(mark)}"
                ) from error
    return None


def _guessed(raw: bytes) -> tuple[str, str]:
    sample = raw[:4096]
    if b"\0" in sample and len(raw) % 2 == 0:
        # Of mostly Latin letters in UTF-16 every second byte is zero; which one tells the order.
        low, high = sample[0::2].count(0), sample[1::2].count(0)
        encoding = "utf-16-be" if low > high else "utf-16-le"
        try:
            return encoding, raw.decode(encoding)
        except UnicodeDecodeError as error:
            raise InputError("it is no text: it holds zero bytes") from error
    try:
        return "utf-8", raw.decode()
    except UnicodeDecodeError:
        return "windows-1252", _windows(raw)


def _windows(raw: bytes) -> str:
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:  # five bytes mean nothing there; Latin-1 has a meaning for all
        return raw.decode("latin-1")
