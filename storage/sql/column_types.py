"""The columns' own types, and rows as records: times in UTC, texts that every engine can keep."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Text, TypeDecorator

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


T = TypeVar("T", bound="DataclassInstance")


def take(record: type[T], values: dict[str, Any]) -> T:
    """Return a record made of the values of its fields, which are taken out of `values`."""
    return record(**{field.name: values.pop(field.name) for field in fields(record)})


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, kept as UTC; SQLite has no zones, so none is stored there."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return a time as the engine keeps it. Raises ValueError for a naive one, which is a bug."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive time can't be stored: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002 - the base class names it
    ) -> datetime | None:
        """Return the time back as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class CleanText(TypeDecorator[str]):
    """A text without the one character that PostgreSQL can't keep, and without lone surrogates."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Put the sign for a character that can't be shown in their place."""
        cleaned: str | None = clean_text(value)
        return cleaned


def clean_text(value: Any) -> Any:  # noqa: ANN401 - texts are changed, all else is given back
    """Return a text as it is kept: see `Words`."""
    if not isinstance(value, str) or (value.isascii() and "\x00" not in value):
        return value
    return _UNKEPT.sub("\ufffd", value)


_UNKEPT = re.compile("[\x00\ud800-\udfff]")
Whole = Integer().with_variant(BigInteger(), "postgresql")
"""A number without fraction; an installation of many machines gives more ids than 32 bits hold."""
