"""The values of filters: a site, a language, a country, in the form that is compared; pure.

Languages are ISO 639-1 (of BCP 47 tags the first subtag counts), countries ISO 3166-1 alpha-2, hosts
are compared in ASCII (IDNA 2003, as Python's codec has it). An unknown value is never put down to
another by its code: JPN is no slip of PN.
"""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Mapping

from scheduler.query.analysis.tokens import folded_words
from scheduler.query.language.countries import COUNTRY_NAMES, SOLD_DOMAINS
from scheduler.query.language.languages import LANGUAGE_CODES, LANGUAGE_NAMES
from scheduler.query.language.limits import shown
from scheduler.query.language.tree import Filter, Or, Query
from storage.errors import QueryError

_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]*://")
_HOST = re.compile(r"(?!-)[a-z0-9_\-]+(?:\.[a-z0-9_\-]+)*")
_SAINT = re.compile(r"\bst\.?\s+", re.IGNORECASE)
_NOT_LETTERS = re.compile(r"[\W\d_]+")
_LONGEST_HOST = 253
_LETTERS_OF_A_CODE = 2
_LETTERS_OF_A_LONG_CODE = 3
_FEWEST_LETTERS_OF_A_NAME = 5
_ALIKE = 0.8
_ENDS = frozenset(("com", "org", "net", "gov", "edu", "mil", "int", "info", "news", "press"))


def filter_node(field: str, text: str, at: int) -> Query:
    """Return the filter of a value, or an Or of several with commas. Raises QueryError for no value."""
    is_name = field == "country" and _country_name(text) in _countries()  # with a comma of its own
    values = [text] if is_name else [part.strip() for part in text.split(",") if part.strip()]
    if not values:
        raise QueryError(
            f"{field}: holds nothing",
            position=at,
            expected=(_WHAT[field],),
            suggestion=f"write for instance {_EXAMPLES[field]}",
        )
    found = tuple(Filter(field, _READERS[field](value, at)) for value in values)
    return found[0] if len(found) == 1 else Or(found)


def filter_hint(query: Query) -> str | None:
    """Return a hint on a filter that can be read and is hardly meant; None for others."""
    if isinstance(query, Filter) and query.field == "country" and query.value in SOLD_DOMAINS:
        return (
            f"{query} holds for no site: the domain .{query.value} is sold to all the world; "
            f"name the sites: site:(example.{query.value} OR …)"
        )
    if not isinstance(query, Filter) or query.field != "site" or "." in query.value:
        return None
    if len(query.value) == _LETTERS_OF_A_CODE or query.value in _ENDS:
        return None
    return (
        f"site:{query.value} means all sites whose domain ends in .{query.value}; "
        f"for one site write its domain, or source:{query.value} for its name"
    )


def _site(text: str, at: int) -> str:
    host = _SCHEME.sub("", text.lower(), count=1)
    host = re.split(r"[/?#]", host, maxsplit=1)[0].rpartition("@")[2].partition(":")[0]
    host = host.lstrip("*.").rstrip(".")
    # A www of its own right, as in www.com, stays.
    while host.startswith("www.") and host.count(".") > 1:
        host = host.removeprefix("www.")
    if not host.isascii():
        host = _in_ascii(host)
    if len(host) > _LONGEST_HOST or not _HOST.fullmatch(host):
        raise QueryError(
            f"{shown(text)} is no domain",
            position=at,
            expected=("a domain, its subdomains are included",),
            suggestion="write site:example.com, or source:example for a publisher's name; "
            "several as site:(example.com OR example.org)",
        )
    return host


def _in_ascii(host: str) -> str:
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return ""


def _language(text: str, at: int) -> str:
    # Of en-GB and zh_Hans the language is the first part.
    name = _joined(re.split("[-_]", text, maxsplit=1)[0])
    return _languages().get(name) or _unknown("lang", text, name, at)


def _country(text: str, at: int) -> str:
    name = _country_name(text)
    return _countries().get(name) or _unknown("country", text, name, at)


def _country_name(text: str) -> str:
    return _joined(_SAINT.sub("saint ", text.replace("&", " and "))).removeprefix("the")


def _joined(text: str) -> str:
    """Fold a name and leave out all between its letters: Côte d'Ivoire, UnitedStates."""
    return _NOT_LETTERS.sub("", "".join(folded_words(text)))


def _unknown(field: str, text: str, name: str, at: int) -> str:
    names = _languages() if field == "lang" else _countries()
    raise QueryError(
        f"{shown(text)} is no {'language' if field == 'lang' else 'country'} that is known here",
        position=at,
        expected=(_WHAT[field],),
        suggestion=_spelt_like(field, name, names)
        or f"write its code or its English name, as in {_EXAMPLES[field]}",
    )


def _spelt_like(field: str, name: str, names: Mapping[str, str]) -> str | None:
    """Say which are meant by a name with a slip in it; None for a code, of which each letter counts."""
    if len(name) < _FEWEST_LETTERS_OF_A_NAME:
        return None
    spelt = [known for known in names if len(known) > _LETTERS_OF_A_LONG_CODE]
    close = difflib.get_close_matches(name[:40], spelt, 3, _ALIKE)
    meant = {names[known]: known for known in reversed(close)}
    several = [f"{field}:{code} for {known}" for code, known in reversed(meant.items())]
    if len(several) > 1:
        return f"write {' or '.join(several)}"
    return f"write {field}:{names[close[0]]}" if close else None


@functools.cache
def _languages() -> Mapping[str, str]:
    return {**{code: code for code in LANGUAGE_CODES.split()}, **_by_name(LANGUAGE_NAMES)}


@functools.cache
def _countries() -> Mapping[str, str]:
    return _by_name(COUNTRY_NAMES)


def _by_name(table: str) -> dict[str, str]:
    """Read rows of a code and its other names, parted by line ends or bars."""
    found: dict[str, str] = {}
    for row in table.replace("|", "\n").strip().splitlines():
        code, *names = row.split()
        found.update(dict.fromkeys((code, *names), code))
    return found


_READERS = {"site": _site, "lang": _language, "country": _country}
READ = frozenset(_READERS)
"""The fields whose values are read here."""

_WHAT = {
    "site": "a domain",
    "lang": "a code of ISO 639 (two or three letters) or the name of a language",
    "country": "a code of ISO 3166-1 (two or three letters) or the English name of a country",
}
_EXAMPLES = {"site": "site:example.com", "lang": "lang:en", "country": "country:gb"}
