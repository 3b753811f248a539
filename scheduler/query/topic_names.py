"""Names of topics and of named queries: what they may be, and one made out of a query; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

from scheduler.query.language.word_syntax import reference_name
from storage.errors import InputError, QueryError

_MOST_NAME = 200
_MOST_DERIVED = 60
_OPERATORS = re.compile(r"\b(?:AND|OR|NOT|O?NEAR/\d+|AROUND\(\d+\))(?!\w)|\B-(?=\S)|[^\w\s'.:@&-]+")


def topic_name(text: str) -> str:
    """Return a topic's name as it is kept, in NFC. Raises InputError for what can't be one."""
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if not name:
        raise InputError("a topic needs a name")
    if len(name) > _MOST_NAME:
        raise InputError(f"a topic's name has at most {_MOST_NAME} characters, not {len(name)}")
    if not name.isprintable():
        raise InputError(f"the name {name!r} holds characters that can't be seen")
    return name


def query_name(text: str) -> str:
    """Return the name of a named query as it is kept; an @ before it may stand or not.

    Raises InputError for what can't be one.
    """
    name = unicodedata.normalize("NFC", text.strip().removeprefix("@"))
    if len(name) > _MOST_NAME or not _can_be_held(name):
        raise InputError(
            f"{text!r} can't name a query; use letters, figures, _ and -, as in russia-army"
        )
    return name


def _can_be_held(name: str) -> bool:
    """Tell whether a query reads @ and this name as the name."""
    try:
        return reference_name(f"@{name}", 0) == name
    except QueryError:
        return False


def name_from(query: str, taken: Container[str]) -> str:
    """Return a topic's name made of its query: its words, shortened, and a number if it is taken."""
    words = "".join(c if c.isprintable() else " " for c in _OPERATORS.sub(" ", query))
    name = unicodedata.normalize("NFC", " ".join(words.split())) or "topic"
    if len(name) > _MOST_DERIVED:
        name = name[:_MOST_DERIVED].rpartition(" ")[0] or name[:_MOST_DERIVED]
    if name not in taken:
        return name
    count = 2
    while f"{name} ({count})" in taken:
        count += 1
    return f"{name} ({count})"
