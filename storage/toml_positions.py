"""Where the keys and values of a TOML text stand, which tomllib does not tell; pure.

The text must have been read by tomllib before: what it refuses is not understood here. Syntax as in
TOML 1.0.0 (https://toml.io/en/v1.0.0).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

Key = tuple[str | int, ...]
"""The way to a value in the file, e.g. ("topic", 2, "tell", 0, "mode"); lists count from 0."""

_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*+")
_STRING = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*+"{3,5}'
    r"|'''(?:[^']|'(?!''))*+'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*+"'
    r"|'[^'\n]*+'",
    re.DOTALL,
)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"[^,\]}#\n]*")
_CHARACTER = re.compile(
    r"(?P<none>\\[ \t]*\n[ \t\n]*)|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}|\\x[0-9A-Fa-f]{2}|\\.|.",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class KeyPosition:
    """Where a key, or an item of a list, begins, and where its value does (characters)."""

    begins: int
    value: int


class TomlPositions:
    """The lines of one TOML text's keys; lines count from 1."""

    def __init__(self, text: str) -> None:
        self._text = text.replace("\r\n", "\n")
        self._found = _Scanner(self._text).scanned()

    def keys(self) -> frozenset[Key]:
        """Return every key and item of the text, as tomllib nests them."""
        return frozenset(self._found)

    def line(self, key: Key) -> int | None:
        """Return the line of a key, or of the nearest thing round it; None when there is none.

        A table that only dotted keys make begins with the first of them.
        """
        for length in range(len(key), 0, -1):
            begins = self._begins(key[:length])
            if begins is not None:
                return self._line_at(begins)
        return None

    def line_in_string(self, key: Key, position: int) -> int | None:
        """Return the line of a character of a key's string, counted from 0 without leading blanks.

        Of a key that is not in the text it is the line of what is nearest.
        """
        place = self._found.get(key)
        if place is None:
            return self.line(key)
        offsets = _offsets(self._text, place.value)
        position += next((i for i, at in enumerate(offsets) if not self._text[at].isspace()), 0)
        last = max(offsets, default=place.value)
        return self._line_at(offsets[position] if position < len(offsets) else last)

    def _begins(self, key: Key) -> int | None:
        if key in self._found:
            return self._found[key].begins
        inner = (at.begins for other, at in self._found.items() if other[: len(key)] == key)
        return min(inner, default=None)

    def _line_at(self, offset: int) -> int:
        return self._text.count("\n", 0, offset) + 1


class _Scanner:
    """Goes through the text once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._found: dict[Key, KeyPosition] = {}
        self._lists: dict[Key, int] = {}  # arrays of tables, and the index of the last one

    def scanned(self) -> dict[Key, KeyPosition]:
        table: Key = ()
        while self._blank() < len(self._text):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)
        return self._found

    def _header(self) -> Key:
        begins = self._at
        is_list = self._text.startswith("[[", begins)
        self._at += 2 if is_list else 1
        names = self._names()
        self._at += 2 if is_list else 1
        table: Key = ()
        for name in names[:-1]:
            table = self._within((*table, name))
        table = (*table, names[-1])
        if is_list:
            self._lists[table] = self._lists.get(table, -1) + 1
            self._found.setdefault(table, KeyPosition(begins, begins))
        table = self._within(table)
        self._found.setdefault(table, KeyPosition(begins, begins))
        return table

    def _within(self, table: Key) -> Key:
        """Return the last table of a list of them; any other table is itself."""
        return (*table, self._lists[table]) if table in self._lists else table

    def _pair(self, table: Key) -> None:
        begins = self._at
        names = self._names()
        self._at += 1  # =
        self._value((*table, *names), begins)

    def _names(self) -> tuple[str, ...]:
        """Read a dotted key, up to the = or ] behind it."""
        names = []
        while True:
            self._blank()
            if string := _STRING.match(self._text, self._at):
                # Escapes stay as they are written: names only have to differ.
                names.append(self._text[slice(*_content(self._text, self._at))])
                self._at = string.end()
            elif bare := _BARE_KEY.match(self._text, self._at):
                names.append(bare[0])
                self._at = bare.end()
            self._blank()
            if self._text[self._at] != ".":
                return tuple(names)
            self._at += 1

    def _value(self, key: Key, begins: int | None = None) -> None:
        self._blank()
        self._found[key] = KeyPosition(self._at if begins is None else begins, self._at)
        opening = self._text[self._at]
        if string := _STRING.match(self._text, self._at):
            self._at = string.end()
        elif opening == "[":
            self._items(key)
        elif opening == "{":
            self._inline(key)
        else:
            self._at = _ends(_BARE_VALUE, self._text, self._at)

    def _items(self, key: Key) -> None:
        self._at += 1
        count = 0
        while self._text[self._blank()] != "]":
            self._value((*key, count))
            count += 1
            self._comma()
        self._at += 1

    def _inline(self, key: Key) -> None:
        self._at += 1
        while self._text[self._blank()] != "}":
            self._pair(key)
            self._comma()
        self._at += 1

    def _comma(self) -> None:
        if self._text[self._blank()] == ",":
            self._at += 1

    def _blank(self) -> int:
        """Pass what separates, and give where it ends."""
        self._at = _ends(_BLANK, self._text, self._at)
        return self._at


def _ends(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return at if found is None else found.end()


def _content(text: str, at: int) -> tuple[int, int]:
    """Return where the inside of a string begins and ends."""
    string = _STRING.match(text, at)
    if string is None:
        return at, at
    marks = 3 if string[0][:3] in ('"""', "'''") else 1
    begins = at + marks
    if marks == 3 and text.startswith("\n", begins):  # noqa: PLR2004 - three quotation marks
        begins += 1
    return begins, max(begins, string.end() - marks)


def _offsets(text: str, at: int) -> list[int]:
    """Return where each character of a string's value stands in the text."""
    begins, ends = _content(text, at)
    if text[at : at + 1] != '"':
        return list(range(begins, ends))
    found = _CHARACTER.finditer(text, begins, ends)
    return [each.start() for each in found if each["none"] is None]
