"""Our own reading of recorded pages: cold as the first page of its site, warm as a further one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from statistics import fmean
from typing import Any
from urllib.parse import urlsplit

from crawler.extract.article import read_article
from crawler.extract.page_reader import read_page
from crawler.extract.site_memory import SiteMemory
from crawler.extract.text.template import Template
from crawler.settings import ExtractSettings
from storage.errors import ExtractError
from storage.models.articles import ExtractedArticle
from tests.bench.extraction.found import Found
from tests.bench.replay import Recorded

_CRAWLED_AT = datetime(2026, 12, 1, tzinfo=UTC)  # after the newest of the recorded pages
_SETTINGS = ExtractSettings()
_MOST_TEACHING = 5  # pages of a site that are read before the one that is timed


def cold(page: Recorded, body: bytes) -> Found:
    """Read a page when nothing is known of its site, as the first of its pages is read."""
    article, read = read_article(body, site=SiteMemory(), **_asked(page))
    return replace(_found(article), asked=read.asked)


def warm(memories: Mapping[str, SiteMemory]) -> Callable[[Recorded, bytes], Found]:
    """Return the reading with what other pages taught; a page without others is read cold."""

    def read(page: Recorded, body: bytes) -> Found:
        known = memories.get(page.url)
        told = read_page(body, site=known, **_asked(page))
        fitted = known is not None and told.site is not None and _borne_out(told.site, known)
        return replace(_found(told.article), by_template=fitted)

    return read


def learn(pages: Sequence[Recorded]) -> dict[str, SiteMemory]:
    """Return, by a page's URL, what is known of its site after its other pages, in their order."""
    sites: dict[str, list[Recorded]] = {}
    for page in pages:
        sites.setdefault(_host(page), []).append(page)
    memories = (
        (page.url, _taught([other for other in sites[_host(page)] if other.url != page.url]))
        for page in pages
    )
    return {url: memory for url, memory in memories if memory is not None}


def _taught(pages: Sequence[Recorded]) -> SiteMemory | None:
    memory: SiteMemory | None = None
    for page in pages[:_MOST_TEACHING]:
        try:
            read = read_page(_bytes(page), site=memory, **_asked(page))
        except ExtractError:
            continue
        memory = read.site or memory
    return memory


def _bytes(page: Recorded) -> bytes:
    return page.html.encode("utf-8", "surrogatepass")


def learned(pages: Sequence[Recorded], memories: Mapping[str, SiteMemory]) -> dict[str, Any]:
    """Figures of the memories themselves."""
    sizes = [len(memory.to_bytes()) for memory in memories.values()]
    cuts = [any(map(_has_cut, memory.templates)) for memory in memories.values()]
    return {
        "hosts": len({_host(page) for page in pages}),
        "pages_with_memory": len(memories),
        "pages_with_cut": sum(cuts),
        "memory_bytes": round(fmean(sizes)) if sizes else 0,
        "memory_bytes_most": max(sizes, default=0),
    }


def _asked(page: Recorded) -> dict[str, Any]:
    return {
        "url": page.url,
        "content_type": "text/html; charset=utf-8",
        "settings": _SETTINGS,
        "now": _CRAWLED_AT,
    }


def _found(article: ExtractedArticle) -> Found:
    return Found(article.text, article.title, article.dates.published, article.authors)


def _borne_out(after: SiteMemory, before: SiteMemory) -> bool:
    """Whether one of the templates fitted the page, so that none was learned anew."""
    return any(t.pages > 1 for t in after.templates[:1]) and len(after.templates) == len(
        before.templates
    )


def _has_cut(template: Template) -> bool:
    return template.cut is not None and template.cut.is_tried


def _host(page: Recorded) -> str:
    return urlsplit(page.url).hostname or ""
