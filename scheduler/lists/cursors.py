"""Pages of lists, and the cursors between them: text that its reader hands back unread; pure."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from storage.errors import InputError

_MOST_CHARACTERS = 1000
_LARGEST = 2**63 - 1
_STRANGE = "that cursor is not one of ours; begin the list anew"

Row = TypeVar("Row")
OtherRow = TypeVar("OtherRow")


class Numbered(Protocol):
    """A record that has a number, by which its list is ordered."""

    @property
    def id(self) -> int:
        """The number."""


NumberedRow = TypeVar("NumberedRow", bound=Numbered)


@dataclass(frozen=True, slots=True)
class ListPage(Generic[Row]):
    """One page of a list; `next` is the cursor of the one after it, empty on the last."""

    rows: tuple[Row, ...]
    next: str = ""

    def with_rows(self, rows: Sequence[OtherRow]) -> ListPage[OtherRow]:
        """Return the same page of the list with what its rows were made into."""
        return ListPage(tuple(rows), self.next)


def cut_page(
    rows: Sequence[Row], limit: int, position: Callable[[Row], tuple[str | int, ...]]
) -> ListPage[Row]:
    """Return the first `limit` rows as a page; a row more than these says that the list goes on.

    The cursor holds the `position` of the page's last row.
    """
    shown = rows[:limit]
    return ListPage(tuple(shown), write_cursor(*position(shown[-1])) if len(rows) > limit else "")


def page_by_id(
    read: Callable[..., Sequence[NumberedRow]], cursor: str, limit: int
) -> ListPage[NumberedRow]:
    """Return a page of a list that is ordered by number, the newest first.

    `read` takes `limit`, how many rows to return, and `before`, the number below which they stand.
    Raises InputError for a cursor that we never wrote.
    """
    rows = read(limit=limit + 1, before=read_id(cursor))
    return cut_page(rows, limit, lambda row: (row.id,))


def read_id(cursor: str) -> int | None:
    """Return the number that a cursor holds; None for the beginning of the list.

    Raises InputError for a cursor that we never wrote.
    """
    return int(read_cursor(cursor, int)[0]) if cursor else None


def write_cursor(*position: str | int) -> str:
    """Return a position in a list as text."""
    text = json.dumps(position, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str, *kinds: type[str | int]) -> tuple[str | int, ...]:
    """Return a position whose parts are of these kinds.

    Raises InputError for a cursor that we never wrote.
    """
    try:
        padded = cursor[:_MOST_CHARACTERS] + "=" * (-len(cursor) % 4)
        position = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise InputError(_STRANGE) from error
    if not isinstance(position, list) or [type(part) for part in position] != list(kinds):
        raise InputError(_STRANGE)
    if any(isinstance(part, int) and abs(part) > _LARGEST for part in position):
        raise InputError(_STRANGE)
    return tuple(position)
