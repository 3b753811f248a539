"""Where the pages of a site hold their text: learned from one page, found again on the next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from crawler.extract.text.cut import PageCut, cut_beside
from crawler.extract.text.lines import lines_of
from crawler.extract.text.sections import marks_of, read_sections, release
from crawler.extract.text.weigh import LEAD_LEVELS, is_lead, weigh
from crawler.lexicon.class_hints import is_of_one_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from crawler.extract.text.sections import Section

_MOST_STEPS = 4
_LEAST_PROSE = 250  # letters of running text; a shorter text is read with care
_RUNNING = 60  # letters at a paragraph's beginning that make it running text
_LEAST_SHARE = 0.5  # of the share of running text inside that was learned
_LEAST_SHARE_UNPROVED = 0.75  # where only one page bears the template out
_PROVED = 2  # pages
_MOST_MISSES = 3  # in a row, after which a template is forgotten
_LONGEST_NAME = 200  # characters; some sites write their style sheets into class names
_MOST_NAMES = 50_000  # kept; a page has a few hundred


@dataclass(frozen=True, slots=True)
class Template:
    """A way to the section that holds the text, and what proved it.

    `path` is tags with what their class and id say on every page, from the section outwards to
    the first that says something. `common` are the marks of a wrapper that mean nothing here,
    `share` is how much of the page's running text stood in the section, `pages` counts the pages
    that bore it out, `missed` those in a row that did not. `cut` finds the section before the
    page is parsed. `leads` says that what stands before the section belongs to the text.
    """

    path: tuple[tuple[str, str], ...]
    nth: int
    common: tuple[str, ...]
    share: float
    pages: int = 1
    missed: int = 0
    cut: PageCut | None = None
    leads: bool = False

    @property
    def is_proved(self) -> bool:
        return self.pages >= _PROVED


def learn_template(
    element: HtmlElement, common: frozenset[str], body: HtmlElement, *, leads: bool
) -> Template:
    """Return the template by which `element` is found on the page, and on others like it."""
    path = _path(element)
    alike = list(_elements(path, body))
    share = round(_share(element, body), 3)
    nth = alike.index(element)
    cut = cut_beside(element) if nth == 0 and len(path) == 1 else None
    return Template(path, nth, tuple(sorted(common)), share, cut=cut, leads=leads)


def read_by_template(template: Template, body: HtmlElement) -> list[str] | None:
    """Return the text's lines, or None where the template does not fit the page."""
    element = _find(template, body)
    if element is None:
        return None
    least = template.share * (_LEAST_SHARE if template.is_proved else _LEAST_SHARE_UNPROVED)
    if _share(element, body) < least:
        return None
    common = frozenset(template.common)
    section = read_sections(element, common)
    weigh(section)
    if section.prose < _LEAST_PROSE:
        release(section)
        return None
    leads = list(_leads(element, common)) if template.leads else []
    lines = lines_of(section, leads)
    for part in (section, *leads):
        release(part)
    return lines


def with_answer(templates: tuple[Template, ...], fitting: Template | None) -> tuple[Template, ...]:
    """Return the templates after a page that one of them fitted, or none; the likeliest first."""
    if fitting is None:
        missed = (replace(template, missed=template.missed + 1) for template in templates)
        return tuple(template for template in missed if template.missed < _MOST_MISSES)
    proved = replace(fitting, pages=fitting.pages + 1, missed=0)
    others = (t for t in templates if (t.path, t.nth) != (fitting.path, fitting.nth))
    return (proved, *others)


def with_learned(
    templates: tuple[Template, ...], learned: Template, most: int
) -> tuple[Template, ...]:
    """Add what a careful reading taught; where it was known already, the page bears it out."""
    same = next((t for t in templates if (t.path, t.nth) == (learned.path, learned.nth)), None)
    others = tuple(template for template in templates if template is not same)
    if same is None:
        return (learned, *others)[:most]
    leads = same.leads or learned.leads
    common = tuple(sorted({*same.common, *learned.common}))
    share = min(same.share, learned.share)
    pages, cut = same.pages + 1, learned.cut
    kept = replace(same, common=common, share=share, pages=pages, missed=0, cut=cut, leads=leads)
    return (kept, *others)


def _find(template: Template, body: HtmlElement) -> HtmlElement | None:
    for number, element in enumerate(_elements(template.path, body)):
        if number == template.nth:
            return element
    return None


def _elements(path: tuple[tuple[str, str], ...], body: HtmlElement) -> Iterator[HtmlElement]:
    tag, names = path[0]
    for element in body.iter(tag):
        if _names_of(element) == names and _fits(path, element):
            yield element


def _fits(path: tuple[tuple[str, str], ...], element: HtmlElement) -> bool:
    for tag, names in path[1:]:
        above = element.getparent()
        if above is None or above.tag != tag or _names_of(above) != names:
            return False
        element = above
    return True


def _leads(element: HtmlElement, common: frozenset[str]) -> Iterator[Section]:
    """Yield what stands before an element and belongs to its text, in order."""
    around = [element, *islice(element.iterancestors(), LEAD_LEVELS - 1)]
    for inner in reversed(around):
        above = inner.getparent()
        if above is None or above.tag == "body":
            continue
        for sibling in reversed([*inner.itersiblings("*", preceding=True)]):
            if marks_of(sibling) <= common:
                section = read_sections(sibling, common)
                weigh(section)
                if is_lead(section):
                    yield section


def _path(element: HtmlElement) -> tuple[tuple[str, str], ...]:
    steps: list[tuple[str, str]] = []
    at: HtmlElement | None = element
    while at is not None and len(steps) < _MOST_STEPS:
        steps.append((at.tag, _names_of(at)))
        if steps[-1][1] or at.tag == "body":
            break
        at = at.getparent()
    return tuple(steps)


def _names_of(element: HtmlElement) -> str:
    return _lasting(element.get("class") or "", element.get("id") or "")


@lru_cache(maxsize=_MOST_NAMES)
def _lasting(classes: str, identity: str) -> str:
    """Return the names that other pages of a site can have too."""
    kept = [name for name in classes.split() if not is_of_one_page(name)]
    if identity and not is_of_one_page(identity):
        kept.append(f"#{identity}")
    return " ".join(kept)[:_LONGEST_NAME]


def _share(element: HtmlElement, body: HtmlElement) -> float:
    """Return how much of a page's running text, by its paragraphs' beginnings, an element holds."""
    total = _running(body)
    return _running(element) / total if total else 1.0


def _running(element: HtmlElement) -> int:
    texts = (paragraph.text for paragraph in element.iter("p"))
    return sum(len(text) for text in texts if text and len(text) >= _RUNNING)
