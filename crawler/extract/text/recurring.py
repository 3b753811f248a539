"""Lines that recur on a site's pages are wrapper, whatever they look like.

Lines are known by 8 bytes of their hash. A line counts once a page; what is seen on several is
taken out of the next page's text. A text of which much is known is the same article at another
address, or a page read again, and teaches nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from crawler.extract.words import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

_EDGE_BEFORE, _EDGE_AFTER = 3, 6  # lines of a text; there a wrapper's lines mostly stand
_SHORT = 160  # characters of a line within the text that can be a wrapper's
_PAGES_AT_THE_EDGE = 2
_PAGES_WITHIN = 3
_MOST_KNOWN = 0.35  # of a text's characters
_MOST_SEEN, _MOST_RECURRING = 256, 128  # kept; the oldest go


@dataclass(frozen=True, slots=True)
class SeenLine:
    """A line by its hash, on how many pages it stood, and the last of these by its hash."""

    line: bytes
    page: bytes
    pages: int = 1


@dataclass(frozen=True, slots=True)
class SiteLines:
    """Lines of a site's last pages, and those of them that recur; the newest last."""

    seen: tuple[SeenLine, ...] = ()
    recurring: tuple[bytes, ...] = ()


def split_recurring(lines: Sequence[str], known: SiteLines) -> tuple[list[str], list[str]]:
    """Give a text's own lines, and those that recur on its site."""
    if not known.recurring:
        return list(lines), []
    marked = frozenset(known.recurring)
    wrapper = [line for line in lines if _hash(line) in marked]
    if not wrapper or _is_much(wrapper, lines):
        return list(lines), []
    taken = frozenset(wrapper)
    return [line for line in lines if line not in taken], wrapper


def with_page(known: SiteLines, lines: Sequence[str], url: str) -> SiteLines:
    """Give what is known after a page with these lines."""
    page = blake2b(url.encode(), digest_size=2).digest()
    seen = {entry.line: entry for entry in known.seen}
    candidates = _candidates(lines)
    again = [line for line in lines if (entry := seen.get(_hash(line))) and entry.page != page]
    if _is_much(again, lines):
        return known
    recurring = dict.fromkeys(known.recurring)
    for line, least in candidates.items():
        entry = seen.pop(line, None)
        pages = 1 if entry is None else entry.pages + (entry.page != page)
        seen[line] = SeenLine(line, page, pages)
        if pages >= least:
            recurring.pop(line, None)
            recurring[line] = None
    return SiteLines(tuple(seen.values())[-_MOST_SEEN:], tuple(recurring)[-_MOST_RECURRING:])


def _candidates(lines: Sequence[str]) -> dict[bytes, int]:
    """Give the lines that can be a wrapper's, with the pages on which they must have stood."""
    found: dict[bytes, int] = {}
    for at, line in enumerate(lines):
        at_the_edge = at < _EDGE_BEFORE or at >= len(lines) - _EDGE_AFTER
        if at_the_edge or len(line) <= _SHORT:
            found.setdefault(_hash(line), _PAGES_AT_THE_EDGE if at_the_edge else _PAGES_WITHIN)
    return found


def _is_much(part: Sequence[str], lines: Sequence[str]) -> bool:
    return sum(map(len, part)) > _MOST_KNOWN * sum(map(len, lines))


def _hash(line: str) -> bytes:
    return blake2b((plain(line) or line).encode("utf-8", "ignore"), digest_size=8).digest()
