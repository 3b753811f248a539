"""How commands print: tables for people, JSON for programs; data on standard output only."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from crawler.extract.markup.clean_text import terminal_text
from storage.models.articles import ArticleDates, ArticleProvenance
from storage.models.sources import ListingFacts, ListingValidators, SourceHealth, SourceSchedule

if TYPE_CHECKING:
    from pydantic import BaseModel

# Their fields stand beside those of the record that they are a part of.
_PARTS = (
    *(SourceSchedule, ListingValidators, SourceHealth, ListingFacts),
    *(ArticleDates, ArticleProvenance),
)


def print_note(text: str) -> None:
    """Talk to the operator, on standard error, so that a pipe gets data only."""
    sys.stderr.write(f"{text}\n")


def print_line(text: str) -> None:
    """Print one line of data."""
    sys.stdout.write(f"{terminal_text(text)}\n")


def print_json(data: object) -> None:
    """Print data as JSON; times are UTC, stored bytes and secrets are left out."""
    json.dump(_plain(data), sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def print_table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under headers: drawn on a terminal, plain and tab-separated in a pipe."""
    cells = [[_cell(value) for value in row] for row in rows]
    if not sys.stdout.isatty():
        for row in [list(headers), *cells]:
            sys.stdout.write("\t".join(row) + "\n")
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for header in headers:
        drawn.add_column(header, overflow="fold")
    for row in cells:
        drawn.add_row(*(Text(cell) for cell in row))
    Console().print(drawn)


def local_time(moment: datetime | None) -> str:
    """Show a time where the operator is, with its zone."""
    return "never" if moment is None else f"{moment.astimezone():%Y-%m-%d %H:%M:%S %Z}"


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return local_time(value)
    return "" if value is None else terminal_text(str(value)).replace("\n", " ").replace("\t", " ")


def _plain(data: Any) -> Any:  # noqa: ANN401 - any record
    from pydantic import BaseModel

    if isinstance(data, BaseModel | datetime | date | time):
        return _value(data)
    if dataclasses.is_dataclass(data) and not isinstance(data, type):
        facts: dict[str, Any] = {}
        for field in dataclasses.fields(data):
            value = getattr(data, field.name)
            if isinstance(value, _PARTS):
                facts |= _plain(value)
            elif field.name not in ("payload", "secret"):
                facts[field.name] = _plain(value)
        return facts
    if isinstance(data, dict):
        return {str(key): _plain(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_plain(value) for value in data]
    return data


def _value(data: BaseModel | datetime | date | time) -> object:
    if isinstance(data, datetime):
        return data.astimezone(UTC).isoformat()
    return str(data) if isinstance(data, date | time) else data.model_dump(mode="json")
