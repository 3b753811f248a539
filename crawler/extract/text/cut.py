"""Cut a page's markup down to its head and the part that holds the article, by two known marks.

To parse a page takes longer than to read its article. The marks are the attributes that name the
section with the text and the element behind it; a cut is used on a site once it was seen to
change nothing of what is read there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crawler.lexicon.class_hints import is_of_one_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

_MARGIN = 4_000  # bytes behind the section that are kept: credits stand there
_LEAST_MARK = 8  # characters of an attribute's value; shorter ones are too common
_MORE_OUTSIDE = 1.5  # times as many paragraphs outside as on the page that was learned from
_MORE_OUTSIDE_UNPROVED = 1.1
_FEW = 3  # paragraphs more, which are always allowed
_SCRIPT, _SCRIPT_END, _JSON_LD = b"<script", b"</script>", b"application/ld+json"
_TAG = 300  # bytes, within which a script's type stands
_PARAGRAPH = re.compile(rb"<p[ >]")


@dataclass(frozen=True, slots=True)
class PageCut:
    """The marks, and how many paragraphs stood behind what is kept; -1 while it was not tried."""

    start: str
    end: str
    outside: int = -1

    @property
    def is_tried(self) -> bool:
        return self.outside >= 0


def cut_beside(element: HtmlElement) -> PageCut | None:
    """Return the cut round an element; None where it, or what follows it, has no lasting name."""
    start = _mark(element)
    following = _following(element)
    end = _mark(following) if following is not None else ""
    return PageCut(start, end) if start and end and start != end else None


def apply_cut(cut: PageCut, page: bytes, *, proved: bool) -> bytes | None:
    """Return the markup that is left, or None for a page that the cut does not fit."""
    bounds = _bounds(cut, page)
    if bounds is None:
        return None
    head, start, end = bounds
    outside = _paragraphs_outside(page, bounds)
    most = (_MORE_OUTSIDE if proved else _MORE_OUTSIDE_UNPROVED) * cut.outside + _FEW
    if cut.is_tried and outside > most:
        return None
    data = (*_json_ld(page, head, start), *_json_ld(page, end, len(page)))
    return b"".join((page[:head], *data, page[start:end]))


def tried(cut: PageCut, page: bytes) -> PageCut | None:
    """Return the cut with what stood outside of it on a page that it fits."""
    bounds = _bounds(cut, page)
    return None if bounds is None else replace(cut, outside=_paragraphs_outside(page, bounds))


def _bounds(cut: PageCut, page: bytes) -> tuple[int, int, int] | None:
    """Return where the body begins, and where the part that is kept begins and ends."""
    head = page.find(b">", page.find(b"<body")) + 1
    mark = cut.start.encode()
    at = page.find(mark, head)
    if not head or at < 0:
        return None
    behind = page.find(cut.end.encode(), at)
    start = page.rfind(b"<", head, at)
    if behind < 0 or start < 0:
        return None
    heading = page.rfind(b"<h1", head, start)
    end = page.find(b"<", behind + _MARGIN)
    return head, heading if heading >= 0 else start, end if end >= 0 else len(page)


def _paragraphs_outside(page: bytes, bounds: tuple[int, int, int]) -> int:
    """Count the paragraphs behind the part that is kept; before it there is a menu."""
    return len(_PARAGRAPH.findall(page, bounds[2]))


def _json_ld(page: bytes, start: int, end: int) -> Iterator[bytes]:
    """Yield the JSON-LD scripts in a part of a page."""
    at = page.find(_JSON_LD, start, end)
    while at >= 0:
        begins = page.rfind(_SCRIPT, max(start, at - _TAG), at)
        ends = page.find(_SCRIPT_END, at, end)
        if ends < 0:
            return
        if begins >= 0:
            yield page[begins : ends + len(_SCRIPT_END)]
        at = page.find(_JSON_LD, ends, end)


def _mark(element: HtmlElement) -> str:
    """Return an attribute as it is written that names an element on all pages of a site, or ''."""
    for name in ("class", "id"):
        value = element.get(name) or ""
        lasting = len(value) >= _LEAST_MARK and not any(map(is_of_one_page, value.split()))
        if lasting and not {'"', "&"} & set(value):
            return f'{name}="{value}"'
    return ""


def _following(element: HtmlElement) -> HtmlElement | None:
    """Return the next element behind an element that has a lasting name."""
    above: HtmlElement | None = element
    while above is not None:
        for beside in above.itersiblings("*"):
            named = next((element for element in beside.iter("*") if _mark(element)), None)
            if named is not None:
                return named
        above = above.getparent()
    return None
