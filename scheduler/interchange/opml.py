"""OPML 2.0, the list of feeds that feed readers import and export: read and written; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.entities import name2codepoint

from lxml import etree

from crawler.listings.formats.sitemap import bare_name
from storage.errors import InputError
from storage.models.sources import Source, SourceKind

MOST_BYTES = 20_000_000
MOST_OUTLINES = 20_000
_MOST_TITLE = 500  # characters
_REFERENCE = re.compile(rb"&(?:(#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6}|[A-Za-z]{1,31}[0-9]{0,2});)?")
_OF_XML = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,500}\?>")
_KIND = "{https://github.com/wirewatch/wirewatch}kind"
_NAMESPACES = {"wirewatch": "https://github.com/wirewatch/wirewatch"}
_NOT_XML = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(55296, 57344), 65534, 65535))


@dataclass(frozen=True, slots=True)
class Outline:
    """A listing that an OPML file names: where, in which folders, and on which line of the file."""

    line: int
    url: str
    title: str = ""
    site_url: str = ""
    folders: tuple[str, ...] = ()
    kind: SourceKind = SourceKind.FEED


@dataclass(frozen=True, slots=True)
class Outlines:
    """What an OPML file names, in its order; `degraded` says what of it could not be read."""

    found: tuple[Outline, ...]
    degraded: str | None = None


def read_opml(body: bytes) -> Outlines:
    """Return the listings that an OPML file names (http://opml.org/spec2.opml).

    An outline without an address is a folder. Names may be in a namespace and in any case, and an
    ampersand that nobody escaped stands for itself. Raises InputError for what is no OPML, and for a
    file that declares entities, which no OPML needs.
    """
    if len(body) > MOST_BYTES:
        raise InputError(f"an OPML file of {len(body)} bytes is too large; split it")
    if b"<!ENTITY" in body.replace(b"\0", b""):  # as it stands in UTF-16 and UTF-32 too
        raise InputError("the file declares entities, which no OPML needs; it is not read")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True
    )
    try:
        root = etree.fromstring(_REFERENCE.sub(_escaped, _in_utf8(body)), parser)
    except etree.XMLSyntaxError as error:
        raise InputError(f"the file is not well-formed XML: {error}") from error
    if root is None or bare_name(root).lower() != "opml":
        raise InputError("the file is no OPML: its first element is not <opml>")
    outlines: list[Outline] = []
    for outline in _outlines(root):
        if len(outlines) == MOST_OUTLINES:
            return Outlines(
                tuple(outlines), f"more than {MOST_OUTLINES} outlines: the rest was left"
            )
        outlines.append(outline)
    return Outlines(tuple(outlines), _degraded(parser))


def write_opml(sources: Iterable[Source]) -> bytes:
    """Return sources as an OPML file that `read_opml` and feed readers take."""
    root = etree.Element("opml", version="2.0", nsmap=_NAMESPACES)
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = "Sources of Wirewatch"
    body = etree.SubElement(root, "body")
    for source in sources:
        title = source.title.translate(_NOT_XML)
        outline = etree.SubElement(
            body,
            "outline",
            type="rss",
            text=title,
            title=title,
            xmlUrl=source.url,
            htmlUrl=source.site_url,
        )
        if source.kind is not SourceKind.FEED:
            outline.set(_KIND, source.kind.value)
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return written


def _in_utf8(body: bytes) -> bytes:
    """Write a file in UTF-16, which begins with its mark, in UTF-8, with as many lines."""
    if not body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body
    return _DECLARATION.sub("", body.decode("utf-16", "replace")).encode()


def _escaped(found: re.Match[bytes]) -> bytes:
    """Escape an ampersand that nobody did; HTML's names of characters become numbers."""
    name = found[1]
    if name is None:
        return b"&amp;"
    if name in _OF_XML or name.startswith(b"#"):
        return found[0]
    code = name2codepoint.get(name.decode("ascii"))
    return b"&amp;" + found[0][1:] if code is None else b"&#%d;" % code


def _outlines(root: etree._Element) -> Iterator[Outline]:
    """Walk the outlines in document order; the folders above each are kept on the way."""
    folders: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end"), tag="{*}*"):
        if bare_name(element).lower() != "outline":
            continue
        address = _attribute(element, "xmlurl")
        if event == "end":
            if not address:
                folders.pop()
        elif address:
            yield Outline(
                line=element.sourceline or 0,
                url=address,
                title=(_attribute(element, "title") or _attribute(element, "text"))[:_MOST_TITLE],
                site_url=_attribute(element, "htmlurl"),
                folders=tuple(folders),
                kind=_kind(element.get(_KIND, "")),
            )
        else:
            folders.append(_attribute(element, "text") or _attribute(element, "title"))


def _attribute(element: etree._Element, name: str) -> str:
    """Return an attribute, whose name some programs write in other letters."""
    for key in element.keys():  # noqa: SIM118 - an element is no dict, and its items() is quadratic
        if key.rpartition("}")[2].lower() == name:
            return " ".join(element.get(key, "").split())
    return ""


def _kind(value: str) -> SourceKind:
    try:
        return SourceKind(value)
    except ValueError:
        return SourceKind.FEED


def _degraded(parser: etree.XMLParser) -> str | None:
    error = next(iter(parser.error_log), None)
    return None if error is None else f"line {error.line}: {error.message}; what could be read was"
