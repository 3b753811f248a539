"""Lines that recur on a site's pages are wrapper, whatever they look like.

Lines are known by 8 bytes of their hash. A line counts once a page; what is seen on several is
taken out of the next page's text. A text of which much is known is the same article at another
address, or a page read again, and teaches nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_EDGE_BEFORE, _EDGE_AFTER = 3, 6  # lines of a text; there a wrapper's lines mostly stand
_SHORT = 160  # characters of a line within the text that can be a wrapper's
_PAGES_AT_THE_EDGE = 2
_PAGES_WITHIN = 3
_MOST_PAGES = 255  # that are counted
_MOST_KNOWN = 0.35  # of a text's characters
_MOST_SEEN, _MOST_RECURRING = 256, 128  # kept; the oldest go
_LINE, _PAGE = 8, 2  # bytes of a hash
_ENTRY = _LINE + _PAGE + 1  # the last is on how many pages


@dataclass(frozen=True, slots=True)
class SiteLines:
    """Lines of a site's last pages, and those of them that recur; the newest last.

    `seen` is entries of a line's hash, that of the last page with it, and the number of pages;
    `recurring` is hashes of lines.
    """

    seen: bytes = b""
    recurring: bytes = b""


def split_recurring(lines: Sequence[str], site: SiteLines) -> tuple[list[str], list[str]]:
    """Return a text's own lines, and those that recur on its site."""
    if not site.recurring:
        return list(lines), []
    marked = frozenset(_cut(site.recurring, _LINE))
    wrapper = [line for line in lines if _hash(line) in marked]
    if not wrapper or _is_much(wrapper, lines):
        return list(lines), []
    taken = frozenset(wrapper)
    return [line for line in lines if line not in taken], wrapper


def with_page(site: SiteLines, lines: Sequence[str], url: str) -> SiteLines:
    """Return what is known after a page with these lines."""
    page = blake2b(url.encode("utf-8", "replace"), digest_size=_PAGE).digest()
    seen = {entry[:_LINE]: entry[_LINE:] for entry in _cut(site.seen, _ENTRY)}
    hashes = [_hash(line) for line in lines]
    seen_before = [
        line
        for line, line_hash in zip(lines, hashes, strict=True)
        if line_hash in seen and not seen[line_hash].startswith(page)
    ]
    if _is_much(seen_before, lines):
        return site
    recurring = dict.fromkeys(_cut(site.recurring, _LINE))
    for line_hash, least in _candidates(lines, hashes).items():
        entry = seen.pop(line_hash, page + b"\0")
        pages = min(entry[-1] + (entry[:_PAGE] != page or not entry[-1]), _MOST_PAGES)
        seen[line_hash] = page + pages.to_bytes(1, "big")
        if pages >= least:
            recurring.pop(line_hash, None)
            recurring[line_hash] = None
    entries = [line_hash + entry for line_hash, entry in seen.items()]
    return SiteLines(b"".join(entries[-_MOST_SEEN:]), b"".join([*recurring][-_MOST_RECURRING:]))


def _candidates(lines: Sequence[str], hashes: Sequence[bytes]) -> dict[bytes, int]:
    """Return the lines that can be a wrapper's, with the pages on which they must have stood."""
    least_pages: dict[bytes, int] = {}
    for at, (line, line_hash) in enumerate(zip(lines, hashes, strict=True)):
        at_the_edge = at < _EDGE_BEFORE or at >= len(lines) - _EDGE_AFTER
        if at_the_edge or len(line) <= _SHORT:
            least_pages.setdefault(line_hash, _PAGES_AT_THE_EDGE if at_the_edge else _PAGES_WITHIN)
    return least_pages


def _is_much(part: Sequence[str], lines: Sequence[str]) -> bool:
    return sum(map(len, part)) > _MOST_KNOWN * sum(map(len, lines))


def _cut(packed: bytes, size: int) -> Iterator[bytes]:
    return (packed[at : at + size] for at in range(0, len(packed), size))


def _hash(line: str) -> bytes:
    return blake2b(line.encode("utf-8", "replace"), digest_size=_LINE).digest()
