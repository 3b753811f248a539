"""Read an article's text out of a page's tree: trafilatura, checked against the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.extract.clean import paragraphs

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# Shares found on 300 pages of news sites and blogs; the scores are flat around them.
_LEAST_OF_PARAGRAPHS = 0.7  # of the page's running text; less makes the careful reading suspect
_LEAST_OF_DEFAULT = 0.6  # of the default reading; less means that the careful one lost the article
_WIDER = 1.6  # a wide reading that is longer by this found a text that the others overlooked
_LONG_PARAGRAPH = 80  # characters: running text, not a label
_NOT_RUNNING = frozenset({"footer", "aside", "nav", "form", "noscript"})


def read_body(tree: HtmlElement) -> str:
    """Give the article's text, paragraphs separated by newlines; '' when there is none.

    The careful reading (favour precision) leaves out most of the wrapper, and now and then the
    article; so it is checked against the page's running text and replaced by a wider one.
    """
    careful = _read(tree, careful=True)
    if careful and len(careful) >= _LEAST_OF_PARAGRAPHS * _running_text(tree):
        return careful
    default = _read(tree)
    chosen = careful if len(careful) >= _LEAST_OF_DEFAULT * len(default) else default
    wide = _read(tree, wide=True)
    return wide if len(wide) > _WIDER * len(chosen) else chosen


def _read(tree: HtmlElement, *, careful: bool = False, wide: bool = False) -> str:
    import trafilatura  # noqa: PLC0415  imports for a second; only workers pay

    text = trafilatura.extract(
        tree, include_comments=False, favor_precision=careful, favor_recall=wide
    )
    return paragraphs(text or "")


def _running_text(tree: HtmlElement) -> int:
    """Count the characters of the page's long paragraphs outside of footers and the like."""
    total = 0
    for paragraph in tree.iter("p"):
        length = len(" ".join(paragraph.text_content().split()))
        if length >= _LONG_PARAGRAPH and not _NOT_RUNNING & {
            above.tag for above in paragraph.iterancestors()
        }:
            total += length
    return total
