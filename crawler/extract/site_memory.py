"""What was learned of a site's pages, and helps to read the next one."""

from __future__ import annotations

import json
from base64 import b85decode, b85encode
from dataclasses import astuple, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

from crawler.extract.text.cut import PageCut
from crawler.extract.text.recurring_lines import SiteLines, with_page
from crawler.extract.text.template import Template, with_answer, with_learned

if TYPE_CHECKING:
    from crawler.extract.body import ExtractedBody

_VERSION = b"3 "
_MOST_TEMPLATES = 4  # layouts of a site
_CAREFUL_EVERY = 50  # pages: then one is read without what was learned, to learn anew


@dataclass(frozen=True, slots=True)
class SiteMemory:
    """What is known of one host's pages. Small: it travels to the parser process with each page."""

    pages: int = 0  # that were read
    templates: tuple[Template, ...] = ()  # the likeliest first
    lines: SiteLines = field(default_factory=SiteLines)

    def usable_templates(self) -> tuple[Template, ...]:
        """Return the templates by which the next page may be read."""
        return () if self.pages % _CAREFUL_EVERY == _CAREFUL_EVERY - 1 else self.templates

    def after(self, read: ExtractedBody, url: str) -> Self:
        """Return what is known after a page."""
        templates = self.templates
        if read.fitting is not None or self.usable_templates():
            templates = with_answer(templates, read.fitting)
        if read.learned is not None:
            templates = with_learned(templates, read.learned, _MOST_TEMPLATES)
        lines = with_page(self.lines, read.lines, url)
        return replace(self, pages=self.pages + 1, templates=templates, lines=lines)

    def to_bytes(self) -> bytes:
        """Pack it for the store."""
        packed = {
            "pages": self.pages,
            "templates": [astuple(template) for template in self.templates],
            "seen": b85encode(self.lines.seen).decode(),
            "recurring": b85encode(self.lines.recurring).decode(),
        }
        return _VERSION + json.dumps(packed, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, packed: bytes) -> Self | None:
        """Unpack it; None for another version's, which is learned anew."""
        if not packed.startswith(_VERSION):
            return None
        known: dict[str, Any] = json.loads(packed[len(_VERSION) :])
        lines = SiteLines(b85decode(known["seen"]), b85decode(known["recurring"]))
        return cls(known["pages"], tuple(map(_template, known["templates"])), lines)


def _template(packed: list[Any]) -> Template:
    path, nth, common, share, pages, missed, cut, leads = packed
    steps = tuple((tag, names) for tag, names in path)
    found = PageCut(*cut) if cut else None
    return Template(steps, nth, tuple(common), share, pages, missed, found, leads)
