"""Tell from the words of an element's class and id what a site takes it for; pure.

The words stand in `class_hints.toml`: sites name their elements in English, whatever they write.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from crawler.lexicon.languages import data_folder, read_data

NOTHING: frozenset[str] = frozenset()
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_OF_ONE_PAGE = re.compile(r"\d{3}|^(?:tag|category)-")
_MOST_NAMES = 50_000  # kept; a page has a few hundred


@lru_cache(maxsize=_MOST_NAMES)
def wrapper_words(names: str) -> frozenset[str]:
    """Return the words of a class and id that sites use for what is no article text.

    Names with a colon or a bracket are a style sheet's switches ("print:hidden"), no names.
    """
    return _words(names) & hints("wrapper") or NOTHING


@lru_cache(maxsize=_MOST_NAMES)
def is_of_others(names: str) -> bool:
    """Tell whether a class and id are of comments, embedded posts, or links to other articles."""
    return not _words(names).isdisjoint(hints("others"))


@lru_cache(maxsize=_MOST_NAMES)
def names_a_body(names: str) -> bool:
    """Tell whether a class and id are such as hold an article's body ("entry-content")."""
    words = _words(names)
    return bool(words & hints("page") and words & hints("body")) or "articlebody" in names.lower()


def is_of_one_page(name: str) -> bool:
    """Tell whether a class or id was made for a single page ("post-22420")."""
    return _OF_ONE_PAGE.search(name) is not None


@cache
def hint_pattern(kind: str) -> re.Pattern[str]:
    """Return a pattern of the hints of a kind, for wherever they stand in a class or id."""
    return re.compile("|".join(sorted(hints(kind))), re.IGNORECASE)


@cache
def hints(kind: str) -> frozenset[str]:
    """Return the words of a kind."""
    return frozenset(_all_hints()[kind])


@cache
def _all_hints() -> dict[str, list[str]]:
    return read_data(data_folder() / "class_hints.toml")


def _words(names: str) -> frozenset[str]:
    tokens = (token for token in names.split() if ":" not in token and "[" not in token)
    return frozenset(word.lower() for token in tokens for word in _WORD.findall(token))
