"""What became of one article with each topic: which clauses hold and where, and who was told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from crawler.extract.markup.clean_text import visible
from scheduler.alerts.passage import disguises
from scheduler.lists.alerts import held_recipients
from scheduler.query.language.parser import parse_query
from scheduler.query.matching.document import document_of
from scheduler.query.matching.evaluator import AnalysedDocument, ClauseResult, explain_query
from scheduler.wording.formatters import recipient
from storage.delivery import alerts, outbox
from storage.errors import QueryError
from storage.models.alerts import Alert
from storage.models.articles import Article
from storage.models.deliveries import Delivery
from storage.models.matches import Highlight, StoredMatch
from storage.models.topics import Topic
from storage.topics import matches, named_queries, topics

_MOST_TOLD = 20  # topics that did not match, nearly did, or can't be read: of each, one by one
_MATCHED, _FAR = "matched", "did not match"
_NOT = "NOT "
_AROUND = 40  # characters on either side of a word that are shown


@dataclass(frozen=True, slots=True)
class AlertOutcome:
    """An alert, of a story or of its change, and what became of it for each recipient."""

    alert: Alert
    deliveries: tuple[Delivery, ...]
    held: tuple[tuple[str, str], ...]  # who is not told, and why


@dataclass(frozen=True, slots=True)
class TopicAnswer:
    """What became of one topic: which clauses hold, the match, and what was told, oldest first.

    `matched` is said of the article's story, the clauses of the article as it is now. `missing` is
    the one clause that fails while all others hold, and words of theirs stand there. `unreadable`
    says why the topic's query can't be read any more.
    """

    topic: str
    clauses: tuple[ClauseResult, ...]
    matched: bool
    held_by: str | None
    told: tuple[AlertOutcome, ...]
    score: float | None = None
    missing: str | None = None
    unreadable: str | None = None


def topic_answers(conn: Connection, article: Article) -> Iterator[TopicAnswer]:
    """Ask every topic of an article, in the order in which they were added."""
    named = named_queries.texts(conn)
    analysed = AnalysedDocument(document_of(article))
    matched = _matches_of(conn, article)
    told = alerts.of_story(conn, article.story_id)
    for topic in topics.list_all(conn):
        match = matched.get(topic.id)
        clauses, unreadable = _clauses(topic, named, analysed)
        yield TopicAnswer(
            topic=topic.name,
            clauses=clauses,
            matched=match is not None,
            held_by=None if match is None else match.held_by,
            told=tuple(_told(conn, alert) for alert in told if alert.topic_id == topic.id),
            score=None if match is None else match.matched.score,
            missing=_missing(clauses),
            unreadable=unreadable,
        )


def _matches_of(conn: Connection, article: Article) -> dict[int, StoredMatch]:
    """Return an article's matches by topic; where it has none, one of its story, told if one was."""
    by_topic: dict[int, StoredMatch] = {}
    for match in matches.of_story(conn, article.story_id):
        known = by_topic.get(match.topic_id)
        if known is None or _rank(match, article) < _rank(known, article):
            by_topic[match.topic_id] = match
    return by_topic


def _rank(match: StoredMatch, article: Article) -> tuple[bool, bool]:
    return match.article_id != article.id, match.held_by is not None


def answer_lines(found: Sequence[TopicAnswer], article: Article) -> Iterator[str]:
    """Yield sentences about the topics: all that matched, and of very many others the first of each kind."""
    if not found:
        yield "no topic is watched"
    seen: Counter[str] = Counter()
    for answer in found:
        kind = _kind(answer)
        seen[kind] += 1
        if kind == _MATCHED or seen[kind] <= _MOST_TOLD:
            yield from _topic_lines(answer, article)
    for kind, number in seen.items():
        if kind != _MATCHED and number > _MOST_TOLD:
            yield f"{number - _MOST_TOLD:,} more topics {kind}"


def local_time(moment: datetime | None) -> str:
    """Show a time where the operator is, with its zone."""
    return "at an unknown time" if moment is None else f"{moment.astimezone():%Y-%m-%d %H:%M:%S %Z}"


def _kind(answer: TopicAnswer) -> str:
    if answer.matched:
        return _MATCHED
    if answer.unreadable:
        return "can't be read"
    return "nearly matched" if answer.missing else _FAR


def _topic_lines(answer: TopicAnswer, article: Article) -> Iterator[str]:
    if answer.unreadable:
        yield f"topic {answer.topic}: its query can't be read any more: {answer.unreadable}"
    else:
        yield f"topic {answer.topic}: {_verdict(answer)}; it {_said(answer.clauses)}"
    if _kind(answer) != _FAR:
        yield from _place_lines(answer.clauses, article)
    if answer.held_by:
        yield f"  held by {answer.held_by}"
    for told in answer.told:
        yield from _told_lines(told)


def _verdict(answer: TopicAnswer) -> str:
    if answer.matched:
        # By another article of the story, or before the query or the page was changed.
        holds = all(clause.holds for clause in answer.clauses)
        return "matched" if holds else "its story matched, not this article as it is now"
    if answer.missing:
        return f"nearly matched, but for {answer.missing}"
    if all(clause.holds for clause in answer.clauses):
        return "not matched, for it was added or changed after the story came"
    return "not matched"


def _said(clauses: Sequence[ClauseResult]) -> str:
    return ", ".join(map(_answered, clauses))


def _answered(result: ClauseResult) -> str:
    unwanted = result.clause.removeprefix(_NOT)
    if unwanted == result.clause:
        return f"{'has' if result.holds else 'lacks'} {result.clause}"
    return f"lacks {unwanted} (as asked)" if result.holds else f"has {unwanted} (not wanted)"


def _place_lines(clauses: Sequence[ClauseResult], article: Article) -> Iterator[str]:
    """Yield where the words of the clauses stand, with the first of them in the text."""
    for each in clauses:
        if each.where:
            yield f"  {each.clause}: {_places(each.where, article)}"
        for disguise in disguises(article, each.where):
            yield f"    disguised: {disguise}"


def _places(where: Sequence[Highlight], article: Article) -> str:
    texts = [place for place in where if place.part == "text"]
    said = ["in the title"] if len(texts) < len(where) else []
    if texts:
        times = "once" if len(texts) == 1 else f"{len(texts)} times"
        said.append(f"{times} in the text: {_around(article.text, texts[0])}")
    return ", ".join(said)


def _around(text: str, place: Highlight) -> str:
    """Cut a place out of a text with what stands round it, at the edges of words."""
    start, end = max(0, place.start - _AROUND), place.end + _AROUND
    before, after = text[start : place.start], text[place.end : end]
    if start > 0:
        before = "… " + before.partition(" ")[2]
    if end < len(text):
        after = after.rpartition(" ")[0] + " …"
    return visible(f"{before}*{text[place.start : place.end]}*{after}")


def _told_lines(told: AlertOutcome) -> Iterator[str]:
    alert = told.alert
    yield f"  {'update' if alert.change else 'alert'} {alert.uid}, made {local_time(alert.created_at)}"
    for says in alert.changes:
        yield f"    {says}"
    for delivery in told.deliveries:
        done = f" {local_time(delivery.delivered_at)}" if delivery.delivered_at else ""
        yield (
            f"  {delivery.channel.value} to {recipient(delivery)}: {delivery.state.value}{done}"
            f"{_trouble(delivery)}"
        )
    for who, why in told.held:
        yield f"  {who}: held, {why}"


def _trouble(delivery: Delivery) -> str:
    """Return what a delivery waits for, or what went wrong with it last."""
    if not delivery.last_error:
        return ""
    if delivery.last_error.startswith(outbox.WAITS):
        return f"; {delivery.last_error}"
    return f"; last error: {delivery.last_error}"


def _told(conn: Connection, alert: Alert) -> AlertOutcome:
    deliveries = tuple(outbox.of_alert(conn, alert.id))
    return AlertOutcome(alert, deliveries, tuple(held_recipients(conn, alert)))


def _clauses(
    topic: Topic, named: dict[str, str], article: AnalysedDocument
) -> tuple[tuple[ClauseResult, ...], str | None]:
    """Return each clause with its answer, or why there is none."""
    try:
        return explain_query(parse_query(topic.query, named), article), None
    except QueryError as error:
        return (), str(error)


def _missing(clauses: Sequence[ClauseResult]) -> str | None:
    """Name the one clause that fails; None when none or several do, or nothing asked for stands."""
    failed = [each.clause for each in clauses if not each.holds]
    stands = any(each.holds and each.where for each in clauses)
    return failed[0] if len(failed) == 1 and stands else None
