"""Walk a page's tree once and give its text as blocks in sections."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crawler.lexicon.class_hints import NOTHING, hints, wrapper_words

if TYPE_CHECKING:
    from lxml.html import HtmlElement

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
HIDDEN = "(hidden)"  # beside the words of class names: the page doesn't show the section
_LINK, _INLINE, _BREAK, _SKIPPED, _BLOCK = range(5)
_KINDS = {
    "a": _LINK,
    "br": _BREAK,
    **dict.fromkeys(
        """
        span b strong em i u s sub sup small mark abbr cite code q time font label bdi bdo ins del
        var kbd samp tt big acronym wbr ruby rb rt rp strike dfn nobr img data
        """.split(),
        _INLINE,
    ),
    **dict.fromkeys(
        """
        script style noscript template svg iframe canvas video audio object embed map select option
        button input textarea head figcaption menu dialog math picture track source datalist
        progress meter
        """.split(),
        _SKIPPED,
    ),
}
# What parsers leave open to the page's end where its end tag lacks, with the article in it.
_LEFT_OPEN = frozenset(
    "button menu dialog select option object video audio canvas picture figcaption".split()
)
_LEAVES = HEADINGS | {"p", "pre"}
_OUTSIDE = frozenset({"nav", "footer", "aside", "form"})
_WIDE = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]"
)
_SAMPLE = 40  # characters of a text that tell of its script
_WIDE_WEIGHT = 1.2  # more than a letter, for a character of a script that needs fewer of them
_MOST_LEVELS = 200  # walked at once, which Python's stack bears; deeper ones follow in turn


@dataclass(slots=True, eq=False)
class TextBlock:
    """A run of text without a block element in it. Sizes are letters, those of links apart."""

    text: str
    tag: str
    size: int
    linked: int
    prose: int = 0  # letters of running text


@dataclass(slots=True, eq=False)
class Section:
    """A block element with what stands in it, in order; the sums are those of `weigh`."""

    element: HtmlElement
    tag: str
    names: str
    marks: frozenset[str]
    parent: Section | None
    parts: list[Section | TextBlock] = field(default_factory=list)
    dropped: bool = False
    size: int = 0
    linked: int = 0
    prose: int = 0  # of all blocks within
    own_prose: int = 0  # of its own blocks and paragraphs
    force: float = 0.0  # of its paragraphs: many that stand together weigh more than their sum
    blocks: int = 0


def release(page: Section) -> None:
    """Let go of a page's sections at once: they hold each other, and would wait for the collector."""
    waiting = [page]
    while waiting:
        section = waiting.pop()
        waiting.extend(part for part in section.parts if not isinstance(part, TextBlock))
        section.parts.clear()
        section.parent = None


def read_sections(element: HtmlElement, common: frozenset[str] | None = None) -> Section:
    """Return an element's text as sections. Takes time linear in its size.

    Where it is known which marks are `common` on the site, what bears others is left out.
    """
    root = Section(element, element.tag, "", NOTHING, None)
    walk = _Walk(common)
    walk.enter(root)
    while walk.deeper:
        walk.enter(walk.deeper.pop())
    return root


class _Walk:
    """Gathers text until a block element begins or ends."""

    __slots__ = ("common", "deeper", "linked", "links", "said")

    def __init__(self, common: frozenset[str] | None) -> None:
        self.common = common
        self.said: list[str] = []
        self.linked = 0
        self.links = 0
        self.deeper: list[Section] = []

    def enter(self, section: Section) -> None:
        self._visit(section.element, section, section.tag, 0)
        self.flush(section, section.tag)

    def _visit(self, element: HtmlElement, section: Section, tag: str, level: int) -> None:
        if level > 2 * _MOST_LEVELS:  # of inline elements, which make no sections
            self.say("".join(element.itertext("*")))
            return
        self.say(element.text)
        for child in element:
            name = child.tag
            kind = _KINDS.get(name, _BLOCK)
            if kind == _SKIPPED and len(child) and name in _LEFT_OPEN and _holds_the_page(child):
                kind = _BLOCK
            if kind == _BLOCK:
                if isinstance(name, str):
                    self.flush(section, tag)
                    self._block(child, section, name, level)
            elif kind == _INLINE:
                if len(child):
                    self._visit(child, section, tag, level + 1)
                else:
                    self.say(child.text)
            elif kind == _LINK:
                self._link(child, section, tag, level)
            elif kind == _BREAK:
                self.said.append("\n")
            self.say(child.tail)

    def say(self, text: str | None) -> None:
        if text:
            self.said.append(text)
            if self.links:
                self.linked += len(text.strip())

    def flush(self, section: Section, tag: str) -> None:
        """End the block that is being gathered."""
        if self.said:
            text = " ".join("".join(self.said).split())
            self.said.clear()
            if text:
                size = _letters(text)
                linked = min(size, self.linked * size // len(text))
                section.parts.append(TextBlock(text, tag, size, linked))
        self.linked = 0

    def _link(self, link: HtmlElement, section: Section, tag: str, level: int) -> None:
        within = 0 if (link.get("href") or "").startswith("#") else 1
        self.links += within
        self._visit(link, section, tag, level + 1)
        self.links -= within

    def _block(self, element: HtmlElement, section: Section, tag: str, level: int) -> None:
        names, marks = _names(element, tag)
        if tag in _LEAVES and not names and not marks and not len(element):
            self.say(element.text)
            self.flush(section, tag)
            return
        if marks and self.common is not None and not marks <= self.common:
            return
        inner = Section(element, tag, names, marks, section)
        section.parts.append(inner)
        if level > _MOST_LEVELS:
            self.deeper.append(inner)
            return
        self._visit(element, inner, tag, level + 1)
        self.flush(inner, tag)


def _holds_the_page(element: HtmlElement) -> bool:
    """Tell whether an element that holds no text by its kind holds the page's heading and text."""
    return element.find(".//h1") is not None and element.find(".//p") is not None


def marks_of(element: HtmlElement) -> frozenset[str]:
    """Return the marks of a wrapper on an element."""
    return _names(element, element.tag)[1]


def _names(element: HtmlElement, tag: str) -> tuple[str, frozenset[str]]:
    """Return an element's class and id, and the marks of a wrapper on it.

    Headings and paragraphs have ids made of their own words, which say nothing of their kind.
    """
    names = "" if tag in HEADINGS else element.get("class") or ""
    identity = element.get("id")
    if identity and tag not in _LEAVES:
        names = f"{names} {identity}"
    marks = wrapper_words(names) if names else NOTHING
    if tag == "blockquote":
        marks -= hints("quoted_posts")
    if tag in _OUTSIDE:
        marks |= {tag}
    if element.get("hidden") is not None or _is_undisplayed(element.get("style")):
        marks |= {HIDDEN}
    return names, marks


def _is_undisplayed(style: str | None) -> bool:
    return style is not None and "display:none" in style.replace(" ", "")


def _letters(text: str) -> int:
    if text.isascii() or _WIDE.search(text, 0, _SAMPLE) is None:
        return len(text)
    return len(text) + int(_WIDE_WEIGHT * len(_WIDE.findall(text)))
