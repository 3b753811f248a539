"""Read a page with what is known of its site: the call that runs in a parser process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crawler.extract.article import read_article
from crawler.extract.body import ExtractedBody
from crawler.extract.next_part import next_part
from crawler.extract.site_memory import SiteMemory
from crawler.extract.text.cut import PageCut, apply_cut, tried
from crawler.extract.text.template import Template
from storage.errors import ExtractError
from storage.models.articles import ExtractedArticle

if TYPE_CHECKING:
    from datetime import datetime

    from crawler.extract.rules.records import SiteRules
    from crawler.settings import ExtractSettings

_Read = Callable[[bytes, SiteMemory], tuple[ExtractedArticle, ExtractedBody]]


@dataclass(frozen=True, slots=True)
class ExtractedPage:
    """The article that a page holds, and what is known of its site now (None: nothing new).

    `next_part` is the address of its next page, where it is spread over several.
    """

    article: ExtractedArticle
    site: SiteMemory | None
    next_part: str | None = None


def read_page(
    body: bytes,
    *,
    url: str,
    content_type: str | None,
    settings: ExtractSettings,
    now: datetime,
    site: SiteMemory | None,
    rules: SiteRules | None = None,
    first_url: str | None = None,
    number: int = 1,
) -> ExtractedPage:
    """Return the article that a page holds. Raises what `extract_article` raises.

    A page that is read by its site's own `rules` teaches nothing. Of an article over several pages
    it may be part `number`; the article begins at `first_url` (None: here).
    """
    article, memory = _read_page(body, url, content_type, settings, now, site, rules)
    part = next_part(
        body,
        url=url,
        first_url=first_url or url,
        number=number + 1,
        content_type=content_type,
        max_depth=settings.max_depth,
    )
    return ExtractedPage(article, memory, part)


def _read_page(  # noqa: PLR0917 - as `read_page` is given them
    body: bytes,
    url: str,
    content_type: str | None,
    settings: ExtractSettings,
    now: datetime,
    site: SiteMemory | None,
    rules: SiteRules | None,
) -> tuple[ExtractedArticle, SiteMemory | None]:
    """Return the article that a page holds, and what is known of its site now."""
    memory_of_site = site or SiteMemory()

    def read(markup: bytes, memory: SiteMemory) -> tuple[ExtractedArticle, ExtractedBody]:
        return read_article(
            markup,
            url=url,
            content_type=content_type,
            settings=settings,
            now=now,
            site=memory,
            rules=rules,
        )

    if rules is not None:
        return read(body, memory_of_site)[0], None

    for template in memory_of_site.usable_templates():
        reading = _read_cut(body, template, memory_of_site, read)
        if reading is not None and reading[0].title and reading[0].dates.published:
            return reading[0], memory_of_site.after(reading[1], url)
    article, extracted = read(body, memory_of_site)
    used = extracted.fitting or extracted.learned
    if used is not None and used.cut is not None and not used.cut.is_tried:
        extracted = extracted.with_cut(_tried(body, article, used, memory_of_site, read))
    return article, memory_of_site.after(extracted, url)


def _read_cut(
    body: bytes, template: Template, memory: SiteMemory, read: _Read
) -> tuple[ExtractedArticle, ExtractedBody] | None:
    """Read what a template's cut leaves of a page; None where it does not fit."""
    if template.cut is None or not template.cut.is_tried:
        return None
    markup = apply_cut(template.cut, body, proved=template.is_proved)
    return None if markup is None else _read_with(template, markup, memory, read)


def _read_with(
    template: Template, markup: bytes, memory: SiteMemory, read: _Read
) -> tuple[ExtractedArticle, ExtractedBody] | None:
    try:
        reading = read(markup, replace(memory, pages=0, templates=(template,)))
    except ExtractError:
        return None
    return reading if reading[1].fitting is not None else None


def _tried(
    body: bytes, article: ExtractedArticle, template: Template, memory: SiteMemory, read: _Read
) -> PageCut | None:
    """Return a template's cut once it is seen to change nothing on this page, else None."""
    if template.cut is None:
        return None
    markup = apply_cut(template.cut, body, proved=True)
    reading = None if markup is None else _read_with(template, markup, memory, read)
    return tried(template.cut, body) if reading is not None and reading[0] == article else None
