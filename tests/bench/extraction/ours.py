"""Our own reading of recorded pages: cold as the first page of its site, warm as a further one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from statistics import fmean
from typing import Any
from urllib.parse import urlsplit

from crawler.extract.article import read_article
from crawler.extract.reading import read_page
from crawler.extract.site_memory import SiteMemory
from crawler.settings import ExtractSettings
from storage.errors import ExtractError
from tests.bench.extraction.found import Found
from tests.bench.replay import Recorded

_CRAWLED_AT = datetime(2026, 12, 1, tzinfo=UTC)  # after the newest of the recorded pages
_SETTINGS = ExtractSettings()


def cold(page: Recorded, body: bytes) -> Found:
    """Read a page of whose site nothing is known."""
    return _read(page, body, SiteMemory())


def warm(memories: Mapping[str, SiteMemory]) -> Callable[[Recorded, bytes], Found]:
    """Give the reading with what was learned; a page of a site without a memory is read cold."""
    return lambda page, body: _read(page, body, memories.get(_host(page), SiteMemory()))


def learn(pages: Sequence[Recorded]) -> dict[str, SiteMemory]:
    """Read all pages once, in their order, and give what is known of each host then."""
    memories: dict[str, SiteMemory] = {}
    for page in pages:
        try:
            read = read_page(
                page.html.encode("utf-8", "surrogatepass"),
                url=page.url,
                content_type="text/html; charset=utf-8",
                settings=_SETTINGS,
                now=_CRAWLED_AT,
                site=memories.get(_host(page)),
            )
        except ExtractError:
            continue
        if read.site is not None:
            memories[_host(page)] = read.site
    return memories


def learned(pages: Sequence[Recorded], memories: Mapping[str, SiteMemory]) -> dict[str, Any]:
    """Figures of the memories themselves."""
    sizes = [len(memory.to_bytes()) for memory in memories.values()]
    return {
        "hosts": len({_host(page) for page in pages}),
        "memory_bytes": round(fmean(sizes)) if sizes else 0,
        "memory_bytes_most": max(sizes, default=0),
    }


def _read(page: Recorded, body: bytes, site: SiteMemory) -> Found:
    article, read = read_article(
        body,
        url=page.url,
        content_type="text/html; charset=utf-8",
        settings=_SETTINGS,
        now=_CRAWLED_AT,
        site=site,
    )
    return Found(
        text=article.text,
        title=article.title,
        published=article.published,
        authors=article.authors,
        asked=read.asked,
        by_template=read.fitting is not None,
    )


def _host(page: Recorded) -> str:
    return urlsplit(page.url).hostname or ""
