"""Articles, their revisions, and what a page says. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Signal:
    """Something a page says about where its text comes from, as found; weighed elsewhere."""

    kind: str  # e.g. canonical, og_url, syndication_source, jsonld_publisher, dateline, byline_agency, phrase
    value: str


class WrapperKind(StrEnum):
    """What a passage of the wrapper is."""

    DATE = "date"
    PROMO = "promo"
    HASHTAGS = "hashtags"
    BYLINE = "byline"
    SHARE = "share"
    COMMENTS = "comments"
    RELATED = "related"
    RECURRING = "recurring"  # it stands on other pages of the site too
    PAYWALL = "paywall"  # the text is a teaser; the passage says what shows it
    FEED = "feed"  # the text is the feed's; the passage says why the page's is not
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class WrapperPassage:
    """A passage that a site put round or into a text; kept apart from it, as evidence."""

    kind: WrapperKind
    text: str


@dataclass(frozen=True, slots=True)
class ArticleDates:
    """When a page says that its article was published and changed.

    `published_from` and `modified_from` name where the date was read (jsonld, meta, time element,
    address, text, htmldate, listing), `published_flag` how the page lies about it (future, too old,
    impossible, today's header), or why it is the bare day (zone not known, hour not read); '' for neither.
    """

    published: datetime | None = None
    published_from: str = ""
    published_flag: str = ""
    modified: datetime | None = None
    modified_from: str = ""


@dataclass(frozen=True, slots=True)
class ExtractedArticle:
    """What a page says, read out of its bytes.

    Paragraphs of `text` are separated by single newlines. `whole` is the text with the lines that
    recur on its site, where some were taken out.
    """

    url: str
    canonical_url: str
    site: str  # the site's name, or its host when the page gives none
    title: str
    text: str
    authors: tuple[str, ...] = ()
    language: str | None = None  # ISO 639-1
    dates: ArticleDates = ArticleDates()
    signals: tuple[Signal, ...] = ()
    wrapper: tuple[WrapperPassage, ...] = ()
    whole: str = ""


@dataclass(frozen=True, slots=True)
class ArticleProvenance:
    """Where a stored text came from: whose page, read when, and what the page says of its source."""

    page_id: int
    source_id: int
    canonical_url: str
    fetched_at: datetime
    text_hash: str
    signals: tuple[Signal, ...] = ()
    wrapper: tuple[WrapperPassage, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """A stored article: the newest revision of what a page said."""

    id: int
    story_id: int
    url: str
    host: str
    site: str
    title: str
    text: str
    authors: tuple[str, ...]
    language: str | None
    dates: ArticleDates
    first_seen: datetime
    revision: int
    backlog: bool
    provenance: ArticleProvenance


@dataclass(frozen=True, slots=True)
class Revision:
    """What an article said from one time on, with what topics are shown of it.

    `at` is when the page was read. Of earlier revisions the title and the text are kept; all else
    is what the newest says.
    """

    article_id: int
    revision: int
    story_id: int
    url: str
    host: str
    site: str
    title: str
    text: str
    authors: tuple[str, ...]
    language: str | None
    dates: ArticleDates
    first_seen: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class Arrival:
    """That an article, or a new revision of it, was stored, and shown to the topics."""

    story_id: int
    article_id: int
    revision: int
    at: datetime
    backlog: bool


@dataclass(frozen=True, slots=True)
class ComparedArticle:
    """What is compared of an article, and which story it is in."""

    id: int
    title: str
    text: str
    host: str
    story_id: int
    published: datetime | None
    first_seen: datetime


@dataclass(frozen=True, slots=True)
class StaleRepost:
    """That an article presents an old text as new: the day of the text, and why we think so."""

    dated: date
    says: str  # a sentence for operators
