"""The records of a file of topics, and of its flaws; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from storage.models.recipients import NewRecipient
from storage.toml_positions import Key


@dataclass(frozen=True, slots=True)
class FileTopic:
    """A topic of a file. A webhook without a secret keeps its own, or is given one."""

    key: Key
    name: str
    query: str
    recipients: tuple[NewRecipient, ...] = ()


@dataclass(frozen=True, slots=True)
class TopicFile:
    """A whole file. `id` names it among others, wherever it lies."""

    id: str
    named: Mapping[str, str]
    topics: tuple[FileTopic, ...]


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something in a file that can't be, and what would do.

    Of a query, `query` is its text and `position` counts its characters from 0.
    """

    key: Key
    says: str
    remedy: str = ""
    topic: str = ""
    query: str | None = None
    position: int = 0
