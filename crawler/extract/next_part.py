"""Finds the next of the pages over which an article is spread: a numbered part of its own path; pure.

A link `rel=next` alone proves nothing: WordPress names the next article so.
"""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

from crawler.extract.markup.charset import page_in_utf8
from crawler.extract.markup.tree import parse_page
from crawler.urls.canonical import web_link
from storage.errors import ExtractError

_HREF = re.compile(rb"href\s{0,3}=\s{0,3}[\"']?([^\"'<>\s]{1,500})", re.IGNORECASE)
_PARAMETERS = frozenset(
    {"page", "p", "pg", "part", "seite", "pagina", "página", "strona", "sida", "side", "paged"}
)
# What stands between a path and the number of its part; the second sort of forms is common in slugs.
_CLEAR = re.compile(r"(?:/|/(?:page|seite|pagina|part|p)[/-]|,)(\d{1,3})")
_UNCLEAR = re.compile(r"(?:[-_](?:page|seite|p|part)?[-_]?)(\d{1,3})")
_ENDING = re.compile(r"(\.[a-z]{3,5})?/?$", re.IGNORECASE)


def next_part(
    body: bytes,
    *,
    url: str,
    first_url: str,
    number: int,
    content_type: str | None,
    max_depth: int,
) -> str | None:
    """Return the address of part `number` of the article that begins at `first_url`; None for none.

    `body` is the part before it, at `url`. A link to it says that it is the next, or bears its number
    as its text.
    """
    hrefs = {raw for raw in _HREF.findall(body) if str(number).encode() in raw}
    targets = (web_link(unescape(raw.decode("utf-8", "replace")), url) for raw in hrefs)
    if not any(target and is_part(first_url, target, number, is_next=True) for target in targets):
        return None  # as nearly all pages: to parse them once more would be wasted
    try:
        tree = parse_page(page_in_utf8(body, content_type), max_depth=max_depth)
    except ExtractError:
        return None
    for link in tree.iter("link", "a"):
        is_next = "next" in (link.get("rel") or "").lower().split()
        if not is_next and (link.tag == "link" or link.text_content().strip() != str(number)):
            continue
        target = web_link(link.get("href"), url)
        if target is not None and is_part(first_url, target, number, is_next=is_next):
            return target
    return None


def is_part(first_url: str, url: str, number: int, *, is_next: bool) -> bool:
    """Tell whether an address is that of part `number` of the article at another one.

    `is_next` when a link says so: then forms count in which slugs end as well (/story-2).
    """
    first, part = urlsplit(first_url), urlsplit(url)
    if first.netloc != part.netloc:
        return False
    if first.path.rstrip("/") == part.path.rstrip("/"):
        return _is_numbered(first.query, part.query, number)
    if first.query != part.query:
        return False
    begin, path = _ENDING.sub("", first.path), _ENDING.sub("", part.path)
    if not path.startswith(begin) or len(begin) <= 1:
        return False
    rest = path[len(begin) :]
    numbered = _CLEAR.fullmatch(rest) or (_UNCLEAR.fullmatch(rest) if is_next else None)
    return numbered is not None and int(numbered[1]) == number


def _is_numbered(first: str, part: str, number: int) -> bool:
    before, after = parse_qsl(first), parse_qsl(part)
    more = [pair for pair in after if pair not in before]
    return (
        len(more) == 1
        and len(after) == len(before) + 1
        and (more[0][0].lower() in _PARAMETERS and more[0][1] == str(number))
    )
