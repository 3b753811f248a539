"""What all shapes are made of: times, numbers, pages of lists, and what came of a change; pure.

The shapes are what the API takes and gives and what commands print with `--json`: they stay,
whatever the records become.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

Item = TypeVar("Item")

_LARGEST = 2**63 - 1
Id = Annotated[int, Field(ge=1, le=_LARGEST)]


def _iso8601(time: datetime) -> str:
    return time.astimezone(UTC).isoformat()


Time = Annotated[
    datetime,
    PlainSerializer(_iso8601, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A time as ISO 8601 in UTC, as 2026-06-01T12:00:00+00:00."""


class RequestShape(BaseModel):
    """Refuses what it does not know, so that a misspelt field is no silence."""

    model_config = ConfigDict(extra="forbid")


class RecordShape(BaseModel):
    """Is read from a record that has its fields, and more."""

    model_config = ConfigDict(from_attributes=True)


class ListShape(BaseModel, Generic[Item]):
    """A page of a list; `next` is the cursor of the one after it, null on the last."""

    items: list[Item]
    next: str | None


class ChangeResult(BaseModel):
    """What came of a change."""

    id: int | None = None
    says: str
