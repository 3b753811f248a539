"""Reads rules of extraction from TOML files, one a site, and names what is wrong where."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from cssselect import SelectorError
from lxml.cssselect import CSSSelector
from lxml.etree import XPathError
from lxml.html import HtmlElement, document_fromstring

from crawler.extract.rules.records import AllRules, Rewrite, SiteRules
from storage.errors import InputError
from storage.toml_positions import TomlPositions

_SELECTORS = ("title", "text", "authors", "published", "drop", "links")
_HOST = re.compile(r"(?:\*\.)?(?:[a-z0-9_-]+\.)*[a-z0-9_-]+")
_MOST_BYTES = 100_000


def read_rules_dir(folder: Path) -> AllRules:
    """Read all *.toml files of a folder, in order of their names; none when there is no folder.

    Raises InputError for the first file that is wrong, and for a host that two files name.
    """
    if not folder.is_dir():
        return AllRules()
    sites = tuple(read_rules(file) for file in sorted(folder.glob("*.toml")))
    owners: dict[str, str] = {}
    for site in sites:
        for host in site.hosts:
            other = owners.setdefault(host, site.file)
            if other != site.file:
                raise InputError(f"{site.file}: {host} has rules in {other} already; keep one")
    return AllRules(sites)


def read_rules(file: Path) -> SiteRules:
    """Read one file. Raises InputError with the file, the line where it can be told, and a remedy."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: can't be read: {error}") from error
    if len(text) > _MOST_BYTES:
        raise InputError(f"{file}: {len(text)} characters are too many for a site's rules")
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{file}: {error}") from error
    known = ("hosts", *_SELECTORS, "rewrite")
    for key in told:
        if key not in known:
            raise _wrong(file, text, key, f"there is no {key!r}; write one of {', '.join(known)}")
    hosts = tuple(_words(file, text, told, "hosts"))
    if not hosts:
        raise InputError(f'{file}: hosts is missing; write for example: hosts = ["example.com"]')
    for host in hosts:
        if not _HOST.fullmatch(host):
            remedy = "write it small, without scheme and path, as example.com or *.example.com"
            raise _wrong(file, text, "hosts", f"{host!r} is no host; {remedy}")
    selectors = {key: tuple(_selectors(file, text, told, key)) for key in _SELECTORS}
    rewrite = tuple(_rewrites(file, text, told))
    if not any(selectors.values()) and not rewrite:
        raise InputError(f"{file}: it has no rule; write at least one of {', '.join(known[1:])}")
    return SiteRules(hosts=hosts, **selectors, rewrite=rewrite, file=str(file))


def _selectors(file: Path, text: str, told: dict[str, object], key: str) -> Iterator[str]:
    for selector in _words(file, text, told, key):
        try:
            CSSSelector(selector, translator="html")(_blank())
        except (SelectorError, XPathError) as error:
            raise _wrong(
                file, text, key, f"{selector!r} is no CSS selector that can be used: {error}"
            ) from error
        yield selector


def _rewrites(file: Path, text: str, told: dict[str, object]) -> Iterator[Rewrite]:
    given = told.get("rewrite", [])
    for table in given if isinstance(given, list) else [given]:
        if not isinstance(table, dict) or set(table) != {"pattern", "replace"}:
            remedy = "rewrite = [{ pattern = '/amp/$', replace = '/' }]"
            raise _wrong(file, text, "rewrite", f"it takes tables such as {remedy}")
        pattern, replace = (str(table[name]) for name in ("pattern", "replace"))
        try:
            re.compile(pattern).sub(replace, "")
            re.sub(
                f"(?:{pattern})|", replace, ""
            )  # what `replace` names shows when something is found
        except (re.error, IndexError) as error:
            raise _wrong(file, text, "rewrite", f"{pattern!r} can't be used: {error}") from error
        yield Rewrite(pattern, replace)


def _blank() -> HtmlElement:
    """Return an empty page: some of what is wrong with a selector shows only when it is used."""
    return document_fromstring("<html><body></body></html>")


def _words(file: Path, text: str, told: dict[str, object], key: str) -> Iterator[str]:
    """Yield the texts under a key; a single one may stand without brackets."""
    value = told.get(key, [])
    for word in value if isinstance(value, list) else [value]:
        if not isinstance(word, str) or not word.strip():
            raise _wrong(file, text, key, f'{key} takes texts, as in {key} = ["…"]')
        yield word.strip()


def _wrong(file: Path, text: str, key: str, says: str) -> InputError:
    line = TomlPositions(text).line((key,))
    return InputError(f"{file}:{line}: {says}" if line else f"{file}: {says}")
