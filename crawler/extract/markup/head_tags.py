"""Read what a page's head says by meta and link tags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.html import HtmlElement

_MOST_VALUES = 50  # of one name; more is a template gone wild


@dataclass(frozen=True, slots=True)
class HeadTags:
    """Meta tags by lower-case name (every value, in order), link targets by relation."""

    metas: Mapping[str, tuple[str, ...]]
    links: Mapping[str, tuple[str, ...]]
    language: str
    base: str

    def first(self, *names: str) -> str:
        """Return the first value of the first of these metas that has one, else ''."""
        return next((value for name in names for value in self.metas.get(name, ())), "")


def read_tags(tree: HtmlElement) -> HeadTags:
    """Read the tags wherever they stand; parsers push some out of the head."""
    metas: dict[str, list[str]] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        value = (meta.get("content") or "").strip()
        if name and value:
            values = metas.setdefault(name.strip().lower(), [])
            if len(values) < _MOST_VALUES:
                values.append(value)
    links: dict[str, list[str]] = {}
    for link in tree.iter("link"):
        target = (link.get("href") or "").strip()
        for relation in (link.get("rel") or "").lower().split():
            targets = links.setdefault(relation, [])
            if target and len(targets) < _MOST_VALUES:
                targets.append(target)
    bases = [base.get("href") for base in tree.iter("base") if base.get("href")]
    return HeadTags(
        metas={name: tuple(values) for name, values in metas.items()},
        links={name: tuple(values) for name, values in links.items()},
        language=tree.get("lang") or tree.get("xml:lang") or "",
        base=bases[0] if bases else "",
    )
