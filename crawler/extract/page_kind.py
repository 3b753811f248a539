"""Tell pages that are something else than an article, by what they state and where they stand; pure.

Only pages that state neither an article, nor its day, nor its author are looked at: a news page states
one of them, and to lose an article is worse than to take a shop's page.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.extract.markup.jsonld import is_article, types_of
from crawler.lexicon.class_hints import hints

if TYPE_CHECKING:
    from crawler.extract.markup.head_tags import HeadTags
    from crawler.extract.markup.jsonld import Node
    from storage.models.articles import ArticleDates

_PRODUCTS = frozenset({"product", "productgroup", "itempage", "jobposting", "offercatalog"})
_GUESSED = "htmldate"  # whence a day comes that the page does not state
_TITLE_WORDS = 5  # of an address's last part, which is an article's title then
_FEW_WORDS = 3  # of the only part of an address: a site's own page, and no title
_BETWEEN_WORDS = re.compile(r"[-_]")
_NUMBER = re.compile(r"\d{4}|\d{1,2}/\d{1,2}")  # an article's, or of a day


def kind_beside_articles(
    nodes: tuple[Node, ...], tags: HeadTags, dates: ArticleDates, *, authors: bool, url: str
) -> str:
    """Return why a page is no article, in words; '' where it may be one."""
    stated = dates.published is not None and dates.published_from != _GUESSED
    if stated or tags.first("article:published_time") or any(map(is_article, nodes)):
        return ""
    og_type = tags.first("og:type").strip().lower()
    if og_type.startswith("product") or og_type.endswith(":item") or _sells(nodes):
        return "it declares a product, and no article, day or author"
    return "" if authors else _kind_by_address(url, is_website=og_type == "website")


def _sells(nodes: tuple[Node, ...]) -> bool:
    return any(kind in _PRODUCTS for node in nodes for kind in types_of(node))


def _kind_by_address(url: str, *, is_website: bool) -> str:
    address = urlsplit(url)
    parts = [part for part in address.path.lower().split("/") if part]
    words = len(_BETWEEN_WORDS.split(parts[-1])) if parts else 0
    if address.query or _NUMBER.search(address.path) or words >= _TITLE_WORDS:
        return ""
    if is_website and len(parts) <= 1 and words < _FEW_WORDS:
        return "it calls itself a website, and states no day or author"
    above = [part for part in parts[:-1] if len(part) == 1]  # a letter alone names what is below it
    whole = [part for part in parts if len(part) > 1]
    word = next((part for part in (*above, *whole) if part in hints("no_article_paths")), "")
    return f"its address says {word!r}, and it states no day or author" if word else ""
