"""The records of a file of topics, and of its flaws; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from scheduler.query.language.caret import with_caret
from storage.errors import QueryError
from storage.models.recipients import NewRecipient
from storage.toml_positions import Key, TomlPositions


@dataclass(frozen=True, slots=True)
class LocatedFlaw:
    """A flaw with its line in the file (from 1); 0 when the text as a whole is no TOML."""

    line: int
    key: str
    flaw: Flaw


def locate_flaws(text: str, flaws: Sequence[Flaw]) -> list[LocatedFlaw]:
    """Return flaws with their lines, in the order of the file."""
    readable = flaws and all(flaw.key for flaw in flaws)
    positions = TomlPositions(text if readable else "")
    located = [LocatedFlaw(_line(positions, flaw), key_text(flaw.key), flaw) for flaw in flaws]
    return sorted(located, key=lambda flaw: flaw.line)


def flaw_lines(name: str, flaws: Sequence[LocatedFlaw]) -> Iterator[str]:
    """Yield the lines that tell operators of a file's flaws, a paragraph for each of them."""
    for located in flaws:
        flaw = located.flaw
        place = f"{name}, line {located.line}" if located.line else name
        topic = f"topic {flaw.topic!r}" if flaw.topic else ""
        where = ", ".join(part for part in (topic, located.key) if part)
        yield f"{place}: {where}: {flaw.says}" if where else f"{place}: {flaw.says}"
        if flaw.query is not None:
            yield from (f"  {line}" for line in with_caret(flaw.query, flaw.position).splitlines())
        if flaw.remedy:
            yield f"  remedy: {flaw.remedy}"


def key_text(key: Key) -> str:
    """Return the way to a value within its topic: tell[0].mode."""
    inner = key[2:] if key[:1] == ("topic",) else key
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in inner)
    return path.removeprefix(".")


def query_flaw(key: Key, query: str, error: QueryError, topic: str = "") -> Flaw:
    """Return the flaw of a query that can't be read."""
    remedy = error.suggestion or ""
    if not remedy and error.expected:
        remedy = f"expected: {', '.join(error.expected)}"
    return Flaw(key, str(error), remedy, topic, query, error.position)


def _line(positions: TomlPositions, flaw: Flaw) -> int:
    if not flaw.key:
        return 0
    if flaw.query is None:
        return positions.line(flaw.key) or 1
    return positions.line_in_string(flaw.key, flaw.position) or 1


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
