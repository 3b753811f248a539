"""Reads a section page: which of its links lead to articles, by their looks and by what was learned."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from crawler.extract.markup.word_count import count_words
from crawler.extract.rules.application import links_in
from crawler.extract.titles import plain_title
from crawler.listings.formats.article_address import address_score, article_id, is_file, shape_of
from crawler.listings.formats.autodiscovery import base_of, page_of
from crawler.urls.canonical import web_link
from crawler.urls.sites import is_same_site
from storage.errors import ExtractError
from storage.models.listings import ListedItem, Listing
from storage.models.pages import Page, PageState
from storage.models.problems import Problem
from storage.models.sources import SourceKind

_LEAST_SCORE = 2.5
_MOST_LINKS = 5_000  # of a page that are looked at
_LEAST_LIKE = 3  # links of one shape, to tell by their texts what the shape stands for
_NO_ARTICLE = frozenset(
    {Problem.NOT_AN_ARTICLE, Problem.NOT_FOUND, Problem.SOFT_404, Problem.NOT_HTML}
)
_ASIDE = frozenset({"nav", "footer", "header", "aside", "form"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})


@dataclass(slots=True)
class _Link:
    """A link of the page with the shape of its address: the longest text that it has anywhere, and where it stands at its best."""

    url: str
    shape: str
    texts: list[str] = field(default_factory=list)
    is_aside: bool = True
    is_heading: bool = False

    @property
    def text(self) -> str:
        return max(self.texts, key=len, default="")


def read_section(
    body: bytes,
    *,
    url: str,
    content_type: str | None,
    max_items: int,
    learned: Mapping[str, Any] | None,
    links: Sequence[str] = (),
) -> Listing:
    """Read the links of a page that lead to articles of its site, in the order of the page.

    `learned` is what `learn` gave for the source; `links` are CSS selectors of a site's rules, which
    say it in place of all that can be learned. Raises ExtractError(NOT_A_FEED) when no link
    looks like one to an article.
    """
    page = page_of(body, content_type)
    if page is None:
        raise ExtractError(Problem.NOT_A_FEED, "the answer is empty")
    anchors = _named(page, url, links) if links else _likely(_links(page, url), learned)
    title = next((plain_title(element.text) for element in page.iter("title")), "")
    items = tuple(ListedItem(url=link.url, title=link.text) for link in anchors[:max_items])
    return Listing(title=title, site_url=url, items=items, kind=SourceKind.SECTION)


def _named(page: etree._Element, url: str, selectors: Sequence[str]) -> list[_Link]:
    """Return the links that a site's rules name."""
    base = base_of(page, url)
    links_by_url: dict[str, _Link] = {}
    for anchor in links_in(selectors, page):
        target = web_link(anchor.get("href", ""), base)
        if target is not None and target != url:
            link = links_by_url.setdefault(target, _Link(target, shape_of(target)))
            link.texts.append(plain_title(" ".join(anchor.itertext())))
    if not links_by_url:
        raise ExtractError(Problem.NOT_A_FEED, "the site's rules find no link on the page")
    return list(links_by_url.values())


def _likely(links: Sequence[_Link], learned: Mapping[str, Any] | None) -> list[_Link]:
    """Return the links that look like those of articles."""
    shapes, groups = _shapes_of(learned), _by_shape(links)
    likely = [link for link in links if _score(link, groups[link.shape], shapes) >= _LEAST_SCORE]
    if not likely:
        raise ExtractError(
            Problem.NOT_A_FEED, f"none of the page's {len(links)} links looks like an article's"
        )
    return likely


def learn(pages: Iterable[Page]) -> dict[str, Any]:
    """Count for each shape of address how many of a source's pages were articles, and were none."""
    counted: dict[str, list[int]] = {}
    for page in pages:
        is_article = page.state is PageState.DONE or (page.last_fetch_at and page.problem is None)
        if is_article or page.problem in _NO_ARTICLE:
            counted.setdefault(shape_of(page.url), [0, 0])[0 if is_article else 1] += 1
    return {"shapes": counted}


def _links(page: etree._Element, url: str) -> list[_Link]:
    base = base_of(page, url)
    links_by_url: dict[str, _Link] = {}
    for count, anchor in enumerate(page.iter("a")):
        if count >= _MOST_LINKS:
            break
        target = web_link(anchor.get("href", ""), base)
        if target is None or target == url or not _may_be_article(target, url):
            continue
        above = [element.tag for element in anchor.iterancestors()]
        inside = {element.tag for element in anchor.iter() if isinstance(element.tag, str)}
        link = links_by_url.setdefault(target, _Link(target, shape_of(target)))
        link.texts.append(plain_title(" ".join(anchor.itertext())))
        link.is_aside &= not _ASIDE.isdisjoint(above)
        link.is_heading |= bool(_HEADINGS & {*above[:3], *inside})
    return list(links_by_url.values())


def _may_be_article(target: str, url: str) -> bool:
    path = urlsplit(target).path
    return (
        (path not in ("", "/") or article_id(target) is not None)
        and not is_file(path)
        and is_same_site(target, url, names_itself=False)
    )


def _by_shape(links: Sequence[_Link]) -> dict[str, float]:
    """Return for each shape how many words the links of that shape have, where there are several."""
    counted = Counter(link.shape for link in links)
    words: Counter[str] = Counter()
    for link in links:
        words[link.shape] += count_words(link.text)
    return {
        shape: words[shape] / number if number >= _LEAST_LIKE else 0.0
        for shape, number in counted.items()
    }


def _score(link: _Link, words_of_shape: float, shapes: Mapping[str, tuple[float, float]]) -> float:
    """Weigh what speaks for an article: its address, its text, its place, and what was learned."""
    words = count_words(link.text)
    yes, no = shapes.get(link.shape, (0, 0))
    return (
        address_score(link.url)
        + (2.0 if words >= 5 else 1.0 if words >= 4 else -0.5)  # noqa: PLR2004 - words of a headline
        + (1.5 if link.is_heading else 0.0)
        + (1.0 if words_of_shape >= 4 else 0.0)  # noqa: PLR2004 - the same, of short headlines too
        - (3.0 if link.is_aside else 0.0)
        + 1.5 * math.log((yes + 1) / (no + 1))
    )


def _shapes_of(learned: Mapping[str, Any] | None) -> dict[str, tuple[float, float]]:
    shapes = (learned or {}).get("shapes") or {}
    return {shape: (counts[0], counts[1]) for shape, counts in shapes.items()}
