"""A file of topics, checked against the store and applied to it in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from scheduler.kept_queries import mentioned, newly_unreadable, reached_by
from scheduler.topicfile.flaws import query_flaw
from scheduler.topicfile.plan import Plan, plan
from scheduler.topicfile.records import Flaw, TopicFile
from scheduler.watch.language.reading import parse_query
from storage import named_queries, topic_batch, topics
from storage.errors import QueryError
from storage.models import Channel, NamedQuery, NewRecipient, Topic
from storage.topic_batch import NewTopic, TopicChange

Stamp = tuple[int, tuple[NamedQuery, ...]]


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A webhook's secret that was made, to be shown once."""

    topic: str
    address: str
    secret: str


def stamp(conn: Connection) -> Stamp:
    """Give what changes whenever topics or named queries do."""
    return topics.version(conn), tuple(named_queries.list_all(conn))


def prepare(
    conn: Connection, file: TopicFile, *, adopt: bool, remove_most: bool
) -> tuple[Plan, list[Flaw]]:
    """Say what applying a file would do to the store, and what stands against it."""
    stored, named = topics.list_all(conn), named_queries.list_all(conn)
    return _prepared(file, stored, named, adopt=adopt, remove_most=remove_most)


def prepare_for_empty(file: TopicFile) -> tuple[Plan, list[Flaw]]:
    """Say what applying a file would do where nothing is stored yet."""
    return _prepared(file, [], [], adopt=False, remove_most=False)


def apply(
    conn: Connection,
    file: TopicFile,
    planned: Plan,
    *,
    now: datetime,
    new_secret: Callable[[], str],
) -> list[NewSecret]:
    """Do what was planned; give the secrets that were made."""
    before = named_queries.texts(conn)
    for change in planned.named:
        named_queries.put(conn, name=change.name, query=change.query, now=now, managed_by=file.id)
    for query in planned.named_removed:
        named_queries.remove(conn, query.name)
    topic_batch.remove(conn, planned.removed, now)
    made: list[NewSecret] = []

    def secured(topic: str, recipients: tuple[NewRecipient, ...]) -> list[NewRecipient]:
        return [_secured(topic, each, new_secret, made) for each in recipients]

    topic_batch.change(
        conn,
        [
            TopicChange(
                each.topic,
                each.wanted.query,
                secured(each.topic.name, each.recipients),
                file.id,
            )
            for each in planned.changed
        ],
        now,
    )
    topic_batch.add(
        conn,
        [
            NewTopic(each.name, each.query, secured(each.name, each.recipients), file.id)
            for each in planned.added
        ],
        now,
    )
    _touch_holders(conn, planned, before)
    return made


def _prepared(
    file: TopicFile,
    stored: list[Topic],
    named: list[NamedQuery],
    *,
    adopt: bool,
    remove_most: bool,
) -> tuple[Plan, list[Flaw]]:
    planned, flaws = plan(file, stored, named, adopt=adopt, remove_most=remove_most)
    before = {query.name: query.query for query in named}
    after = planned.named_after(before)
    flaws += _query_flaws(file, after)
    flaws += _flaws_elsewhere(file, planned, stored, before, after)
    return planned, flaws


def _query_flaws(file: TopicFile, named: Mapping[str, str]) -> Iterator[Flaw]:
    for name, query in file.named.items():
        try:
            parse_query(query, named)
        except QueryError as error:
            yield query_flaw(("named", name), query, error)
    for topic in file.topics:
        try:
            parse_query(topic.query, named)
        except QueryError as error:
            yield query_flaw((*topic.key, "query"), topic.query, error, topic.name)


def _flaws_elsewhere(
    file: TopicFile,
    planned: Plan,
    stored: list[Topic],
    before: Mapping[str, str],
    after: Mapping[str, str],
) -> Iterator[Flaw]:
    """Find what is not of this file, and could not be read any more by what it changes."""
    changed = _changed_names(planned)
    if not changed:
        return
    reached = reached_by(changed, {**before, **after})
    own = {topic.name for topic in file.topics} | {topic.name for topic in planned.removed}
    others = [
        *((f"topic {t.name!r}", t.query) for t in stored if t.name not in own),
        *((f"named query {n!r}", q) for n, q in after.items() if n not in file.named),
    ]
    concerned = [(whose, query) for whose, query in others if mentioned(query) & reached]
    for found in newly_unreadable(concerned, before, after):
        names = sorted(mentioned(found.query) & changed)
        yield Flaw(
            ("named", names[0]) if names and names[0] in file.named else ("id",),
            f"{found.whose}, which is not of this file, could not be read any more: {found.error}",
            "change it first, or keep what it holds",
        )


def _changed_names(planned: Plan) -> frozenset[str]:
    """Give the named queries whose texts change, or that go."""
    new = {
        change.name
        for change in planned.named
        if change.before is None or change.before.query != change.query
    }
    return frozenset(new | {query.name for query in planned.named_removed})


def _touch_holders(conn: Connection, planned: Plan, before: Mapping[str, str]) -> None:
    changed = _changed_names(planned)
    if not changed:
        return
    reached = reached_by(changed, {**before, **named_queries.texts(conn)})
    found = topics.mentioning(conn, [f"@{name}" for name in reached])
    topics.touch(conn, [topic_id for topic_id, _, _ in found])


def _secured(
    topic: str, recipient: NewRecipient, new_secret: Callable[[], str], made: list[NewSecret]
) -> NewRecipient:
    if recipient.channel is not Channel.WEBHOOK or recipient.secret is not None:
        return recipient
    secured = recipient._replace(secret=new_secret())
    made.append(NewSecret(topic, recipient.address, secured.secret or ""))
    return secured
