"""Parse a page into an lxml tree that holds all of it, or say that it can't."""

from __future__ import annotations

import re
import sys

from lxml import etree
from lxml import html as lxml_html
from lxml.html import HtmlComment, HtmlElement

from crawler.extract.markup.depth import check_depth
from storage.errors import ExtractError
from storage.models.problems import Problem

_BALLAST = {  # what it begins with: what it ends with, and its least length; short scripts say dates
    b"<script": (b"</script", 2000),
    b"<style": (b"</style", 0),
    b"<svg": (b"</svg", 0),
    b"<!--": (b"-->", sys.maxsize),  # readers of dates look into comments
}
_START = re.compile(b"|".join(_BALLAST))
_JSON_LD = b"ld+json"
_TAG = 300  # bytes, within which a script's type stands


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
    check_depth(tree, max_depth)
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
