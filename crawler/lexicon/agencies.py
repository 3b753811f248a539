"""News agencies and others whose texts are printed elsewhere: proper names, spellings, sites; pure.

To add one is to add an entry in `agencies.toml`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from crawler.lexicon.languages import data_folder, either, read_data

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency, by the names that stand in credits.

    `spellings` are unmistakable wherever they stand in a line; `marks` are also ordinary words,
    names or initials: they count only where an agency has to stand. One that `distributes` sends out
    what others wrote and issue.
    """

    name: str
    sites: tuple[str, ...]
    spellings: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    distributes: bool = False


_NOT_IN_A_WORD = r"(?<![\w.@/-])(?:{})(?![\w@]|-(?!infocom|AFX|tmn))"


def agency_named(name: str) -> Agency | None:
    """Return the agency that a whole name is, whatever role stands beside it ("Reuters Staff")."""
    by_spelling = _by_spelling()
    for text in (name, _roles().sub(" ", name)):
        plain = " ".join(re.sub(r"[()\[\]/|,;:]+|(?<!\w)-|-(?!\w)", " ", text).split()).strip(" .")
        if agency := by_spelling.get(plain) or by_spelling.get(plain.casefold()):
            return agency
    return None


def agency_within(line: str) -> Agency | None:
    """Return the first agency that a line names unmistakably."""
    match = _unmistakable().search(line)
    return _by_spelling().get(match.group()) if match else None


def agency_marked(line: str) -> Agency | None:
    """Return the first agency that a line names or marks, for lines where one has to stand."""
    match = _any_spelling().search(line)
    return _by_spelling().get(match.group()) if match else None


def agency_of_host(host: str) -> Agency | None:
    """Return the agency whose site a host is."""
    labels = host.lower().partition(":")[0].split(".")
    sites = _by_site()
    tails = (".".join(labels[start:]) for start in range(len(labels)))
    return next((sites[tail] for tail in tails if tail in sites), None)


def mark_pattern() -> str:
    """Return a pattern of all spellings and marks, the longest first."""
    return _pattern(word for agency in agencies() for word in (*agency.spellings, *agency.marks))


def spelling_pattern() -> str:
    """Return a pattern of the unmistakable spellings, the longest first."""
    return _pattern(word for agency in agencies() for word in agency.spellings)


def _pattern(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))


@cache
def agencies() -> tuple[Agency, ...]:
    """Return all agencies that are known."""
    return tuple(
        Agency(
            name=entry["name"],
            sites=tuple(entry["sites"]),
            spellings=tuple(entry.get("spellings", ())),
            marks=tuple(entry.get("marks", ())),
            distributes=entry.get("distributes", False),
        )
        for entry in read_data(data_folder() / "agencies.toml")["agencies"]
    )


@cache
def _roles() -> re.Pattern[str]:
    """Return the words beside an agency's name that are no part of it."""
    return re.compile(rf"\b(?:{either('credits', 'roles')})\b", re.IGNORECASE)


@cache
def _unmistakable() -> re.Pattern[str]:
    return re.compile(_NOT_IN_A_WORD.format(spelling_pattern()))


@cache
def _any_spelling() -> re.Pattern[str]:
    return re.compile(_NOT_IN_A_WORD.format(mark_pattern()))


@cache
def _by_spelling() -> dict[str, Agency]:
    agency_of: dict[str, Agency] = {}
    for agency in agencies():
        for word in (agency.name, *agency.spellings, *agency.marks):
            agency_of[word] = agency
            if len(word) > 4:  # noqa: PLR2004 - short marks are told by their capitals
                agency_of[word.casefold()] = agency
    agency_of |= {word.removeprefix("The "): agency for word, agency in agency_of.items()}
    return agency_of


@cache
def _by_site() -> dict[str, Agency]:
    return {site: agency for agency in agencies() for site in agency.sites}
