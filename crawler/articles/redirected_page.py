"""The page that an answer is of: an article's address is the one that answered, not what led there."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from crawler.articles.revisions import says_the_same
from crawler.listings.listed_items import weigh_anew
from crawler.urls.canonical import web_link
from crawler.urls.page_key import page_key
from crawler.urls.sites import is_same_site
from crawler.visits.records import VisitResult
from storage.crawl import aliases, page_listings, pages
from storage.models.articles import Article, ExtractedArticle
from storage.models.pages import Page, PageState


@dataclass(frozen=True, slots=True)
class AnsweredPage:
    """A page to which another one led; `released` when its article is news now, by who lists that."""

    page: Page
    released: bool = False


def answered_address(page: Page, result: VisitResult, extracted: ExtractedArticle) -> str | None:
    """Return the canonical URL of another page that answered for this one; None when none did.

    A page that was read at another address of its site, and says there that its own is the one
    that was asked for, is no other one.
    """
    url = web_link(result.url)
    own = page.key or page_key(page.url)
    if url is None or page_key(url) == own:
        return None
    named = web_link(extracted.canonical_url)
    if named is not None and page_key(named) == own:
        return None if is_same_site(result.url, named, names_itself=True) else url
    return url


def is_led_astray(known: Article, url: str | None, extracted: ExtractedArticle) -> bool:
    """Tell whether the address of an article that was read before leads to another site's text."""
    if url is None or says_the_same(known, extracted):
        return False
    return not is_same_site(known.url, url, names_itself=False)


def answered_page(conn: Connection, page: Page, url: str, result: VisitResult) -> AnsweredPage:
    """Return the page at an address to which another one led: a known one, or one that is added.

    The one that led there is not visited again, until a further source lists it.
    """
    key = page_key(url)
    target = pages.by_url(conn, url) or pages.by_keys(conn, {key: url}).get(key)
    if target is None:
        found_at = page.found_at if page.attempts == 0 else result.at
        target = pages.add(conn, url, key=key, now=found_at)
    pages.lock(conn, [target.id])
    return AnsweredPage(target, released=leads_to(conn, page, target, result))


def leads_to(conn: Connection, page: Page, target: Page, result: VisitResult) -> bool:
    """Record that a page's address is another one's name, and that the other is visited in its place.

    Who lists it lists the other from now on. Return whether that makes news of the other's article.
    """
    listed_by_more = page_listings.copy(conn, page.id, target.id)
    key = page.key or page_key(page.url)
    for listing in page_listings.of_page(conn, page.id)[:1]:
        source_id = listing.source_id
        aliases.add(conn, target.id, source_id=source_id, kind="url", value=key, now=result.at)
    pages.settle(
        conn,
        page.id,
        state=PageState.DONE,
        now=result.at,
        http_status=result.status,
        detail=f"the same page as {target.url}",
    )
    return listed_by_more and weigh_anew(conn, target, result.at)
