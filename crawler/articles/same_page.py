"""A page that turns out, when it was fetched, to be another one that is known.

Its AMP or mobile variant, the link of a feed's proxy, or what was listed anew under other names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from crawler.articles.redirected_page import leads_to
from crawler.copies.records import Judgement
from crawler.listings.identity import is_edit_of
from crawler.urls.canonical import web_link
from crawler.urls.page_key import page_key
from crawler.urls.sites import is_front_page, is_same_site
from crawler.visits.records import VisitResult
from storage.crawl import aliases, pages
from storage.models.articles import Article, ExtractedArticle
from storage.models.pages import Page
from storage.models.stories import CopyVerdict
from storage.stories import articles

_ALL_BUT_EDITED = 0.95  # share of each of two texts that the other one has
_SOON = timedelta(days=7)  # after which a publisher lists an old article anew on purpose
_FIGURE = re.compile(r"\d+")


def names_of(page: Page, result: VisitResult, extracted: ExtractedArticle) -> tuple[str, ...]:
    """Return the other addresses of a page: the one that answered, and its own word for it."""
    return tuple(_names(page, result, extracted))


def twin_of(
    conn: Connection,
    page: Page,
    names: Sequence[str],
    extracted: ExtractedArticle,
    judged: Judgement,
) -> Article | None:
    """Return the article of another page that this page is, if it is one.

    One of its other addresses (`names`) is that page's, and the texts bear it out; or the same site
    has it word for word. A name alone proves nothing: some sites give one canonical URL to all of
    their pages.
    """
    alike = {verdict.of_article_id: verdict for verdict in judged.verdicts}
    for url in names:
        article = _article_at(conn, url, page)
        if article is not None and (
            article.id in alike
            or article.text == extracted.text
            or _is_folded_with(conn, article, judged)
        ):
            return article
    return next(
        (
            article
            for article in _of_site(conn, page, judged)
            if _is_same(article, extracted, alike)
        ),
        None,
    )


def keep_names(
    conn: Connection, page: Page, source_id: int, names: Sequence[str], now: datetime
) -> None:
    """Keep the addresses by which a page that was read for the first time is known too."""
    for key in map(page_key, names):
        if not aliases.pages_of_keys(conn, [key]):
            aliases.add(conn, page.id, source_id=source_id, kind="url", value=key, now=now)


def settle_twin(conn: Connection, page: Page, article: Article, result: VisitResult) -> bool:
    """Record that a page is an article's, as `leads_to` does of that one's own page."""
    target = pages.get(conn, article.provenance.page_id)
    return target is not None and leads_to(conn, page, target, result)


def _names(page: Page, result: VisitResult, extracted: ExtractedArticle) -> Iterator[str]:
    own = page.key or page_key(page.url)
    for raw in (result.url, extracted.canonical_url):
        url = web_link(raw)  # what a page calls itself may be anything
        if url is None or page_key(url) == own or _is_front(url):
            continue
        if raw == result.url or is_same_site(result.url, url, names_itself=True):
            yield url


def _is_front(url: str) -> bool:
    _, _, path = page_key(url).partition("/")
    return not path or is_front_page(f"/{path}")


def _article_at(conn: Connection, url: str, page: Page) -> Article | None:
    key = page_key(url)
    other_page = pages.by_keys(conn, {key: url}).get(key)
    other_id = other_page.id if other_page else aliases.pages_of_keys(conn, [key]).get(key)
    return None if other_id in (None, page.id) else articles.of_page(conn, other_id)


def _is_folded_with(conn: Connection, article: Article, judged: Judgement) -> bool:
    return any(
        articles.get(conn, verdict.of_article_id).story_id == article.story_id
        for verdict in judged.verdicts
    )


def _of_site(conn: Connection, page: Page, judged: Judgement) -> Iterator[Article]:
    """Yield the articles of the page's site in the stories of what its text is a copy of."""
    copied = [verdict.of_article_id for verdict in judged.verdicts]
    for article_id, url in articles.addresses_beside(conn, copied):
        if is_same_site(url, page.url, names_itself=True):
            yield articles.get(conn, article_id)


def _is_same(article: Article, extracted: ExtractedArticle, alike: dict[int, CopyVerdict]) -> bool:
    if article.text == extracted.text:
        return True
    verdict = alike.get(article.id)
    return (
        verdict is not None
        and min(verdict.share_of_article, verdict.share_of_other) >= _ALL_BUT_EDITED
        and is_edit_of(extracted.title, article.title)
        and _FIGURE.findall(article.text) == _FIGURE.findall(extracted.text)
        and _are_near(article.dates.published, extracted.dates.published)
    )


def _are_near(one: datetime | None, other: datetime | None) -> bool:
    return one is None or other is None or abs(one - other) <= _SOON
