"""A file's flaws in words: file, line, key, the place in the query, and the remedy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scheduler.interchange.topic_file.records import Flaw, Key
from scheduler.query.language.caret import with_caret
from storage.errors import QueryError
from storage.toml_positions import KeyPosition, key_positions, line_in_string, line_of_key


@dataclass(frozen=True, slots=True)
class LocatedFlaw:
    """A flaw with its line in the file (from 1); 0 when the text as a whole is no TOML."""

    line: int
    key: str
    flaw: Flaw


def locate_flaws(text: str, flaws: Sequence[Flaw]) -> list[LocatedFlaw]:
    """Find the lines of flaws, and put them in the order of the file."""
    readable = all(flaw.key for flaw in flaws)
    found = key_positions(text) if readable and flaws else {}
    told = [LocatedFlaw(_line(text, found, flaw), key_text(flaw.key), flaw) for flaw in flaws]
    return sorted(told, key=lambda each: each.line)


def flaw_lines(name: str, told: Sequence[LocatedFlaw]) -> Iterator[str]:
    """Say flaws, a paragraph each."""
    for each in told:
        flaw = each.flaw
        place = f"{name}, line {each.line}" if each.line else name
        topic = f"topic {flaw.topic!r}" if flaw.topic else ""
        where = ", ".join(part for part in (topic, each.key) if part)
        yield f"{place}: {where}: {flaw.says}" if where else f"{place}: {flaw.says}"
        if flaw.query is not None:
            yield from (f"  {line}" for line in with_caret(flaw.query, flaw.position).splitlines())
        if flaw.remedy:
            yield f"  remedy: {flaw.remedy}"


def key_text(key: Key) -> str:
    """Write the way to a value within its topic: tell[0].mode."""
    inner = key[2:] if key[:1] == ("topic",) else key
    said = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in inner)
    return said.removeprefix(".")


def query_flaw(key: Key, query: str, error: QueryError, topic: str = "") -> Flaw:
    """Make a flaw out of what the language says of a query."""
    remedy = error.suggestion or ""
    if not remedy and error.expected:
        remedy = f"expected: {', '.join(error.expected)}"
    return Flaw(key, str(error), remedy, topic, query, error.position)


def _line(text: str, found: dict[Key, KeyPosition], flaw: Flaw) -> int:
    if not flaw.key:
        return 0
    place = found.get(flaw.key)
    if place is None or flaw.query is None:
        return line_of_key(text, found, flaw.key)
    return line_in_string(text, place, flaw.position)
