"""Read an article out of a page's bytes: the steps, in order.

The function and all that it takes and gives can be pickled: it runs in a worker process.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from crawler.extract.body import ExtractedBody, read_body
from crawler.extract.credits.people import PageIdentity, read_authors
from crawler.extract.credits.signals import PageData, collect_signals
from crawler.extract.dates.article_dates import DatedPage, read_dates
from crawler.extract.markup.addresses import base_of, host_or_empty, own_address
from crawler.extract.markup.charset import page_in_utf8
from crawler.extract.markup.clean_text import one_line
from crawler.extract.markup.head_tags import read_tags
from crawler.extract.markup.jsonld import choose_article, read_nodes, text_of
from crawler.extract.markup.script_state import with_state
from crawler.extract.markup.tree import check_kind, drop_code, parse_page
from crawler.extract.markup.word_count import count_words, has_words
from crawler.extract.rules.application import RuleValues, apply_rules
from crawler.extract.site_memory import SiteMemory
from crawler.extract.text.recurring_lines import split_recurring
from crawler.extract.text.standfirst import with_standfirst
from crawler.extract.text.trim import trim_text
from crawler.extract.text.wrapper import kind_of, part_wrapper
from crawler.extract.titles import Titles, choose_title, site_names
from crawler.extract.wall import wall_of
from storage.errors import ExtractError
from storage.models.articles import ExtractedArticle, WrapperKind, WrapperPassage
from storage.models.problems import Problem

if TYPE_CHECKING:
    from datetime import datetime

    from lxml.html import HtmlElement

    from crawler.extract.markup.head_tags import HeadTags
    from crawler.extract.markup.jsonld import Node
    from crawler.extract.rules.records import SiteRules
    from crawler.settings import ExtractSettings

_LANGUAGE_TAG = re.compile(r"([a-z]{2})(?:[-_].*)?\Z", re.IGNORECASE)
_MOST_HEADINGS = 100  # one may hold all others, and their text with it
_LANGUAGE_SAMPLE = 2000  # characters; more make py3langid slower and no surer
_LEAST_SAMPLE = 60  # characters, below which its guess is worth nothing


def extract_article(
    body: bytes,
    *,
    url: str,
    content_type: str | None,
    settings: ExtractSettings,
    now: datetime,
) -> ExtractedArticle:
    """Return the article that a page holds, when nothing is known of its site.

    `url` is the page's final address, `content_type` the header as received, `now` bounds dates.
    Raises ExtractError: NOT_HTML, TOO_DEEP, NOT_AN_ARTICLE for too short a text, or the wall's name.
    """
    article, _ = read_article(
        body, url=url, content_type=content_type, settings=settings, now=now, site=SiteMemory()
    )
    return article


def read_article(
    body: bytes,
    *,
    url: str,
    content_type: str | None,
    settings: ExtractSettings,
    now: datetime,
    site: SiteMemory,
    rules: SiteRules | None = None,
) -> tuple[ExtractedArticle, ExtractedBody]:
    """Return the article and how its text was come by. Raises what `extract_article` raises.

    What the site's own `rules` find counts, whatever else the page says. A page that has no text
    but in its scripts is read as a browser would have it.
    """

    def read(markup: bytes) -> tuple[ExtractedArticle, ExtractedBody]:
        return _read(markup, content_type, url=url, settings=settings, now=now, known=(site, rules))

    try:
        return read(body)
    except ExtractError as error:
        spelled = with_state(body) if error.problem is Problem.NOT_AN_ARTICLE else None
        if spelled is None:
            raise
        try:
            return read(spelled)
        except ExtractError:
            raise error from None


def _read(
    body: bytes,
    content_type: str | None,
    *,
    url: str,
    settings: ExtractSettings,
    now: datetime,
    known: tuple[SiteMemory, SiteRules | None],
) -> tuple[ExtractedArticle, ExtractedBody]:
    site, rules = known
    check_kind(body, content_type)
    tree = parse_page(page_in_utf8(body, content_type), max_depth=settings.max_depth)
    given = RuleValues() if rules is None else apply_rules(rules, tree, now)
    tags = read_tags(tree)
    nodes = read_nodes(tree)
    base = base_of(url, tags.base)
    canonical = own_address(url, tags.links.get("canonical", ()), base)
    article = choose_article(nodes, frozenset({url.rstrip("/"), canonical.rstrip("/")}))
    name = _site(article, tags, url)
    names = site_names(name, host_or_empty(url))
    title = given.title or _title(article, tags, tree, names)
    dates = read_dates(DatedPage(article or {}, nodes, tags, tree, title, url), now)
    if given.published is not None:
        dates = replace(dates, published=given.published, published_from="rule", published_flag="")
    drop_code(tree)  # htmldate reads code too
    authors = read_authors(article, nodes, tags, tree, PageIdentity(title, names))
    if given.authors:
        authors = replace(authors, people=given.authors)
    if given.lines:
        read = ExtractedBody(given.lines)
    else:
        read = read_body(tree, article, site.usable_templates())
    own, recurring = split_recurring(read.lines, site.lines)
    titles, people = (title, *_headings(tree)), authors.people
    text = trim_text("\n".join(own), titles=titles, authors=people)
    text, wrapper = part_wrapper(text, title)
    text = with_standfirst(text, _descriptions(article, tags), tree)
    # An agency's mark recurs on a site's pages, and is evidence all the same.
    whole = trim_text("\n".join(read.lines), titles=titles, authors=people) if recurring else text
    whole_text, _ = part_wrapper(whole, title)
    _check_text(title, text, tree, article, settings)
    page = PageData(article, nodes, base, name)
    extracted = ExtractedArticle(
        url=url,
        canonical_url=canonical,
        site=name,
        title=title,
        text=text,
        authors=authors.people or authors.organisations,
        dates=dates,
        language=_language(_declared_languages(article, tags), text),
        signals=collect_signals(tree, page, tags, authors, whole),
        wrapper=(*(_recurring(line, title) for line in recurring), *wrapper),
        whole=with_standfirst(whole_text, _descriptions(article, tags), tree) if recurring else "",
    )
    return extracted, read


def _recurring(line: str, title: str) -> WrapperPassage:
    return WrapperPassage(kind_of(line, title) or WrapperKind.RECURRING, line)


def _check_text(
    title: str, text: str, tree: HtmlElement, article: Node | None, settings: ExtractSettings
) -> None:
    wall = wall_of(title, text, tree=tree, article=article, min_words=settings.min_words)
    if wall is not None:
        raise ExtractError(wall.problem, wall.detail)
    if not has_words(text, settings.min_words):
        detail = f"{count_words(text)} words of text, {settings.min_words} are needed"
        raise ExtractError(Problem.NOT_AN_ARTICLE, detail)


def _site(article: Node | None, tags: HeadTags, url: str) -> str:
    names = (
        tags.first("og:site_name"),
        text_of((article or {}).get("publisher")),
        tags.first("application-name", "al:android:app_name"),
    )
    named = next((name for name in map(one_line, names) if name and "://" not in name), "")
    return named or host_or_empty(url).removeprefix("www.")


def _title(article: Node | None, tags: HeadTags, tree: HtmlElement, names: frozenset[str]) -> str:
    titles = Titles(
        headline=text_of((article or {}).get("headline")),
        shared=tags.first("og:title"),
        repeated=tags.first("twitter:title", "parsely-title", "sailthru.title", "dc.title"),
        headings=_headings(tree),
        tag=next((title.text or "" for title in tree.iter("title")), ""),
    )
    return choose_title(titles, names)


def _headings(tree: HtmlElement) -> tuple[str, ...]:
    headings = islice(tree.iter("h1"), _MOST_HEADINGS)
    return tuple(heading.text_content() for heading in headings)


def _descriptions(article: Node | None, tags: HeadTags) -> tuple[str, ...]:
    return (
        text_of((article or {}).get("description")),
        tags.first("og:description"),
        tags.first("description"),
    )


def _declared_languages(article: Node | None, tags: HeadTags) -> tuple[str, ...]:
    return (
        tags.language,
        text_of((article or {}).get("inLanguage")),
        tags.first("og:locale", "content-language", "language", "dc.language"),
    )


def _language(declared: tuple[str, ...], text: str) -> str | None:
    """Return an ISO 639-1 code: the first declared one that is one, else py3langid's, else None."""
    for tag in declared:
        match = _LANGUAGE_TAG.match(tag.strip())
        if match is not None:
            return match.group(1).lower()
    if len(text) < _LEAST_SAMPLE:
        return None
    import py3langid  # noqa: PLC0415  loads a model; only workers that need it pay

    code, _ = py3langid.classify(text[:_LANGUAGE_SAMPLE])
    return str(code)
