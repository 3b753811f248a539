"""Parse a page into an lxml tree that holds all of it, or say that it can't."""

from __future__ import annotations

from lxml import etree
from lxml import html as lxml_html
from lxml.html import HtmlElement

from crawler.extract.clean import as_markup
from crawler.extract.depth import check_depth
from storage.errors import ExtractError
from storage.models import Problem


def parse_page(html: str, *, max_depth: int) -> HtmlElement:
    """Give the tree of a page's text.

    Raises ExtractError: TOO_DEEP where elements nest too deep to be kept, NOT_HTML where
    nothing in the text is an element.
    """
    parser = lxml_html.HTMLParser(
        huge_tree=True, remove_pis=True, encoding="utf-8", no_network=True
    )
    try:
        tree = lxml_html.document_fromstring(as_markup(html), parser=parser, ensure_head_body=True)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise ExtractError(Problem.NOT_HTML, str(error)) from error
    check_depth(tree, max_depth)
    return tree


def drop_comments(tree: HtmlElement) -> None:
    """Take the comments out of a tree, in place; the text after them stays."""
    etree.strip_tags(tree, etree.Comment)


def drop_code(tree: HtmlElement) -> None:
    """Empty a tree's scripts and styles, in place; no reader behind takes them for text then."""
    for element in tree.iter("script", "style"):
        element.text = None
