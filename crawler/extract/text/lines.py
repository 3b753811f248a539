"""Give the lines of an article out of the section that holds it."""

from __future__ import annotations

from itertools import chain, zip_longest
from typing import TYPE_CHECKING

from crawler.extract.text.sections import HEADINGS, TextBlock
from crawler.extract.text.weigh import SENTENCE_END

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crawler.extract.text.sections import Section

_LISTS = frozenset({"ul", "ol", "dl"})
_ITEMS = frozenset({"li", "td", "th", "dd", "dt"})
_TEXTS = frozenset({"p", "blockquote", "pre"})
_SINGLE = HEADINGS | _ITEMS | _TEXTS | {"ul", "ol", "tr", "tbody"}
_MOST_LINKED = 0.6  # of a section; more is a menu or a teaser
_MOST_LINKED_IN_LIST = 0.7
_MOST_LINKED_IN_DIV = 0.3
_MOST_LINKED_LABELS = 0.2  # of a list of labels that belongs to the text
_LEAST_ITEM = 15  # letters, on the average, of a list's items where none is running text
_LEAST_SENTENCE = 120  # letters of a sentence that is one link
_LEAST_UNLINKED = 6  # letters beside the links of a paragraph
_LEAST_IN_DIV = 40  # letters; shorter ones are labels
_LEAST_BESIDE = 200  # letters of running text beside which a linked heading is the article's
_LEAST_REPEATED = 20  # letters; a shorter line may well be said twice


def lines_of(container: Section, leads: Sequence[Section | TextBlock] = ()) -> list[str]:
    """Return the lines of a weighed section: paragraphs, headings, items; none of them twice.

    `leads` stand before it on the page.
    """
    blocks = list(
        _once(chain.from_iterable(_parts_kept(part, container) for part in (*leads, container)))
    )
    while blocks and blocks[-1].tag in HEADINGS:
        blocks.pop()
    pairs = zip_longest(blocks, blocks[1:])
    return [block.text for block, following in pairs if not _is_empty(block, following)]


def _parts_kept(
    part: Section | TextBlock, container: Section
) -> Iterable[tuple[TextBlock, Section]]:
    return [(part, container)] if isinstance(part, TextBlock) else _kept(part)


def _kept(container: Section) -> Iterator[tuple[TextBlock, Section]]:
    """Yield the blocks to keep, each with its section, in order; no recursion, for deep pages."""
    stack = [(container, False, iter(container.parts))]
    while stack:
        section, in_list, parts = stack[-1]
        part = next(parts, None)
        if part is None:
            stack.pop()
        elif isinstance(part, TextBlock):
            if part.prose or part.tag in HEADINGS or _is_text(part, in_list=in_list):
                yield part, section
        elif part.size and not part.dropped and not _is_links(part, section):
            within = in_list or part.tag in _LISTS or part.tag == "table"
            stack.append((part, within, iter(part.parts)))


def _is_links(part: Section, around: Section) -> bool:
    """Tell whether a section is made of links, or a list of labels."""
    if part.tag in _LISTS or part.tag == "table":
        labels = not part.prose and part.size < _LEAST_ITEM * part.blocks and part.tag != "table"
        labels = labels and part.linked > _MOST_LINKED_LABELS * part.size
        return labels or part.linked > _MOST_LINKED_IN_LIST * part.size
    if part.linked <= _MOST_LINKED * part.size:
        return False
    if part.tag in HEADINGS:
        return around.own_prose <= _LEAST_BESIDE
    if part.tag != "p":
        return True
    linked_prose = around.own_prose > _LEAST_BESIDE and any(map(_is_linked_sentence, part.parts))
    return part.size - part.linked <= _LEAST_UNLINKED and not linked_prose


def _is_linked_sentence(part: Section | TextBlock) -> bool:
    """Tell whether a paragraph in a link is a sentence of the text: titles have no full stop."""
    return isinstance(part, TextBlock) and part.size >= _LEAST_SENTENCE and part.text.endswith(".")


def _is_text(block: TextBlock, *, in_list: bool) -> bool:
    """Tell whether a block that is too short for running text belongs to it all the same."""
    if block.tag == "p" and not in_list:
        unlinked = block.size - block.linked
        return not block.linked or unlinked > _LEAST_UNLINKED or _is_linked_sentence(block)
    if in_list or block.tag in _ITEMS or block.tag in _TEXTS:
        return block.linked <= _MOST_LINKED_IN_LIST * block.size
    few_links = block.linked < _MOST_LINKED_IN_DIV * block.size
    return block.size >= _LEAST_IN_DIV and few_links and block.text.endswith(SENTENCE_END)


def _once(blocks: Iterable[tuple[TextBlock, Section]]) -> Iterator[TextBlock]:
    """Leave out what was said in another section: pages hold copies of themselves for phones."""
    seen: dict[str, Section] = {}
    for block, section in blocks:
        around = _around(section)
        first = seen.setdefault(block.text, around)
        if first is around or len(block.text) <= _LEAST_REPEATED:
            yield block


def _around(section: Section) -> Section:
    """Return the section that holds a paragraph or an item among others."""
    while section.tag in _SINGLE and section.parent is not None:
        section = section.parent
    return section


def _is_empty(block: TextBlock, following: TextBlock | None) -> bool:
    """Tell whether a block is a heading with nothing under it but another of its rank."""
    if block.tag not in HEADINGS or following is None or following.tag not in HEADINGS:
        return False
    return following.tag <= block.tag
