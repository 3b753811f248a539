"""Weigh sections by their running text, drop those marked as wrapper, and choose the one of the article."""

from __future__ import annotations

from collections import Counter

from crawler.extract.text.sections import HEADINGS, HIDDEN, Section, TextBlock
from crawler.lexicon.class_hints import NOTHING, names_a_body

SENTENCE_END = tuple(".!?:;…\"'”’»)。！？」』）।؟")  # noqa: RUF001  as languages write them
_LONG = 80  # letters: running text, whatever holds it
_SENTENCE = 40  # letters: running text, where it is a paragraph that ends as sentences do
_MOST_LINKED = 0.4  # of running text
_FORCE = 1.75  # power: paragraphs that stand together outweigh as many that are strewn
_PARAGRAPHS = frozenset({"p", "blockquote", "pre"})
# Shares of the page's running text, and of its force, over which a word of class names is not a
# wrapper's on this page. Sites name the whole page so ("has-sidebar"), seldom by words of what
# readers write. Teasers may have more text than a short article, but not its force.
_COMMON = 0.25
_READERS = 0.8
_UNSEEN = 0.6  # some pages come hidden and are shown by a script
_STORIES = ("article", "post", "entry", "story")  # in the names of sections that hold one each
_LEAST_OWN = 250  # letters of running text of an article behind which another's may stand
_COMMENTS = frozenset({"comment", "comments", "disqus", "reply", "respond", "kommentare"})
_NOTICES = frozenset({"copyright", "disclaimer"})
_READERS_WORDS = _COMMENTS | {"footer", "nav", "cookie", "consent"}
# Letters of running text without such a mark: where they stand, readers' comments may be longer than
# the article, and notices than a short one.
_BESIDE_COMMENTS, _BESIDE_NOTICES = 300, 800


def weigh(root: Section) -> None:
    """Sum up sections from the innermost outwards; what is dropped counts nothing."""
    for section in reversed(_in_order(root)):
        _sum_up(section)


def common_marks(root: Section) -> frozenset[str]:
    """Return the marks that cover so much of a weighed page that they mean nothing on it."""
    prose: Counter[str] = Counter()
    force: Counter[str] = Counter()
    within = {root: root.marks}
    for section in _in_order(root):
        above = within[section.parent] if section.parent is not None else NOTHING
        within[section] = above | section.marks if section.marks - above else above
        for mark in section.marks - above:
            prose[mark] += section.prose
            force[mark] += int(section.force)
    return frozenset(
        mark
        for mark in prose
        if prose[mark] > _limit(mark) * root.prose
        and force[mark] > _limit(mark) * root.force
        and root.prose - prose[mark] < _enough_beside(mark)
    )


def drop_next_stories(root: Section) -> None:
    """Drop what stands behind the article of a weighed page as an article of its own, and weigh anew."""
    headed = [section for section in _in_order(root) if _is_headed(section)]
    if len(headed) < 2:  # noqa: PLR2004 - the article's and another's
        return
    own = _outwards(headed[0])
    for other in headed[1:]:
        way = _outwards(other)
        apart = next((at for at in range(min(len(own), len(way))) if own[at] is not way[at]), None)
        if apart is not None and _is_next_story(own[apart], way[apart]):
            way[apart].dropped = True
    weigh(root)


def _is_headed(section: Section) -> bool:
    return section.tag != "h1" and any(part.tag == "h1" for part in section.parts)


def _outwards(section: Section | None) -> list[Section]:
    """Return a section and those round it, the page first."""
    way: list[Section] = []
    while section is not None:
        way.append(section)
        section = section.parent
    return way[::-1]


def _is_next_story(own: Section, other: Section) -> bool:
    """Tell whether a section with a heading of the first rank is another's, beside the article's own."""
    kinds = [kind for kind in _STORIES if kind in own.names.lower() and kind in other.names.lower()]
    are_stories = own.tag == other.tag and (own.tag == "article" or bool(kinds))
    return are_stories and own.prose >= _LEAST_OWN and other.prose > 0


def drop_marked(root: Section, common: frozenset[str]) -> None:
    """Drop the sections that bear a wrapper's mark, other than the common ones, and weigh anew."""
    for section in _in_order(root):
        if section.marks and section.parent is not None and not section.marks <= common:
            section.dropped = True
    weigh(root)


def _enough_beside(mark: str) -> float:
    """Return how much running text without a mark shows that the mark is a wrapper's after all."""
    if mark in _COMMENTS:
        return _BESIDE_COMMENTS
    if mark in _NOTICES:
        return _BESIDE_NOTICES
    return float("inf")


def _limit(mark: str) -> float:
    if mark == HIDDEN:
        return _UNSEEN
    return _READERS if mark in _READERS_WORDS else _COMMON


def _in_order(root: Section) -> list[Section]:
    """Return all sections that are not dropped, outer ones before those within."""
    sections = [root]
    for section in sections:
        sections.extend(
            part for part in section.parts if not isinstance(part, TextBlock) and not part.dropped
        )
    return sections


def _sum_up(section: Section) -> None:
    size = linked = prose = own = blocks = 0
    force = 0.0
    for part in section.parts:
        if isinstance(part, TextBlock):
            part.prose = gained = _prose_of(part)
            own += gained
            blocks += 1
        elif part.dropped:
            continue
        else:
            gained = part.prose
            force += part.force
            blocks += part.blocks
            if part.tag in _PARAGRAPHS:
                own += part.own_prose
        size += part.size
        linked += part.linked
        prose += gained
    section.size, section.linked, section.prose = size, linked, prose
    section.own_prose, section.blocks = own, blocks
    section.force = force if section.tag in _PARAGRAPHS else force + own**_FORCE


def _prose_of(block: TextBlock) -> int:
    if block.size < _SENTENCE or block.linked >= _MOST_LINKED * block.size:
        return 0
    if block.tag in HEADINGS:
        return 0
    sentence = block.tag in {"p", "blockquote"} and block.text.endswith(SENTENCE_END)
    return block.size - block.linked if block.size >= _LONG or sentence else 0


_OF_THE_PAGE = 0.7  # of the page's force: a section with so much holds the article
_OF_THE_SECTION = 0.85  # of the surrounding section's force: nearly all that there is
_GAIN = 0.2  # of the running text: so much more is part of the article, not of the wrapper
_MOST_LINKED_GAIN = 0.15  # of what is gained
_MOST_LINKED_GAIN_IN_BODY = 0.5  # where the surrounding section is named as a body


_LEAST_LEAD = 120  # letters of running text
_LEAST_STANDFIRST = 80  # letters of a heading that is a sentence
_LEAD_PROSE, _LEAD_LINKED = 0.75, 0.2  # of a lead: at least, at most
LEAD_LEVELS = 4  # outwards from the article's section
_ALIKE_LEVELS = 4
_ALIKE_LINKED = 0.35  # of what is gained
_ALIKE_LABELS = 400  # letters that are no running text, beside as many that are


def choose_container(root: Section) -> Section:
    """Return the section of a weighed page that holds the article: as deep as its text allows."""
    return _widened(_among_alike(_deepest(root)))


def leads_of(chosen: Section) -> list[Section | TextBlock]:
    """Return what stands before the article's section and belongs to it: running text, a standfirst."""
    leads: list[Section | TextBlock] = []
    inner = chosen
    for _ in range(LEAD_LEVELS):
        above = inner.parent
        if above is None or above.parent is None:
            break
        before = above.parts[: above.parts.index(inner)]
        leads[:0] = [part for part in before if is_lead(part)]
        inner = above
    return leads


def is_lead(part: Section | TextBlock) -> bool:
    """Tell whether a part before the article's section is its beginning."""
    if isinstance(part, Section) and part.dropped:
        return False
    if part.tag in HEADINGS:
        return part.tag != "h1" and _is_standfirst(part)
    is_text = part.prose >= _LEAST_LEAD and part.prose >= _LEAD_PROSE * part.size
    return is_text and part.linked <= _LEAD_LINKED * part.size


def _is_standfirst(heading: Section | TextBlock) -> bool:
    """Tell whether a heading is a sentence of the text rather than a title."""
    if heading.size < _LEAST_STANDFIRST or heading.linked:
        return False
    last = heading if isinstance(heading, TextBlock) else next(reversed(heading.parts), None)
    return isinstance(last, TextBlock) and last.text.endswith(SENTENCE_END)


def _among_alike(section: Section) -> Section:
    """Go outwards to where sections of the same name stand beside it, which hold running text."""
    widest = section
    if not section.names.strip():
        return section
    above = section.parent
    for _ in range(_ALIKE_LEVELS):
        if above is None or above.parent is None:
            break
        if _has_alike(above, section) and _is_more_text(above, widest):
            widest = above
        above = above.parent
    return widest


def _has_alike(above: Section, section: Section) -> bool:
    names = section.names.split()
    return any(
        part is not section
        and part.own_prose
        and part.tag == section.tag
        and part.names.split() == names
        for part in _in_order(above)
    )


def _is_more_text(above: Section, section: Section) -> bool:
    more = above.size - section.size
    gain = above.prose - section.prose
    is_text = above.linked - section.linked <= _ALIKE_LINKED * more
    return gain > 0 and is_text and more <= 2 * gain + _ALIKE_LABELS


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
        return gain > 0 and linked <= _MOST_LINKED_GAIN_IN_BODY * more and more < section.size
    is_text = linked <= _MOST_LINKED_GAIN * more and more <= 2 * gain
    return gain > _GAIN * section.prose and is_text
