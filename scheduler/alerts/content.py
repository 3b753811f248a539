"""What an alert tells its recipients, whatever the channel: gathered, cleaned, cut to size."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from crawler.copies.origin.named_origin import NAMES_ANOTHER
from crawler.copies.origin.stale_repost import stale_repost
from crawler.urls.publishers import publisher_of
from scheduler.alerts.clean_line import line, piece
from scheduler.alerts.disguise import Disguise, disguises
from scheduler.alerts.links import Links
from storage.models.alerts import Alert
from storage.models.articles import Article, Revision, StaleRepost
from storage.models.matches import Highlight
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
_BEFORE, _AFTER = 160, 320  # characters of a passage before and after its first highlight


@dataclass(frozen=True, slots=True)
class Place:
    """A publisher's page. `url` is None when the address is no link that can be followed."""

    publisher: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a passage; `marked` when the query asked for it."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A reason to hold the original for one, and its weight in log-odds."""

    says: str
    weight: float


@dataclass(frozen=True, slots=True)
class Aside:
    """What one recipient alone is told: why just now (a spike), and which delivery this follows.

    `mute` is a link by which it hears no more of the topic; '' where there is none.
    """

    because: str = ""
    follows: str = ""
    mute: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """All that is told. `found_in` is the copy that matched, when it was not the one shown.

    `independent` counts the publishers of copies, those of one domain once and the original's not;
    `quiet` is the command that mutes the topic. The original's `url` is None too when its publisher is named but not crawled; then `best_copy`
    is shown in its place.
    `stale` says that the article which matched is a stale repost. An update of a story has
    `changes`. `disguises` are words that matched by what they only look like.
    """

    alert_uid: str
    topic_id: int
    topic: str
    query: str
    clauses: tuple[str, ...]
    story_id: int
    headline: str
    original: Place
    confidence: float
    evidence: tuple[Said, ...]
    named_publisher: str | None
    best_copy: Place | None
    found_in: Place | None
    stale: StaleRepost | None
    published: datetime | None
    first_seen: datetime
    alerted: datetime
    passage: tuple[Piece, ...]
    copies: int
    publishers: tuple[str, ...]
    independent: int
    story_url: str
    explain: str
    quiet: str
    changes: tuple[str, ...] = ()
    disguises: tuple[Disguise, ...] = ()
    aside: Aside = Aside()

    def with_aside(self, aside: Aside) -> Told:
        """Return the same for one recipient."""
        return replace(self, aside=aside)


def told(
    *,
    alert: Alert,
    topic: Topic,
    story: Story,
    members: Sequence[StoryMember],
    article: Article,
    links: Links,
    stale_days: int,
) -> Told:
    """Gather what is told of a story; `article` is the member that matched."""
    articles = [member.article for member in members]
    original = next((a for a in articles if a.id == story.root_article_id), article)
    copies = [a for a in articles if a.id != original.id]
    named = line(story.named_publisher or "", _NAME) or None
    return Told(
        alert_uid=alert.uid,
        topic_id=topic.id,
        topic=line(topic.name, _NAME),
        query=line(topic.query, _QUERY),
        clauses=tuple(line(clause, _CLAUSE) for clause in alert.matched.clauses[:_MOST]),
        story_id=story.id,
        headline=line(original.title, _TITLE) or _place(original).publisher,
        original=Place(named, None) if named else _place(original),
        confidence=round(story.confidence, 2),
        evidence=_evidence(story),
        named_publisher=named,
        best_copy=_place(original) if named else None,
        found_in=None if article.id == original.id else _place(article),
        stale=_stale(article, original, stale_days),
        published=original.dates.published,
        first_seen=story.first_seen,
        alerted=alert.created_at,
        passage=passage(article, alert.matched.highlights),
        copies=len(copies),
        publishers=_publishers(copies),
        independent=len(
            {publisher_of(copy.host) for copy in copies} - {publisher_of(original.host)}
        ),
        story_url=links.story(story.id),
        explain=_explain(original.url),
        quiet=f"wirewatch topic mute {shlex.quote(line(topic.name, _NAME))}",
        changes=tuple(line(says, _CHANGE) for says in alert.changes[:_MOST_CHANGES]),
        disguises=_disguises(article, alert.matched.highlights),
    )


def passage(article: Article | Revision, highlights: Iterable[Highlight]) -> tuple[Piece, ...]:
    """Cut the passage with the first highlight out of the text; its beginning when there is none."""
    marks = _marks(highlights, len(article.text))
    first = marks[0][0] if marks else 0
    start, end = _window(article.text, first)
    shown = [(max(start, s), min(end, e)) for s, e in marks if s < end and e > start]
    pieces = [Piece("… ", marked=False)] if start > 0 else []
    at = start
    for mark_start, mark_end in shown:
        pieces.append(Piece(piece(article.text[at:mark_start]), marked=False))
        pieces.append(Piece(piece(article.text[mark_start:mark_end]), marked=True))
        at = mark_end
    pieces.append(Piece(piece(article.text[at:end]), marked=False))
    if end < len(article.text):
        pieces.append(Piece(" …", marked=False))
    return tuple(part for part in pieces if part.text)


def _disguises(article: Article, highlights: Iterable[Highlight]) -> tuple[Disguise, ...]:
    return tuple(
        replace(each, written=line(each.written, _WORD), word=line(each.word, _WORD))
        for each in disguises(article, highlights)[:_MOST_DISGUISES]
    )


def _marks(highlights: Iterable[Highlight], length: int) -> list[tuple[int, int]]:
    """Put the text's highlights in order, joined where they overlap."""
    joined: list[tuple[int, int]] = []
    for found in sorted(highlights, key=lambda found: (found.start, found.end)):
        if found.part != "text" or not 0 <= found.start < found.end <= length:
            continue
        if joined and found.start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], found.end))
        else:
            joined.append((found.start, found.end))
    return joined


def _window(text: str, first: int) -> tuple[int, int]:
    """Return where a passage begins and ends, at the edges of words."""
    start, end = max(0, first - _BEFORE), min(len(text), first + _AFTER)
    if start > 0:
        start = next((i + 1 for i in range(start, first) if text[i].isspace()), start)
    if end < len(text):
        end = next((i for i in range(end, first, -1) if text[i].isspace()), end)
    return start, end


def _evidence(story: Story) -> tuple[Said, ...]:
    """Return the weightiest reasons for the original that is told.

    What speaks against an article because it names a publisher that is not crawled speaks for
    that publisher.
    """
    if story.named_publisher:
        speaks = [
            Said(said.says, -said.weight)
            for said in story.evidence
            if said.kind == NAMES_ANOTHER and story.named_publisher in said.says
        ]
    else:
        speaks = [
            Said(said.says, said.weight)
            for said in story.evidence
            if said.article_id == story.root_article_id and said.weight > 0
        ]
    best = sorted(speaks, key=lambda said: -said.weight)[:_MOST_SENTENCES]
    return tuple(Said(line(said.says, _SENTENCE), round(said.weight, 2)) for said in best)


def _stale(article: Article, original: Article, stale_days: int) -> StaleRepost | None:
    stale = stale_repost(article, original, stale_days=stale_days)
    return None if stale is None else replace(stale, says=line(stale.says, _SENTENCE))


def _publishers(copies: Iterable[Article]) -> tuple[str, ...]:
    """Name who published copies, once each, in the order in which they were seen."""
    seen = sorted(copies, key=lambda copy: (copy.first_seen, copy.id))
    return tuple(dict.fromkeys(_names(seen)))[:_MOST]


def _names(articles: Iterable[Article]) -> Iterator[str]:
    return (_place(article).publisher for article in articles)


def _place(article: Article) -> Place:
    publisher = line(article.site, _NAME) or line(article.host, _NAME)
    return Place(publisher, _link(article.url))


def _explain(url: str) -> str:
    quoted = shlex.quote(line(url, _LINK))
    return f"wirewatch explain {quoted if len(quoted) <= _LINK else 'URL'}"


def _link(url: str) -> str | None:
    """Return an address that may be linked to: http and https, and not cut."""
    cleaned = line(url, _LINK + 1)
    try:
        parts = urlsplit(cleaned)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return None
    return cleaned if good and len(cleaned) <= _LINK and " " not in cleaned else None
