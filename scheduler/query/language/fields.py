"""Names that can stand before a colon: fields, filters, modifiers, days, and slips of the pen; pure."""

from __future__ import annotations

import difflib

from scheduler.query.language.tree import WordForm

NAMES = ("author", "source", "url")
"""Fields that hold names: their words are not stemmed, since Adams is not Adam."""

TEXT_FIELDS = {
    "title": "title",
    "headline": "title",
    "intitle": "title",
    "lead": "lead",
    "ingress": "lead",
    "intro": "lead",
    "text": "text",
    "body": "text",
    "content": "text",
    "intext": "text",
    "source": "source",
    "author": "author",
    "byline": "author",
    "url": "url",
    "inurl": "url",
}
FOR_THE_REST = {"allintitle": "title", "allintext": "text", "allinurl": "url"}
FILTER_FIELDS = {
    "site": "site",
    "domain": "site",
    "domainis": "site",
    "lang": "lang",
    "language": "lang",
    "sourcelang": "lang",
    "country": "country",
    "sourcecountry": "country",
}
FORMS = {form.value: form for form in WordForm}
DAYS = ("date", "after", "before")

# What other tools know and this language does not: why, and what to write.
NOT_OFFERED = {
    "related": ("pages like another one are not searched", "name the sites: site:example.com"),
    "cache": ("there is no cache of pages to show", "look for words of the page: url:example"),
    "link": ("links are not searched", "look for words: url:example or text:example"),
    "links": ("links are not searched", "look for words: url:example or text:example"),
    "info": ("there is nothing to say of one page here", "write url:example"),
    "filetype": ("files are not searched, only articles", "leave it out"),
    "inanchor": ("the texts of links are not searched", "write text:example"),
    "daterange": ("days are not written as Julian numbers", "write date:2026-01-01..2026-02-01"),
    "since": ("it is read differently from tool to tool", "write date:>=2026-01-01"),
    "until": ("it is read differently from tool to tool", "write date:<=2026-01-01"),
    "tone": ("the tone of articles is not measured", "leave it out"),
    "theme": ("themes are not assigned to articles", "write words of the theme"),
}

_KNOWN = (*TEXT_FIELDS, *FOR_THE_REST, *FILTER_FIELDS, *FORMS, *DAYS)
_ALIKE = 0.8
_LENGTHS = range(3, 16)


def meant_by(name: str) -> str | None:
    """Return the known name that an unknown one is a slip of; None when it is like none."""
    if len(name) not in _LENGTHS:
        return None
    turned = sorted(name)
    swapped = (known for known in _KNOWN if sorted(known) == turned)
    close = difflib.get_close_matches(name, _KNOWN, 1, _ALIKE)
    return next(swapped, close[0] if close else None)
