"""What an alert tells its recipients, whatever the channel: gathered, cleaned, cut to size."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from crawler.copies.origin.named_origin import NAMES_ANOTHER
from crawler.copies.origin.stale_repost import stale_repost
from crawler.copies.origin.times import AGAINST_FORGING
from crawler.extract.markup.clean_text import visible_line
from crawler.urls.publishers import publisher_of
from scheduler.alerts.links import MessageLinks
from scheduler.alerts.passage import Disguise, PassagePart, disguises, passage
from storage.models.alerts import Alert
from storage.models.articles import Article, StaleRepost
from storage.models.stories import Story, StoryMember
from storage.models.topics import Topic

_NAME = 200
_TITLE = 300
_SENTENCE = 300
_CLAUSE = 200
_QUERY = 500
_LINK = 2000
_MOST = 50  # clauses, publishers
_MOST_SENTENCES = 5
_MOST_CHANGES = 8
_CHANGE = 400
_MOST_DISGUISES = 3
_WORD = 60


@dataclass(frozen=True, slots=True)
class MessageStyle:
    """What all messages have of the settings.

    `sender` is the From of e-mails, whose domain also names their ids; `links` lead to our web
    server. An article that presents a text as new which is older by `stale_days` is told as a stale
    repost.
    """

    sender: str
    links: MessageLinks
    stale_days: int


@dataclass(frozen=True, slots=True)
class PublisherPage:
    """A publisher's page. `url` is None when the address is no link that can be followed."""

    publisher: str
    url: str | None


@dataclass(frozen=True, slots=True)
class OriginReason:
    """A reason to hold the original for one, and its weight in log-odds."""

    says: str
    weight: float


@dataclass(frozen=True, slots=True)
class RecipientNote:
    """What one recipient alone is told: why just now (a spike), and which delivery this follows.

    `mute` is a link by which it hears no more of the topic; '' where there is none.
    """

    because: str = ""
    follows: str = ""
    mute: str = ""


@dataclass(frozen=True, slots=True)
class AlertTopic:
    """The topic, and the clauses of its query that matched; `mute` is the command that mutes it."""

    id: int
    name: str
    query: str
    clauses: tuple[str, ...]
    mute: str


@dataclass(frozen=True, slots=True)
class AlertStory:
    """The story: `url` is our page of it, `explain` the command that says how it came about."""

    id: int
    headline: str
    first_seen: datetime
    url: str
    explain: str


@dataclass(frozen=True, slots=True)
class AlertOriginal:
    """The original, and how sure that is (from 0 to 1).

    A publisher that is named but not crawled has no page here: then `best_copy` is shown in its
    place.
    """

    page: PublisherPage
    published: datetime | None
    confidence: float
    evidence: tuple[OriginReason, ...]
    named_publisher: str | None
    best_copy: PublisherPage | None

    @property
    def shown(self) -> PublisherPage:
        """The page that readers are led to."""
        return self.best_copy or self.page


@dataclass(frozen=True, slots=True)
class AlertMatch:
    """What matched. `found_in` is the copy that did, when it is not the page that is shown.

    `stale` says that the article is a stale repost; `disguises` are words that matched by what they
    only look like.
    """

    passage: tuple[PassagePart, ...]
    found_in: PublisherPage | None
    stale: StaleRepost | None
    disguises: tuple[Disguise, ...]


@dataclass(frozen=True, slots=True)
class AlertCopies:
    """The copies. `independent` counts their publishers, each once and not the original's."""

    count: int
    publishers: tuple[str, ...]
    independent: int


@dataclass(frozen=True, slots=True)
class AlertContent:
    """All that an alert tells. An update of a story has `changes`."""

    uid: str
    alerted: datetime
    topic: AlertTopic
    story: AlertStory
    original: AlertOriginal
    match: AlertMatch
    copies: AlertCopies
    changes: tuple[str, ...] = ()
    note: RecipientNote = RecipientNote()

    @property
    def title(self) -> str:
        """The subject of an e-mail, the title of a message: topic, kind, headline."""
        kind = f"{'update: ' if self.changes else ''}{'stale repost: ' if self.match.stale else ''}"
        return f"{self.topic.name}: {kind}{self.story.headline}"


def alert_content(
    *,
    alert: Alert,
    topic: Topic,
    story: Story,
    members: Sequence[StoryMember],
    article: Article,
    style: MessageStyle,
) -> AlertContent:
    """Gather what an alert tells of a story; `article` is the member that matched."""
    articles = [member.article for member in members]
    original = next((each for each in articles if each.id == story.root_article_id), article)
    copies = [each for each in articles if each.id != original.id]
    return AlertContent(
        uid=alert.uid,
        alerted=alert.created_at,
        topic=_topic(topic, alert),
        story=AlertStory(
            id=story.id,
            headline=visible_line(original.title, _TITLE) or _page(original).publisher,
            first_seen=story.first_seen,
            url=style.links.story(story.id),
            explain=_explain(original.url),
        ),
        original=_original(story, original),
        match=_match(
            alert,
            article,
            original,
            stale_repost(
                article,
                original,
                stale_days=style.stale_days,
                others=articles,
                evidence=story.evidence,
            ),
        ),
        copies=_copies(copies, original),
        changes=tuple(visible_line(change, _CHANGE) for change in alert.changes[:_MOST_CHANGES]),
    )


def _topic(topic: Topic, alert: Alert) -> AlertTopic:
    name = visible_line(topic.name, _NAME)
    return AlertTopic(
        id=topic.id,
        name=name,
        query=visible_line(topic.query, _QUERY),
        clauses=tuple(visible_line(clause, _CLAUSE) for clause in alert.matched.clauses[:_MOST]),
        mute=f"wirewatch topic mute {shlex.quote(name)}",
    )


def _original(story: Story, original: Article) -> AlertOriginal:
    named = visible_line(story.named_publisher or "", _NAME) or None
    page = _page(original)
    return AlertOriginal(
        page=PublisherPage(named, None) if named else page,
        published=original.dates.published,
        confidence=round(story.confidence, 2),
        evidence=_evidence(story),
        named_publisher=named,
        best_copy=page if named else None,
    )


def _match(
    alert: Alert, article: Article, original: Article, stale: StaleRepost | None
) -> AlertMatch:
    highlights = alert.matched.highlights
    return AlertMatch(
        passage=passage(article, highlights),
        found_in=None if article.id == original.id else _page(article),
        stale=None if stale is None else replace(stale, says=visible_line(stale.says, _SENTENCE)),
        disguises=tuple(
            replace(
                word, written=visible_line(word.written, _WORD), word=visible_line(word.word, _WORD)
            )
            for word in disguises(article, highlights)[:_MOST_DISGUISES]
        ),
    )


def _copies(copies: Sequence[Article], original: Article) -> AlertCopies:
    """Count the copies, and name their publishers once each, in the order in which they were seen."""
    in_order = sorted(copies, key=lambda copy: (copy.first_seen, copy.id))
    publishers = dict.fromkeys(_page(copy).publisher for copy in in_order)
    return AlertCopies(
        count=len(copies),
        publishers=tuple(publishers)[:_MOST],
        independent=len(
            {publisher_of(copy.host) for copy in copies} - {publisher_of(original.host)}
        ),
    )


def _evidence(story: Story) -> tuple[OriginReason, ...]:
    """Return the weightiest reasons for the original that is told.

    What speaks against an article because it names a publisher that is not crawled speaks for
    that publisher; what shows that another was not there yet when it says speaks for the original.
    """
    if story.named_publisher:
        reasons = [
            OriginReason(evidence.says, -evidence.weight)
            for evidence in story.evidence
            if evidence.kind == NAMES_ANOTHER and story.named_publisher in evidence.says
        ]
    else:
        reasons = [
            OriginReason(evidence.says, abs(evidence.weight))
            for evidence in story.evidence
            if (evidence.article_id == story.root_article_id and evidence.weight > 0)
            or (evidence.article_id != story.root_article_id and evidence.kind in AGAINST_FORGING)
        ]
    best = sorted(reasons, key=lambda reason: -reason.weight)[:_MOST_SENTENCES]
    return tuple(OriginReason(visible_line(r.says, _SENTENCE), round(r.weight, 2)) for r in best)


def _page(article: Article) -> PublisherPage:
    publisher = visible_line(article.site, _NAME) or visible_line(article.host, _NAME)
    return PublisherPage(publisher, _link(article.url))


def _explain(url: str) -> str:
    quoted = shlex.quote(visible_line(url, _LINK))
    return f"wirewatch explain {quoted if len(quoted) <= _LINK else 'URL'}"


def _link(url: str) -> str | None:
    """Return an address that may be linked to: http and https, and not cut."""
    cleaned = visible_line(url, _LINK + 1)
    try:
        parts = urlsplit(cleaned)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return None
    return cleaned if good and len(cleaned) <= _LINK and " " not in cleaned else None
