"""Lists of queries as they are kept beside Google Alerts: one a line, or a column of a table; pure.

A list may have a head line, bullets or numbers; a table (CSV, RFC 4180) has a head that names its columns.
"""

from __future__ import annotations

import codecs
import csv
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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


_QUERY_HEADS = frozenset(
    [
        "query",
        "queries",
        "keyword",
        "keywords",
        "search",
        "searches",
        "search_term",
        "search_terms",
        "search_query",
        "search_string",
        "term",
        "terms",
        "boolean",
        "phrase",
        "alert",
        "alerts",
        "google_alert",
        "google_alerts",
        "suche",
        "suchbegriff",
        "suchbegriffe",
        "suchanfrage",
        "stichwort",
        "stichworte",
        "stichwörter",
        "schlagwort",
        "requête",
        "requêtes",
        "recherche",
        "mot-clé",
        "mots-clés",
        "consulta",
        "consultas",
        "búsqueda",
        "palabra_clave",
        "palabras_clave",
        "запрос",
        "запросы",
    ]
)
_NAME_HEADS = frozenset(
    [
        "name",
        "names",
        "title",
        "label",
        "topic",
        "topics",
        "alert_name",
        "thema",
        "titel",
        "nom",
        "sujet",
        "nombre",
        "tema",
    ]
)
_DELIMITERS = "\t;,|"
_BULLET = re.compile(
    r"(?:[-*+\u2013\u2014]|[\u2022\u2023\u2043\u00b7\u25aa\u25cf\u25cb\u25e6\u25a0\uf0b7])(?:\s+|$)(?:\[[ xX]?\](?:\s+|$))?"
)
_NUMBER = re.compile(r"\(?(?P<number>\d{1,4})(?:[.)]\s+|\t\s*)")


class ListedQuery(NamedTuple):
    """A query of a list; lines count from 1. `name` is what a table calls it, if it does."""

    line: int
    query: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class QueryList:
    """The queries of a list, and notes of what was taken for no part of them."""

    queries: tuple[ListedQuery, ...]
    notes: tuple[str, ...] = ()


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


def read_list(text: str) -> QueryList:
    """Return the queries of a list; blank lines and those that begin with # are none.

    Raises InputError for a table whose columns have no names, for nobody can know which has the queries.
    """
    lines = [
        ListedQuery(number, line.strip(" \r\n"))
        for number, line in enumerate(_LINE_END.split(text), 1)
        if line.strip() and not line.strip().startswith("#")
    ]
    if lines and (table := _table(text, lines[0])) is not None:
        return table
    notes: list[str] = []
    if len(lines) > 1 and _head_word(lines[0].query) in _QUERY_HEADS | _NAME_HEADS:
        notes.append(f"line {lines[0].line} is taken for the head of the list: {lines[0].query}")
        lines = lines[1:]
    if _are_numbered(lines):
        notes.append("the numbers before the queries are left out")
        lines = [line._replace(query=_NUMBER.sub("", line.query, count=1)) for line in lines]
    if len(lines) > 1 and all("\t" in line.query.strip() for line in lines):
        raise InputError(
            "it has columns, and no first line that names them: write one, as in name<tab>query"
        )
    if len(lines) > 1 and all(line.query.endswith((",", ";")) for line in lines[:-1]):
        lines = [line._replace(query=line.query.rstrip(" ,;")) for line in lines]
    cleaned = (line._replace(query=_without_bullet(line.query)) for line in lines)
    queries = tuple(line for line in cleaned if line.query)
    if any(_BULLET.match(line.query) for line in lines):
        notes.append("the bullets before the queries are left out")
    return QueryList(queries, tuple(notes))


def _table(text: str, head: ListedQuery) -> QueryList | None:
    """Return the queries of a table whose head names a column of them; None for what is no table."""
    for delimiter in _DELIMITERS:
        columns = [_head_word(cell) for cell in next(csv.reader([head.query], delimiter=delimiter))]
        column = next((at for at, name in enumerate(columns) if name in _QUERY_HEADS), None)
        if len(columns) > 1 and column is not None:
            named = next((at for at, name in enumerate(columns) if name in _NAME_HEADS), None)
            notes = [f"the queries are the column {columns[column]!r}"]
            if named is not None:
                notes.append(f"the topics' names are the column {columns[named]!r}")
            rows = _rows(text, head.line, delimiter)
            return QueryList(tuple(_of_rows(rows, column, named)), tuple(notes))
    return None


def _rows(text: str, head: int, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows below a head, each with its first line; a cell in quotes may have several."""
    lines = [f"{line}\n" for line in _LINE_END.split(text)]
    reader = csv.reader(lines[head:], delimiter=delimiter)
    try:
        first = head + 1
        for row in reader:
            yield first, row
            first = head + 1 + reader.line_num
    except csv.Error as error:
        raise InputError(f"line {head + reader.line_num}: this is no CSV: {error}") from error


def _of_rows(
    rows: Iterator[tuple[int, list[str]]], column: int, named: int | None
) -> Iterator[ListedQuery]:
    for line, cells in rows:
        query = cells[column].strip() if len(cells) > column else ""
        if query and not cells[0].strip().startswith("#"):
            name = cells[named].strip() if named is not None and len(cells) > named else ""
            yield ListedQuery(line, query, name)


def _head_word(cell: str) -> str:
    return re.sub(r"[\s_]+", "_", cell.strip().strip("\"'*:").strip().casefold())


def _are_numbered(lines: Sequence[ListedQuery]) -> bool:
    """Tell whether numbers count the lines; "1. FC Köln" alone is a query."""
    matches = [_NUMBER.match(line.query) for line in lines]
    numbers = [int(match["number"]) for match in matches if match]
    if len(numbers) < max(len(lines), 2):
        return False
    steps = {later - earlier for earlier, later in itertools.pairwise(numbers)}
    return steps in ({1}, {0})


def _without_bullet(line: str) -> str:
    """Return a line without its bullet, and without the quotes that a table has put round it."""
    query = _BULLET.sub("", line.strip(), count=1)
    inner = query[1:-1]
    if query.startswith('"') and query.endswith('"') and '""' in inner:
        [cells] = csv.reader([query])
        if len(cells) == 1 and '"' not in inner.replace('""', ""):
            return cells[0].strip()
    return query.strip()


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
