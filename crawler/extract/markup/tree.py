"""Parse a page into an lxml tree that holds all of it, or say why it can't."""

from __future__ import annotations

import re
import sys
from functools import lru_cache

from lxml import etree
from lxml import html as lxml_html
from lxml.html import HtmlComment, HtmlElement

from storage.errors import ExtractError
from storage.models.problems import Problem

_PAGE_TYPES = frozenset(
    {"", "text/html", "application/xhtml+xml", "text/plain", "application/octet-stream"}
)
_XML_TYPES = frozenset({"application/xml", "text/xml"})  # some sites send XHTML so
_MAGIC = (
    b"%PDF-",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"RIFF",
    b"OggS",
    b"ID3",
)
_HEAD = 2048  # bytes in which a document's first tag stands
# libxml2 keeps 2,048 elements with huge_tree and drops what is below; html and body are two.
_PARSER_DEPTH = 2040
_BALLAST = {  # what it begins with: what it ends with, and its least length; short scripts say dates
    b"<script": (b"</script", 2000),
    b"<style": (b"</style", 0),
    b"<svg": (b"</svg", 0),
    b"<!--": (b"-->", sys.maxsize),  # readers of dates look into comments
}
_START = re.compile(b"|".join(_BALLAST))
_JSON_LD = b"ld+json"
_TAG = 300  # bytes, within which a script's type stands


def check_kind(body: bytes, content_type: str | None) -> None:
    """Raise `ExtractError(NOT_HTML)` for a body that is clearly something else than a page."""
    kind = (content_type or "").split(";", 1)[0].strip().lower()
    head = body[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n").replace(b"\0", b"")
    if not head:
        raise ExtractError(Problem.NOT_HTML, "the body is empty")
    if kind not in _PAGE_TYPES and not (kind in _XML_TYPES and b"<html" in head.lower()):
        raise ExtractError(Problem.NOT_HTML, f"the server calls it {kind[:80]}")
    if head.startswith(_MAGIC):
        raise ExtractError(Problem.NOT_HTML, "the bytes are those of a file, not of a page")
    if b"<" not in body:
        raise ExtractError(Problem.NOT_HTML, "there is no markup in it")
    if head[:5] in {b"<?xml", b"<rss ", b"<feed"} and b"<html" not in head.lower():
        raise ExtractError(Problem.NOT_HTML, "it is XML, not a page")


def parse_page(page: bytes, *, max_depth: int) -> HtmlElement:
    """Return the tree of a page in UTF-8.

    Raises ExtractError: TOO_DEEP where elements nest too deep to be kept, NOT_HTML where
    nothing in it is an element.
    """
    parser = lxml_html.HTMLParser(
        huge_tree=True, remove_pis=True, encoding="utf-8", no_network=True
    )
    # lxml's own lookup is Python code, called for each element that is looked at.
    parser.set_element_class_lookup(
        etree.ElementDefaultClassLookup(element=HtmlElement, comment=HtmlComment)
    )
    try:
        tree = lxml_html.document_fromstring(
            without_ballast(page), parser=parser, ensure_head_body=True
        )
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise ExtractError(Problem.NOT_HTML, str(error)) from error
    _check_depth(tree, max_depth)
    return tree


def without_ballast(markup: bytes) -> bytes:
    """Cut out of a page's markup what says nothing: long scripts, styles, drawings; half of it.

    JSON-LD stays, and so do comments with all in them. What has no end is left to the parser.
    """
    kept: list[bytes] = []
    done = at = 0
    while (found := _START.search(markup, at)) is not None:
        end_mark, least = _BALLAST[found.group()]
        end = markup.find(end_mark, found.end())
        at = markup.find(b">", end) + 1
        if end < 0 or not at:
            break
        if end - found.end() >= least and _JSON_LD not in markup[found.end() : found.end() + _TAG]:
            kept.append(markup[done : found.start()])
            done = at
    kept.append(markup[done:])
    return b"".join(kept)


def drop_code(tree: HtmlElement) -> None:
    """Empty a tree's scripts and styles, in place; no reader behind takes them for text then."""
    for element in tree.iter("script", "style"):
        element.text = None


def _check_depth(tree: HtmlElement, max_depth: int) -> None:
    """Raise `ExtractError(TOO_DEEP)` where more than `max_depth` elements stand in each other."""
    limit = min(max_depth, _PARSER_DEPTH)
    if _elements_below(limit)(tree):
        raise ExtractError(Problem.TOO_DEEP, f"more than {limit} elements are nested")


@lru_cache(maxsize=4)
def _elements_below(limit: int) -> etree.XPath:
    """Return a path that finds the elements one level below the limit; each level is walked once."""
    return etree.XPath("/*" * (limit + 1), smart_strings=False)
