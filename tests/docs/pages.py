"""The pages for people: their text, headings, links and blocks of code."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = (
    *("README.md", "CHANGELOG.md", "storage/README.md", "crawler/README.md"),
    *("scheduler/README.md", "deploy/README.md"),
    *(".github/ARCHITECTURE.md", ".github/CONTRIBUTING.md", ".github/SECURITY.md"),
)
_FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)


def text_of(page: str) -> str:
    """Return a page's Markdown."""
    return (ROOT / page).read_text(encoding="utf-8")


def blocks_of(page: str, language: str) -> list[str]:
    """Return the fenced blocks of a page that are marked with a language."""
    return [body for marked, body in _FENCED.findall(text_of(page)) if marked == language]


def links_of(page: str) -> list[str]:
    """Return where the links of a page lead, those in code left out."""
    return _LINK.findall(_FENCED.sub("", text_of(page)))


def anchors_of(page: str) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = _HEADING.findall(_FENCED.sub("", text_of(page)))
    kept = (re.sub(r"[^\w\s-]", "", heading.lower()) for heading in headings)
    return {heading.strip().replace(" ", "-") for heading in kept}
