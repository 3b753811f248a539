"""Rows of the tables as the records that they hold. Pure."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")


def take(record: type[T], values: dict[str, Any]) -> T:
    """Return a record made of the values of its fields, which are taken out of `values`."""
    return record(**{field.name: values.pop(field.name) for field in fields(record)})
