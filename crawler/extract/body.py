"""Read an article's text out of a page's tree: by what was learned of the site, else with care.

The careful reading weighs the whole page. Where it is unsure of itself (little running text, or
much of it elsewhere) trafilatura gives a second opinion.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from crawler.extract.markup.clean_text import paragraphs, strip_controls
from crawler.extract.markup.jsonld import text_of
from crawler.extract.text.lines import lines_of
from crawler.extract.text.sections import read_sections, release
from crawler.extract.text.template import Template, learn_template, read_by_template
from crawler.extract.text.weigh import (
    SENTENCE_END,
    choose_container,
    common_marks,
    drop_marked,
    drop_next_stories,
    leads_of,
    weigh,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from crawler.extract.markup.jsonld import Node
    from crawler.extract.text.cut import PageCut

_LEAST_PROSE = 250  # letters of running text; a page with less may hold it in some odd way
_LEAST_SHARE = 0.5  # of the page's running text that the chosen section must hold
_MOST_OF_UNLINKED = 2  # letters of a second opinion for one outside links; else it may be a list
_TELLING = 60  # letters of a line that tells something, and is no link's own words
_LONGER_DECLARED = 1.4  # times the text that was read: less is a difference of wrapper
_CUT_OFF = ("...", "…", "[…]", "[...]")
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/h\d)\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{1,500}>")
_LONGER = 1.6  # times our text: so much longer, a second opinion found what we overlooked


@dataclass(frozen=True, slots=True)
class ExtractedBody:
    """An article's text by lines, and how it was come by.

    `fitting` is the template that it was read by, `learned` the one that a careful reading gives;
    neither, where the text is another reader's. `asked` tells that trafilatura was.
    """

    lines: tuple[str, ...]
    fitting: Template | None = None
    learned: Template | None = None
    asked: bool = False

    def with_cut(self, cut: PageCut | None) -> Self:
        """Return this with the cut of the template that fitted or was learned."""
        fitting = None if self.fitting is None else replace(self.fitting, cut=cut)
        learned = None if self.learned is None else replace(self.learned, cut=cut)
        return replace(self, fitting=fitting, learned=learned)


def read_body(
    tree: HtmlElement, article: Node | None, templates: tuple[Template, ...] = ()
) -> ExtractedBody:
    """Return the article's text; no lines where there is none. `article` is the page's JSON-LD."""
    body = tree.find("body")
    if body is None:
        return ExtractedBody(())
    for template in templates:
        lines = read_by_template(template, body)
        if lines:
            return ExtractedBody(_clean(lines), fitting=template)
    return _read_with_care(body, article)


def other_readings(
    tree: HtmlElement, article: Node | None, read: ExtractedBody
) -> Iterator[ExtractedBody]:
    """Yield what other readers than the one that was asked make of a page, where that is prose."""
    body = tree.find("body")
    if body is None:
        return
    if read.fitting is not None:
        read = _read_with_care(body, article)
        yield read
    other = "" if read.asked else _by_trafilatura(body)
    if _is_prose(other):
        yield ExtractedBody(tuple(other.split("\n")), asked=True)


def _read_with_care(body: HtmlElement, article: Node | None) -> ExtractedBody:
    page = read_sections(body)
    weigh(page)
    drop_next_stories(page)
    common = common_marks(page)
    drop_marked(page, common)
    container = choose_container(page)
    leads = leads_of(container)
    lines = _clean(lines_of(container, leads))
    sure = container.prose >= max(_LEAST_PROSE, _LEAST_SHARE * page.prose)
    element, unlinked = container.element, page.size - page.linked
    release(page)
    text = "\n".join(lines)
    declared = _declared_text(article)
    if len(declared) > _LONGER_DECLARED * len(text) and not declared.endswith(_CUT_OFF):
        return ExtractedBody(tuple(declared.split("\n")))
    if sure:
        return ExtractedBody(
            lines, learned=learn_template(element, common, body, leads=bool(leads))
        )
    other = _by_trafilatura(body)
    lists_links = len(other) > _MOST_OF_UNLINKED * unlinked and not _tells(other)
    if len(other) > _LONGER * len(text) and not lists_links:
        return ExtractedBody(tuple(other.split("\n")), asked=True)
    return ExtractedBody(lines, asked=True)


def _declared_text(article: Node | None) -> str:
    """Return the text that a page's JSON-LD declares, which may prove that its markup lost it.

    By itself it is no better than what is read from the page: many are cut short.
    """
    raw = text_of((article or {}).get("articleBody"))
    return paragraphs(html.unescape(_TAG.sub("", _BREAK.sub("\n", raw))))


def _clean(lines: list[str]) -> tuple[str, ...]:
    """Drop what must not be in a text from lines whose spaces are single already."""
    return tuple(filter(None, (strip_controls(line).strip() for line in lines)))


def _tells(text: str) -> bool:
    """Tell whether a text that stands in links has sentences, as under a link left open."""
    return any(len(line) >= _TELLING and line.endswith(SENTENCE_END) for line in text.split("\n"))


def _is_prose(text: str) -> bool:
    """Tell whether most of a text is in sentences: pages without an article list links."""
    said = sum(len(x) for x in text.split("\n") if len(x) >= _TELLING and x.endswith(SENTENCE_END))
    return said > len(text) / 2


def _by_trafilatura(body: HtmlElement) -> str:
    import trafilatura  # noqa: PLC0415  imports for a second, and is seldom asked

    text = trafilatura.extract(body.getroottree().getroot(), include_comments=False)
    return paragraphs(text or "")
