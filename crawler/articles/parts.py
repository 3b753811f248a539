"""Articles over several pages: their parts are fetched one after the other, and joined."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from crawler.extract.page_reader import ExtractedPage, read_page
from crawler.visits.deps import CrawlDeps
from crawler.visits.due import page_due, part_due
from crawler.visits.records import VisitResult
from storage.errors import ExtractError
from storage.models.articles import ExtractedArticle
from storage.models.pages import ListedPage, PageListing

_MOST_PARTS = 10
_LEAST_WORDS = 5  # of a part that is not the first
_MOST_KNOWN = 0.5  # share of a part's lines that stood before: more is the same page again
_AGAIN = timedelta(minutes=30)  # when the page is visited anew if its parts are never answered


@dataclass(frozen=True, slots=True)
class PartedArticle:
    """An article as far as its parts were read, what the visit to its page brought, and its next part."""

    listed: ListedPage
    listings: Sequence[PageListing]
    result: VisitResult
    extracted: ExtractedArticle
    next_part: str | None = None
    parts: int = 1


class ArticleParts:
    """Gathers the parts of articles; `take` is given each that is whole, or as much of it as there is."""

    def __init__(self, deps: CrawlDeps, take: Callable[[PartedArticle], Awaitable[None]]) -> None:
        self._deps = deps
        self._take = take
        self._by_page: dict[int, PartedArticle] = {}

    async def begin(self, article: PartedArticle) -> None:
        """Take an article whose page was read: at once, or when its parts were read too."""
        await self._go_on(article, article.result.at)

    async def take_part(self, page_id: int, result: VisitResult) -> None:
        """Take a part that was asked for."""
        await self._deps.frontier.remove(result.lease.due.key)
        article = self._by_page.pop(page_id, None)
        if article is None:  # begun before a restart: its page is visited anew
            return
        part = None if result.problem is not None else await self._read(article, result)
        joined = None if part is None else joined_article(article.extracted, part.article)
        if part is None or joined is None:
            await self._take(article)
            return
        longer = replace(
            article, extracted=joined, next_part=part.next_part, parts=article.parts + 1
        )
        await self._go_on(longer, result.at)

    async def _go_on(self, article: PartedArticle, at: datetime) -> None:
        """Have the next part asked for; an article that has none is whole."""
        page = article.listed.page
        if article.next_part is None or article.parts >= _MOST_PARTS:
            await self._take(article)
            return
        self._by_page[page.id] = article
        await self._deps.frontier.put(page_due(page, at + _AGAIN))
        await self._deps.frontier.put(part_due(page, article.next_part, at))
        self._deps.on_due()

    async def _read(self, article: PartedArticle, result: VisitResult) -> ExtractedPage | None:
        least = min(_LEAST_WORDS, self._deps.settings.min_words)
        try:
            read: ExtractedPage = await self._deps.parser.run(
                read_page,
                result.body,
                url=result.url,
                content_type=result.content_type,
                settings=self._deps.settings.model_copy(update={"min_words": least}),
                now=self._deps.clock(),
                site=None,
                first_url=article.result.url,
                number=article.parts + 1,
            )
        except ExtractError:
            return None
        return read


def joined_article(article: ExtractedArticle, part: ExtractedArticle) -> ExtractedArticle | None:
    """Return an article with what a further part adds to it; None when that says it all again."""
    before = set((article.whole or article.text).splitlines())
    lines = part.text.splitlines()
    new = [line for line in lines if line not in before]
    if not new or len(new) < (1 - _MOST_KNOWN) * len(lines):
        return None
    more = "\n".join(new)
    whole = f"{article.whole}\n{more}" if article.whole else ""
    return replace(article, text=f"{article.text}\n{more}", whole=whole)
