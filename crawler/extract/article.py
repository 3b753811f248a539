"""Read an article out of a page's bytes: the steps, in order.

The function and all that it takes and gives can be pickled: it runs in a worker process.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from crawler.extract.article_text import TextFacts, WrittenText, article_text
from crawler.extract.body import ExtractedBody, other_readings, read_body
from crawler.extract.credits.people import PageIdentity, read_authors
from crawler.extract.credits.signals import PageData, collect_signals
from crawler.extract.dates.article_dates import DatedPage, read_dates
from crawler.extract.dates.date_value import DatePlace
from crawler.extract.language import declared_language, language_of
from crawler.extract.markup.addresses import absolute, base_of, host_or_empty, own_address
from crawler.extract.markup.charset import page_in_utf8
from crawler.extract.markup.clean_text import one_line
from crawler.extract.markup.element_text import spaced_text
from crawler.extract.markup.head_tags import read_tags
from crawler.extract.markup.jsonld import choose_article, read_nodes, text_of
from crawler.extract.markup.script_state import with_state
from crawler.extract.markup.tree import check_kind, drop_code, parse_page
from crawler.extract.markup.word_count import plain
from crawler.extract.page_kind import kind_beside_articles
from crawler.extract.rules.application import RuleValues, apply_rules
from crawler.extract.site_memory import SiteMemory
from crawler.extract.titles import Titles, choose_title, site_names
from crawler.lexicon.time_zones import country_of
from crawler.urls.page_key import page_key
from storage.errors import ExtractError
from storage.models.articles import ExtractedArticle
from storage.models.problems import Problem

if TYPE_CHECKING:
    from datetime import datetime

    from lxml.html import HtmlElement

    from crawler.extract.markup.head_tags import HeadTags
    from crawler.extract.markup.jsonld import Node
    from crawler.extract.rules.records import SiteRules
    from crawler.settings import ExtractSettings
    from storage.models.articles import ArticleDates

_MOST_PUT_OUT = 2  # paragraphs
_MOST_HEADINGS = 100  # one may hold all others, and their text with it
_FEW_WORDS = 15  # of a text whose page states that it is an article


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
    article = _own_node(nodes, tags, tree, (url, canonical), base)
    name = _site(article, tags, url)
    names = site_names(name, host_or_empty(url))
    title = given.title or _title(article, tags, tree, names)
    language = declared_language(_declared_languages(article, tags))
    place = DatePlace(language, country_of(host_or_empty(url)))
    dates = read_dates(DatedPage(article or {}, nodes, tags, tree, title, url, place), now)
    if given.published is not None:
        dates = replace(dates, published=given.published, published_from="rule", published_flag="")
    drop_code(tree)  # htmldate reads code too
    authors = read_authors(article, nodes, tags, tree, PageIdentity(title, names))
    if given.authors:
        authors = replace(authors, people=given.authors)
    kind = kind_beside_articles(nodes, tags, dates, authors=bool(authors.people), url=url)
    if kind and rules is None:
        raise ExtractError(Problem.NOT_AN_ARTICLE, kind)
    if given.lines:
        read = ExtractedBody(given.lines)
    else:
        read = read_body(tree, article, site.usable_templates())
    facts = TextFacts(
        titles=(title, *_headings(tree)),
        people=authors.people,
        descriptions=_descriptions(article, tags),
        article=article,
        tree=tree,
        lines=site.lines,
        least=_least_words(article, tags, dates, settings),
    )
    written = article_text(read.lines, facts)
    if written.problem is not None and not given.lines:
        read, written = _reread(read, written, facts)
    if written.problem is not None:
        raise written.problem
    page = PageData(article, nodes, base, name)
    extracted = ExtractedArticle(
        url=url,
        canonical_url=canonical,
        site=name,
        title=title,
        text=written.text,
        authors=authors.people or authors.organisations,
        dates=dates,
        language=language_of(_declared_languages(article, tags), written.text),
        signals=collect_signals(tree, page, tags, authors, written.whole or written.text),
        wrapper=written.wrapper,
        whole=written.whole,
    )
    return extracted, read


def _reread(
    read: ExtractedBody, written: WrittenText, page: TextFacts
) -> tuple[ExtractedBody, WrittenText]:
    """Return what another reader makes of a page that is about to be refused, where that is prose."""
    for other in other_readings(page.tree, page.article, read):
        text = article_text(other.lines, page)
        if text.problem is None:
            return other, text
    return read, written


def _least_words(
    article: Node | None, tags: HeadTags, dates: ArticleDates, settings: ExtractSettings
) -> int:
    """Return how many words make an article: few, where a page states that it is one, and its day."""
    declared = article is not None or tags.first("og:type").strip().lower() == "article"
    dated = dates.published is not None and not dates.published_flag
    return min(settings.min_words, _FEW_WORDS) if declared and dated else settings.min_words


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
    return tuple(spaced_text(heading) or _put_out(heading) for heading in headings)


def _put_out(heading: HtmlElement) -> str:
    """Return the paragraphs of a heading: the parser puts them behind it, and leaves it empty."""
    following = islice(heading.itersiblings("*"), _MOST_PUT_OUT)
    texts = (one_line(paragraph.text_content()) for paragraph in following)
    lines = takewhile(lambda text: text and not text.endswith("."), texts)
    return " ".join(lines) if heading.getnext() is not None and heading.getnext().tag == "p" else ""


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


def _own_node(
    nodes: tuple[Node, ...], tags: HeadTags, tree: HtmlElement, urls: tuple[str, str], base: str
) -> Node | None:
    """Return the JSON-LD of the page's own article, by its addresses and its titles."""
    titles = [plain(tags.first("og:title")), *map(plain, _headings(tree))]
    titles += [plain(title.text or "") for title in tree.iter("title")]

    def is_title(headline: str) -> bool:
        plain_headline = plain(headline)
        return bool(plain_headline) and any(plain_headline in title for title in titles)

    return choose_article(
        nodes,
        own=[key for url in urls if (key := _key_named(url, base)) is not None],
        key_of=lambda raw: _key_named(raw, base),
        is_title=is_title,
    )


def _key_named(raw: str, base: str) -> str | None:
    """Return the key of the page that an address names; None for a front page, or for no address."""
    address = absolute(raw, base) if raw else None
    key = page_key(address) if address is not None else ""
    return key if key.partition("/")[2] or "?" in key else None
