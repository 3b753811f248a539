"""Choose the section that holds an article's body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.extract.text.sections import TextBlock
from crawler.lexicon.class_hints import names_a_body

if TYPE_CHECKING:
    from crawler.extract.text.sections import Section

_OF_THE_PAGE = 0.7  # of the page's force: a section with so much holds the article
_OF_THE_SECTION = 0.85  # of the surrounding section's force: nearly all that there is
_GAIN = 0.2  # of the running text: so much more is part of the article, not of the wrapper
_MOST_LINKED = 0.15  # of what is gained
_MOST_LINKED_IN_BODY = 0.5  # where the surrounding section is named as a body


def choose_container(root: Section) -> Section:
    """Return the section of a weighed page that holds the article: as deep as its text allows."""
    return _widened(_deepest(root))


def _deepest(root: Section) -> Section:
    section = root
    while True:
        inner = [
            part for part in section.parts if not isinstance(part, TextBlock) and not part.dropped
        ]
        best = max(inner, key=lambda part: part.force, default=None)
        if best is None or best.tag in {"p", "blockquote"}:
            return section
        if best.force < _OF_THE_PAGE * root.force and best.force < _OF_THE_SECTION * section.force:
            return section
        section = best


def _widened(section: Section) -> Section:
    """Go outwards while that gains running text: an article may stand in several sections."""
    in_body = names_a_body(section.names)
    above = section.parent
    while above is not None and above.parent is not None and not in_body:
        if _gains(above, section):
            section = above
            in_body = names_a_body(above.names)
        above = above.parent
    return section


def _gains(above: Section, section: Section) -> bool:
    gain = above.prose - section.prose
    more = above.size - section.size
    linked = above.linked - section.linked
    if names_a_body(above.names):
        return gain > 0 and linked <= _MOST_LINKED_IN_BODY * more and more < section.size
    is_text = linked <= _MOST_LINKED * more and more <= 2 * gain
    return gain > _GAIN * section.prose and is_text
