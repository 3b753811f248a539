"""The records that travel between the rooms; the words are the design's glossary.

All times are aware and UTC. Records are frozen; a changed record is a new record.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime, time


class Problem(StrEnum):
    """Why a page gave no article or a source no listing: the names that operators see."""

    BLOCKED_ADDRESS = "blocked_address"
    BAD_URL = "bad_url"
    DNS_NOT_FOUND = "dns_not_found"
    DNS_FAILURE = "dns_failure"
    CONNECTION_REFUSED = "connection_refused"
    CONNECTION_LOST = "connection_lost"
    TLS_ERROR = "tls_error"
    TIMEOUT = "timeout"
    TOO_LARGE = "too_large"
    TRUNCATED = "truncated"
    BAD_RESPONSE = "bad_response"
    REDIRECT_LOOP = "redirect_loop"
    ROBOTS_DISALLOWED = "robots_disallowed"
    ROBOTS_UNREACHABLE = "robots_unreachable"
    NOT_FOUND = "not_found"
    GONE = "gone"
    FORBIDDEN = "forbidden"
    RATE_LIMITED = "rate_limited"
    CLIENT_ERROR = "client_error"
    SERVER_ERROR = "server_error"
    NOT_HTML = "not_html"
    NOT_A_FEED = "not_a_feed"
    NOT_AN_ARTICLE = "not_an_article"
    SOFT_404 = "soft_404"  # a page that says "not found" and answers 200
    CONSENT_WALL = "consent_wall"
    LOGIN_WALL = "login_wall"
    BOT_WALL = "bot_wall"
    PAYWALL = "paywall"
    PARKED = "parked"  # a domain that is for sale
    TOO_DEEP = "too_deep"
    PARSE_TIMEOUT = "parse_timeout"
    PARSE_CRASHED = "parse_crashed"


class SourceKind(StrEnum):
    """What a source's listing is."""

    FEED = "feed"
    SITEMAP = "sitemap"
    SECTION = "section"  # a page of links, of which some lead to articles


class SourceState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"


class PageState(StrEnum):
    """Where a page stands: waiting to be fetched, or what became of it."""

    DUE = "due"
    DONE = "done"
    REFUSED = (
        "refused"  # fetched or asked for, and it holds no article (robots, 404, not an article)
    )
    FAILED = "failed"  # given up after several tries


class Relation(StrEnum):
    """How a copy's text stands to the text that it was found in."""

    EXACT = "exact"
    NEAR = "near"
    CONTAINS = "contains"  # a reprint with a lead or a wrapper round it
    EXCERPT = "excerpt"
    PARTIAL = "partial"


class Channel(StrEnum):
    EMAIL = "email"
    WEBHOOK = "webhook"
    APPRISE = "apprise"  # any service that Apprise speaks; the address is its URL


class WatchMode(StrEnum):
    """Of which stories that match a recipient is told."""

    EVERY = "every"
    FIRST_OF_DAY = "first-of-day"
    SPIKE = "spike"  # the story with which a day's count is far over that of the 14 days before


class DeliveryState(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"  # a dead letter: given up, replayable


class DeliveryKind(StrEnum):
    ALERT = "alert"
    DIGEST = "digest"  # what waited for a recipient's time, in one
    SUMMARY = "summary"  # what came beyond the most that a recipient wants in an hour
    NOTICE = "notice"  # of Wirewatch itself: an endpoint that fails
    TEST = "test"  # asked for by an operator


@dataclass(frozen=True, slots=True)
class Source:
    """A publisher's listing (a feed, a sitemap, a section page) that we poll.

    `hub_url` and `self_url` are what the listing says of WebSub; `sitemap_url` is where items are
    looked for that fell out of the listing between two polls, `missed` counts them, `overlap` is
    the share of the last listing that was known before. `rhythm` is the recrawl policy's, `learned`
    the section reader's. `trust` counts the "not modified" answers in a row that a full fetch bore
    out, the last of them at `checked_at`.
    """

    id: int
    url: str
    title: str
    site_url: str
    state: SourceState
    alert_backlog: bool
    added_at: datetime
    primed_at: datetime | None  # the first successful fetch; what it listed is backlog
    next_fetch_at: datetime
    next_reason: str
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    last_fetch_at: datetime | None = None
    last_success_at: datetime | None = None
    failures: int = 0  # failures in a row
    problem: Problem | None = None
    problem_detail: str = ""
    article_rate: float = 0.0  # new items an hour, decayed
    rate_at: datetime | None = None
    kind: SourceKind = SourceKind.FEED
    hub_url: str | None = None
    self_url: str | None = None
    sitemap_url: str | None = None
    daily_budget: int | None = None  # requests a day; None: the setting
    rhythm: Mapping[str, Any] | None = None
    learned: Mapping[str, Any] | None = None
    weight: float = 1.0  # of the topics that it feeds
    overlap: float | None = None
    missed: int = 0
    listed: int | None = None  # items of the last listing
    trust: int = 0
    checked_at: datetime | None = None
    told_failing_at: datetime | None = None
    quiet: str = ""  # that it publishes nothing, where its own rhythm makes that odd
    degraded: str = ""  # why not all of its last listing could be read


@dataclass(frozen=True, slots=True)
class ListedItem:
    """One entry of a listing: a link, and what the publisher says of it.

    `changed` is when the page was changed last: a sitemap often says no more.
    """

    url: str
    guid: str | None = None
    title: str = ""
    published: datetime | None = None
    credited_source: str | None = None  # RSS <source url>, a publisher's address or name
    changed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A listing, read: newest items first, as listed otherwise.

    `ttl_minutes` is how long its publisher asks to wait between two polls, `period_minutes` how
    often it says that it changes; in `skip_hours` (of the day, UTC) and on `skip_days` (0 is Monday)
    it wants no polls. `sitemaps` are those that an index names, the newest first.
    """

    title: str
    site_url: str | None
    items: tuple[ListedItem, ...]
    ttl_minutes: int | None = None
    degraded: str | None = None  # why not all of it could be read
    period_minutes: float | None = None
    hub_url: str | None = None
    self_url: str | None = None
    sitemaps: tuple[str, ...] = ()
    kind: SourceKind = SourceKind.FEED
    moved_to: str | None = None  # as its publisher says in it
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """That a source's listing is somewhere else now; `how` we learned of it."""

    from_url: str
    to_url: str
    how: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """A URL in the frontier, and what is known of it."""

    id: int
    url: str
    source_id: int
    state: PageState
    found_at: datetime
    found_how: str
    backlog: bool
    due_at: datetime
    attempts: int = 0
    guid: str | None = None
    listed_title: str = ""
    listed_published: datetime | None = None
    credited_source: str | None = None
    last_fetch_at: datetime | None = None
    http_status: int | None = None
    problem: Problem | None = None
    problem_detail: str = ""
    next_reason: str = ""
    key: str = ""  # what all its addresses have in common; "" when it was found before keys were


class Purpose(StrEnum):
    """What a request was made for."""

    LISTING = "listing"
    PAGE = "page"
    ROBOTS = "robots"
    LOOK = "look"  # an operator's: source add, source check


@dataclass(frozen=True, slots=True)
class Fetch:
    """One request: a line of the request ledger.

    `at` is when it was sent, `seconds` until its answer was read. `gap` is the least time in
    seconds that was to pass since the host's last answer, `domain` the registrable domain,
    `retry_after` until when the host asked us to stay away.
    """

    url: str
    host: str
    source_id: int | None
    page_id: int | None
    at: datetime
    seconds: float
    status: int | None
    size: int  # bytes of body, decoded
    outcome: str  # "ok", "not_modified", or a Problem's value
    purpose: Purpose = Purpose.PAGE
    domain: str = ""
    gap: float = 0.0
    retry_after: datetime | None = None
    conditional: bool = False

    @property
    def ended(self) -> datetime:
        """When its answer had been read."""
        return self.at + timedelta(seconds=self.seconds)


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
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Wrapping:
    """A passage that a site put round or into a text; kept apart from it, as evidence."""

    kind: WrapperKind
    text: str


@dataclass(frozen=True, slots=True)
class ExtractedArticle:
    """What a page says, read out of its bytes.

    `published_from` names where the date was read (jsonld, meta, time element, address, text,
    htmldate, listing), and `published_flag` how the page lies about it (future, too old,
    impossible, today's header; '' for not at all).
    Paragraphs of `text` are separated by single newlines.
    """

    url: str
    canonical_url: str
    site: str  # the site's name, or its host when the page gives none
    title: str
    text: str
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    published_from: str = ""
    modified: datetime | None = None
    language: str | None = None  # ISO 639-1
    signals: tuple[Signal, ...] = ()
    published_flag: str = ""
    modified_from: str = ""
    wrapper: tuple[Wrapping, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """A stored article: the newest revision of what a page said."""

    id: int
    page_id: int
    source_id: int
    story_id: int
    url: str
    canonical_url: str
    host: str
    site: str
    title: str
    text: str
    authors: tuple[str, ...]
    published: datetime | None
    published_from: str
    modified: datetime | None
    language: str | None
    first_seen: datetime
    fetched_at: datetime
    revision: int
    text_hash: str
    backlog: bool
    signals: tuple[Signal, ...] = ()
    published_flag: str = ""
    modified_from: str = ""
    wrapper: tuple[Wrapping, ...] = ()


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
    published: datetime | None
    language: str | None
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
class ArticleText:
    """What is compared of an article, and which story it is in."""

    id: int
    text: str
    host: str
    story_id: int
    first_seen: datetime


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of words that two texts share; offsets are characters into each stored text."""

    start: int
    end: int
    other_start: int
    other_end: int

    def swapped(self) -> Passage:
        """Return the same run as the other text has it."""
        return Passage(self.other_start, self.other_end, self.start, self.end)


@dataclass(frozen=True, slots=True)
class CopyVerdict:
    """Why one article was folded into a story: the closest known text and how much they share.

    `share_of_article` is the share of this article's words found in the other text,
    `share_of_other` the share of the other's words found here (containment, both ways).
    """

    of_article_id: int
    relation: Relation
    share_of_article: float
    share_of_other: float
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason to hold an article for the original of its story."""

    article_id: int
    kind: str
    says: str  # a sentence for operators
    weight: float  # in favour when positive, against when negative


@dataclass(frozen=True, slots=True)
class Origin:
    """Who wrote a story first, as far as we can tell.

    That is the article, or `named_publisher`: one that copies name as the origin and that is not
    crawled. Then the article is the best copy that is known. The confidence, 0 to 1, is that of
    this answer.
    """

    article_id: int
    confidence: float
    evidence: tuple[Evidence, ...]
    named_publisher: str | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """An article and all its copies; what is said of its origin is what `Origin` says."""

    id: int
    root_article_id: int
    first_seen: datetime
    updated_at: datetime
    confidence: float
    evidence: tuple[Evidence, ...] = ()
    named_publisher: str | None = None


@dataclass(frozen=True, slots=True)
class StoryMember:
    """An article in its story, with the verdict that put it there (None for the first one)."""

    article: Article
    verdict: CopyVerdict | None


@dataclass(frozen=True, slots=True)
class DomainFacts:
    """What a host's articles of a period were; a copy is of a story whose root is another host's.

    `originals` are its articles that others copied. Medians are over its copies, None without
    any that tell: `lag` in seconds from when we had the root to when we had the copy,
    `stated_lag` between the times that both state, `wrapper` the share of a copy that is not the
    text that it was found in. `dated` copies state a time, of which `invented` are later than the
    root's and that of our own visit. `credited` copies say where their text is from.
    """

    host: str
    articles: int
    copies: int = 0
    originals: int = 0
    lag: float | None = None
    stated_lag: float | None = None
    wrapper: float | None = None
    dated: int = 0
    invented: int = 0
    credited: int = 0


@dataclass(frozen=True, slots=True)
class DomainStanding:
    """What is known of some hosts from earlier stories.

    `farms` are those held for content farms; `led[(one, other)]` counts the articles of host
    `other` that are copies in a story whose root is host `one`'s. Over all other hosts, `copied`
    counts the copies that others made of a host's articles, `copying` its own copies.
    """

    farms: frozenset[str]
    led: Mapping[tuple[str, str], int]
    copied: Mapping[str, int] = field(default_factory=dict)
    copying: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StaleRepost:
    """That an article presents an old text as new: the day of the text, and why we think so."""

    dated: date
    says: str  # a sentence for operators


@dataclass(frozen=True, slots=True)
class StoryRuling:
    """What an operator said of a story: it is not that other one, or (None) it is one story."""

    apart_from: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Routing:
    """When a recipient is told of a topic's matches.

    Between `quiet_from` and `quiet_until`, local times of the IANA `time_zone`, deliveries wait;
    the days of the modes are those of that zone too. Who is muted, or snoozed until a later time,
    is not told. With `updates` a told story's changes are told too. With a `digest` (a schedule) all
    is told together at its times; beyond `most_an_hour`, the rest of an hour in one summary.
    """

    mode: WatchMode = WatchMode.EVERY
    updates: bool = False
    time_zone: str = "UTC"
    quiet_from: time | None = None
    quiet_until: time | None = None
    muted: bool = False
    snoozed_until: datetime | None = None
    digest: str = ""
    most_an_hour: int | None = None


class NewRecipient(NamedTuple):
    """Who is to be told of a topic's matches, before it is stored; `secret` signs webhooks."""

    channel: Channel
    address: str
    secret: str | None = None
    routing: Routing = Routing()


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is told of a topic's matches. `secret` signs webhooks and is shown once.

    `gathers_at` is when what waits for it is told together; None when nothing waits.
    """

    id: int
    topic_id: int
    channel: Channel
    address: str
    secret: str | None = field(default=None, repr=False)
    routing: Routing = Routing()
    gathers_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """A stored query with its recipients.

    `managed_by` names the file that it was applied from; `changed` is the version of all topics at
    which it was changed last. Of a muted topic, or one that is snoozed until a later time, matches
    are recorded and nobody is told.
    """

    id: int
    name: str
    query: str
    created_at: datetime
    recipients: tuple[Recipient, ...] = ()
    muted: bool = False
    snoozed_until: datetime | None = None
    managed_by: str | None = None
    changed: int = 0


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A query that others hold as `@name`."""

    name: str
    query: str
    changed_at: datetime
    managed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """What an operator says of a topic's hit: it is what the topic is for, or noise."""

    topic_id: int
    article_id: int
    relevant: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Highlight:
    """Where a query's word or phrase stands: `part` is title or text, offsets are characters.

    `disguised` is the word that was asked for, when what stands there only looks like it: letters
    of another script, or invisible characters.
    """

    part: str
    start: int
    end: int
    disguised: str = ""


@dataclass(frozen=True, slots=True)
class Matched:
    """A query's answer on one article: which clauses hold, where, and how much it is about them.

    The score is between 0 and 1; it orders hits, and has no other meaning.
    """

    clauses: tuple[str, ...]
    highlights: tuple[Highlight, ...]
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class MatchWork:
    """A story that still has to be matched against the topics."""

    id: int
    story_id: int
    article_id: int
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Alert:
    """A match that is to be told: one for a story and topic, for ever.

    One of an update has a `change`, which names the article and its revision ("12/3", or "12/gone"
    when the page was removed), and says in `changes` what changed; there is one for a change.
    `held` says who of the recipients is not told, and why: (recipient id, reason). `original` names
    the story's original and its revision as they were told; it is empty where that is not known.
    """

    id: int
    uid: str
    topic_id: int
    story_id: int
    article_id: int
    created_at: datetime
    matched: Matched
    change: str = ""
    changes: tuple[str, ...] = ()
    held: tuple[tuple[int, str], ...] = ()
    original: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A delivery, composed but not yet stored: the exact bytes that every attempt will send."""

    recipient_id: int | None
    channel: Channel
    address: str
    uid: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Delivery:
    """An alert, or several in one, on its way to one recipient; `uid` and `payload` never change.

    `alert_id` is None where it tells of no single alert, `recipient_id` where it goes to the
    operator. `endpoint` is what fails as one: a webhook's address, or the mail relay.
    `old_secret` signs beside `secret` until a time, while a webhook's secret is being changed.
    """

    id: int
    uid: str
    alert_id: int | None
    recipient_id: int | None
    channel: Channel
    address: str
    payload: bytes
    state: DeliveryState
    attempts: int
    created_at: datetime
    next_attempt_at: datetime
    delivered_at: datetime | None = None
    last_error: str = ""
    secret: str | None = field(default=None, repr=False)
    old_secret: str | None = field(default=None, repr=False)
    old_secret_until: datetime | None = None
    kind: DeliveryKind = DeliveryKind.ALERT
    endpoint: str = ""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What deliveries go to and fail with as one, while it is not well.

    It has failed `failures` times in a row since `failing_since`; until `open_until` it is left
    alone. One that is disabled takes nothing until an operator enables it.
    """

    name: str
    failures: int = 0
    failing_since: datetime | None = None
    open_until: datetime | None = None
    last_error: str = ""
    noticed_at: datetime | None = None
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a delivery, for the delivery log."""

    at: datetime
    outcome: str  # delivered, deferred, refused
    status: int | None
    detail: str
    seconds: float
