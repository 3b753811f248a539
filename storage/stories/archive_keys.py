"""The keys by which the archive finds articles, and how they are written; no database here.

FTS5's tokenizer `ascii` takes ASCII letters and figures and all else beyond ASCII for parts of a
word, and parts words at every other ASCII character. So those stand in for themselves as
characters of Unicode's private use area: no key is parted, and none runs into another.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

_MOST_CHARACTERS = 64  # of a key; longer words that begin alike are found together
_PRIVATE = 0xE000
_APART = {code: chr(_PRIVATE + code) for code in range(128) if not chr(code).isalnum()} | {
    # What no encoding can hold, and what the tokenizer would make small.
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),
    **{code: chr(_PRIVATE + code) for code in range(ord("A"), ord("Z") + 1)},
}


class ArchiveKeyKind(StrEnum):
    """What a key stands for; the sign with which it begins keeps the kinds apart."""

    WORD = ""
    PREFIX = "p"  # of a word; only asked for, never stored
    STEM = "\ue100"
    LANGUAGE = "\ue101"


@dataclass(frozen=True, slots=True)
class ArchiveKeys:
    """All by which one revision of an article can be found: folded words, stems, the language."""

    words: frozenset[str]
    stems: frozenset[str]
    language: str | None


@dataclass(frozen=True, slots=True)
class ArchiveKey:
    """The article has it, or a word that begins so."""

    kind: ArchiveKeyKind
    text: str


@dataclass(frozen=True, slots=True)
class AllOf:
    """The article is found by every part."""

    parts: tuple[Narrowing, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The article is found by at least one part; by none when there are none."""

    parts: tuple[Narrowing, ...]


Narrowing = ArchiveKey | AllOf | AnyOf


def stored(keys: ArchiveKeys) -> str:
    """Write an article's keys as one text, with a space between two of them."""
    written = {_written(ArchiveKeyKind.WORD, word) for word in keys.words}
    written |= {_written(ArchiveKeyKind.STEM, stem) for stem in keys.stems}
    written.add(_written(ArchiveKeyKind.LANGUAGE, keys.language or ""))
    return " ".join(sorted(written))


def asked_of_postgres(narrowing: Narrowing) -> str:
    """Write what is asked for as a tsquery: its lexemes are the keys as they are stored."""
    match narrowing:
        case ArchiveKey(ArchiveKeyKind.PREFIX, text):
            return f"'{_written(ArchiveKeyKind.WORD, text)}':*"
        case ArchiveKey(kind, text):
            return f"'{_written(kind, text)}'"
        case AllOf(parts):
            return f"({' & '.join(map(asked_of_postgres, parts))})"
        case AnyOf(parts):
            return f"({' | '.join(map(asked_of_postgres, parts))})"


def asked(narrowing: Narrowing) -> str:
    """Write what is asked for as a query of FTS5."""
    match narrowing:
        case ArchiveKey(ArchiveKeyKind.PREFIX, text):
            return f'"{_written(ArchiveKeyKind.WORD, text)}"*'
        case ArchiveKey(kind, text):
            return f'"{_written(kind, text)}"'
        case AllOf(parts):
            return f"({' AND '.join(map(asked, parts))})"
        case AnyOf(parts):
            return f"({' OR '.join(map(asked, parts))})"


def _written(kind: ArchiveKeyKind, text: str) -> str:
    key = text[:_MOST_CHARACTERS]
    plain = key.isascii() and key.isalnum() and key.islower()
    return kind + (key if plain else key.translate(_APART))
