"""Read a page with what is known of its site: the call that runs in a parser process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.extract.article import read_article
from crawler.extract.site_memory import SiteMemory
from storage.models import ExtractedArticle

if TYPE_CHECKING:
    from datetime import datetime

    from crawler.settings import ExtractSettings


@dataclass(frozen=True, slots=True)
class PageRead:
    """The article that a page holds, and what is known of its site now (None: nothing new)."""

    article: ExtractedArticle
    site: SiteMemory | None


def read_page(
    body: bytes,
    *,
    url: str,
    content_type: str | None,
    settings: ExtractSettings,
    now: datetime,
    site: SiteMemory | None,
) -> PageRead:
    """Give the article that a page holds. Raises what `extract_article` raises."""
    known = site or SiteMemory()
    article, read = read_article(
        body, url=url, content_type=content_type, settings=settings, now=now, site=known
    )
    return PageRead(article, known.after(read, url))
