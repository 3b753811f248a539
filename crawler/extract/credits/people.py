"""Read who wrote an article: people by name, and organisations apart from them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from lxml import etree

from crawler.extract.dates.beside_heading import heading_of, lines_before, lines_behind
from crawler.extract.markup.clean_text import one_line
from crawler.extract.markup.jsonld import items_of, referred, text_of, types_of
from crawler.extract.markup.word_count import plain
from crawler.lexicon.agencies import agency_named
from crawler.lexicon.class_hints import hint_pattern
from crawler.lexicon.languages import either, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from lxml.html import HtmlElement

    from crawler.extract.markup.head_tags import HeadTags
    from crawler.extract.markup.jsonld import Node

AUTHOR_METAS = (
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "og:article:author",
    "cxenseparse:author",
)
_MARKED = etree.XPath(
    # No step of one within another: nested marks would be walked through once for each.
    "//*[@itemprop='name' or @itemprop='author' or @rel='author' or contains(@class, 'byline')"
    " or contains(@class, 'author') or contains(@class, 'Author')][not(self::body or self::html)]"
)
_CLASSES = ("byline", "author", "Author")
_CONTAINERS = 12  # elements above a byline that are looked at
_ADDRESS = re.compile(r"^(?:https?:)?//|^www\.", re.IGNORECASE)
_ASIDE = re.compile(r"\s*\([^)]*\)")  # a desk's initials, a paper's name
_NEVER_IN_A_NAME = r"https?:|www\.|@|\b\d{2}|\d{3}|[<>{}\[\]]"
_MOST_CHARACTERS = 60
_LONGEST_LINE = 120
_MOST_WORDS = 5
_MOST_WORDS_OF_ONE = 8  # where a page says that it is one person
_STRONG_JOINT = re.compile(r"https?://|www\.|[;|/&·•]")
_MOST_AUTHORS = 20
_MOST_MARKED = 200  # elements
_MOST_PIECES = 2000  # texts in them
_CAPITAL = r"[^\W\d_a-z]['\u2019.\w-]*"


@dataclass(frozen=True, slots=True)
class Authors:
    """People and organisations that a page names as its authors, in its order."""

    people: tuple[str, ...]
    organisations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageIdentity:
    """What a byline is known by: the page's title, and the names that are the site's own."""

    title: str
    site_names: frozenset[str]

    def is_site(self, name: str) -> bool:
        """Whether a name is that of the site itself."""
        plain_name = plain(name)
        return plain_name in self.site_names or plain_name.replace(" ", "") in self.site_names


def read_authors(
    article: Node | None,
    nodes: tuple[Node, ...],
    tags: HeadTags,
    tree: HtmlElement,
    page: PageIdentity,
) -> Authors:
    """Read the authors from JSON-LD, else from meta tags, else from a byline.

    `nodes` are all of the page's JSON-LD, for authors that are named by reference. The site itself
    is no author as long as the page names another.
    """
    stated, organisations = _structured(article or {}, nodes)
    metas = [split_names([value]) for value in _in_metas(tags)]
    lines = [line for line in metas if line and not page.is_site(line[0])]
    people = [name for name in stated if not page.is_site(name)]
    if not people:
        people = [name for line in lines for name in line]
    elif all(map(agency_named, people)):
        people = stated  # the site and an agency sign together
    if not people and all(map(page.is_site, organisations)):
        people = [name for name in _byline(tree, page) if not page.is_site(name)]
    if not people and not organisations:
        people = stated or [name for line in metas for name in line]
    return Authors(_distinct(people), _distinct(organisations))


def _in_metas(tags: HeadTags) -> Iterator[str]:
    for name in AUTHOR_METAS:
        yield from tags.metas.get(name, ())
    if _author_field().search(tags.first("twitter:label1")):
        yield tags.first("twitter:data1")


def split_names(values: Iterable[str]) -> list[str]:
    """Return the names in bylines such as 'By Ada Low and Bo Rim'; what can't be a name is left out."""
    names: list[str] = []
    for value in values:
        line = _prefix().sub("", _ASIDE.sub(" ", one_line(value)))
        if _ADDRESS.search(line):
            continue
        names.extend(name for part in _joint().split(line) if (name := _name(part)))
    return names


def _structured(article: Node, nodes: tuple[Node, ...]) -> tuple[list[str], list[str]]:
    people: list[str] = []
    organisations: list[str] = []
    for item in _flat(article.get("author")):
        author = referred(item, nodes)
        while isinstance(author, dict) and isinstance(author.get("author"), dict):
            author = author["author"]  # of a Role, which says from when to when
        if isinstance(author, dict) and any("organization" in kind for kind in types_of(author)):
            organisations.append(one_line(text_of(author.get("name"))))
        elif isinstance(author, dict):
            people.extend(name for value in _names_of(author) for name in _person(value))
        else:
            people.extend(split_names([text_of(author)]))
    return people, organisations


def _names_of(author: Node) -> Iterator[str]:
    """Yield the names of a person that is an object: whole, or given and family name."""
    whole = [text_of(name) for name in items_of(author.get("name"))]
    parts = (text_of(author.get(key)) for key in ("givenName", "additionalName", "familyName"))
    yield from whole or [" ".join(filter(None, parts))]


def _person(value: str) -> list[str]:
    """Return the names in an object of one person, as a rule one: family names have joints of their own.

    Behind a comma stands what somebody is, or the given name of a family name.
    """
    line = _prefix().sub("", _ASIDE.sub(" ", one_line(value)))
    if _STRONG_JOINT.search(line):
        return split_names([value])
    pieces = [piece.strip() for piece in line.split(",")]
    if len(pieces) == 2 and len(pieces[0].split()) == 1 and _is_given(pieces[1]):  # noqa: PLR2004
        pieces = [f"{pieces[1]} {pieces[0]}"]
    joined = _joint().split(pieces[0])
    are_names = all(" " in part for part in joined) or any(map(agency_named, joined))
    if len(joined) > 1 and are_names:
        return split_names([value])
    names = [_name(pieces[0], _MOST_WORDS_OF_ONE if _long_name().match(pieces[0]) else _MOST_WORDS)]
    names += [name for piece in pieces[1:] if _full_names(piece) for name in split_names([piece])]
    return [name for name in names if name]


def _is_given(piece: str) -> bool:
    """Tell whether what stands behind a family name and a comma is a given name."""
    is_one = _full_name().match(f"{piece} X") is not None
    return is_one and not _no_name().search(piece) and not _job().search(piece)


def _flat(value: object) -> Iterator[object]:
    for item in items_of(value):
        if isinstance(item, list):
            yield from item
        else:
            yield item


def _byline(tree: HtmlElement, page: PageIdentity) -> list[str]:
    """Read the names in what is marked as the byline, else in the line that begins as one."""
    of_authors = islice(filter(_is_of_author, _MARKED(tree)), _MOST_MARKED)
    marked = [element for element in of_authors if not _is_anothers(element)]
    for rank in _RANKS:
        ranked = islice(filter(rank, marked), _MOST_AUTHORS)
        texts = [(element.text_content(), element.text or "") for element in ranked]
        for lines in zip(*texts, strict=True):
            names = split_names(line for line in map(one_line, lines) if len(line) <= _LONGEST_LINE)
            if names:
                return names
    pieces = (one_line(piece) for element in marked for piece in element.itertext())
    first = next(filter(None, map(_full_names, islice(pieces, _MOST_PIECES))), [])
    return first or _line_of_names(heading_of(tree, page.title))


def _is_of_author(element: HtmlElement) -> bool:
    """Whether what is marked is not the name of something else, such as the publisher."""
    if element.get("itemprop") != "name" or element.get("rel") == "author":
        return True
    if any(hint in (element.get("class") or "") for hint in _CLASSES):
        return True
    above = islice(element.iterancestors(), _CONTAINERS)
    return any(holder.get("itemprop") == "author" for holder in above)


def _is_anothers(element: HtmlElement) -> bool:
    """Whether an element stands in a list of other articles, and is not marked beyond doubt."""
    if element.get("rel") == "author" or element.get("itemprop"):
        return False
    above = islice((element, *element.iterancestors()), _CONTAINERS)
    return any(
        holder.tag in ("aside", "footer", "nav")
        or hint_pattern("other_articles").search(
            f"{holder.get('class') or ''} {holder.get('id') or ''}"
        )
        is not None
        for holder in above
        if holder.tag not in ("body", "html")
    )


def _line_of_names(heading: HtmlElement | None) -> list[str]:
    """Return the names in the line by the heading that begins as a byline, or in the one behind it."""
    if heading is None:
        return []
    lines = [one_line(line) for line in (*lines_behind(heading), *lines_before(heading))]
    for line, behind in zip(lines, (*lines[1:], ""), strict=False):
        if _own_line().match(line):
            names = _full_names(behind)
        else:
            names = _full_names(line) if _prefix().match(line) else []
        if names:
            return names
    return []


def _full_names(line: str) -> list[str]:
    """Return the names of a line that is nothing but names, each of two words in capitals at least."""
    if len(line) > _LONGEST_LINE:
        return []
    names = split_names([line])
    return names if all(_full_name().match(name) for name in names) else []


def _has_word(attribute: str, *names: str) -> Callable[[HtmlElement], bool]:
    def has(element: HtmlElement) -> bool:
        values = (element.get(attribute) or "").split()
        return any(name in values for name in names)

    return has


_RANKS: tuple[Callable[[HtmlElement], bool], ...] = (
    _has_word("itemprop", "name"),
    _has_word("itemprop", "author"),
    _has_word("rel", "author"),
    _has_word("class", "byline__name", "author-name", "author_name", "author__name"),
    _has_word("class", "byline", "author"),
)
"""Which elements that are marked as an author's are read first."""


def _name(part: str, most_words: int = _MOST_WORDS) -> str:
    name = _suffix().sub("", _prefix().sub("", part.strip(" .:-\u2013\u2014")))
    fits = 2 <= len(name) <= _MOST_CHARACTERS and len(name.split()) <= most_words  # noqa: PLR2004
    is_other = _no_name().search(name) or _job().search(name)
    return name if fits and not is_other else ""


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    first: dict[str, str] = {}
    for name in filter(None, names):
        first.setdefault(name.casefold(), name)
    return tuple(first.values())[:_MOST_AUTHORS]


@cache
def _author_field() -> re.Pattern[str]:
    """Return what is in the label of the author's field: WordPress writes it as its first."""
    return _compiled(rf"\b(?:{_either('field')})\b")


@cache
def _prefix() -> re.Pattern[str]:
    return _compiled(rf"^(?:{_either('name')})\b[\s:\uff1a]+")


@cache
def _own_line() -> re.Pattern[str]:
    return _compiled(rf"^(?:{_either('own_line')})\s*:?$")


@cache
def _suffix() -> re.Pattern[str]:
    return re.compile(rf"\s*(?:{_either('after_name')})$")


@cache
def _joint() -> re.Pattern[str]:
    """Return what stands between two authors' names."""
    joints = [rf"\b{word}\b" for word in words("bylines", "joints")]
    joints += [rf"\b{word}\b(?=\s+[A-Z])" for word in words("bylines", "joints_before_capitals")]
    return re.compile(rf"\s*(?:[,;|/&·•]|{'|'.join(joints)})\s*")


@cache
def _no_name() -> re.Pattern[str]:
    return _compiled(rf"{_NEVER_IN_A_NAME}|^(?:{_either('no_names')})$")


@cache
def _job() -> re.Pattern[str]:
    """Return how a line ends that says what somebody is, and names nobody."""
    return _compiled(rf"\b(?:{_either('jobs')})$")


@cache
def _long_name() -> re.Pattern[str]:
    """Return what a name is of any number of words: in capitals, but for what joins them."""
    small = rf"{_either('particles')}|{_either('joints_before_capitals')}"
    return re.compile(rf"(?!.*\d){_CAPITAL}(?:\s+(?:{_CAPITAL}|{small}))+\Z")


@cache
def _full_name() -> re.Pattern[str]:
    """Return what a name is of two words at least that begin with capitals."""
    within = rf"\s+(?:{_CAPITAL}|{_either('particles')})"
    return re.compile(rf"(?!.*\d){_CAPITAL}(?:{within}){{1,4}}\Z")


def _either(key: str) -> str:
    return either("bylines", key)


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
