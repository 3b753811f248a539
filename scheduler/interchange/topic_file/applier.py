"""A file of topics, checked against the store and applied to it in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from scheduler.interchange.topic_file.plan import TopicFilePlan, plan
from scheduler.interchange.topic_file.records import Flaw, TopicFile, query_flaw
from scheduler.query.named_queries import (
    name_spellings,
    names_affected,
    newly_unreadable,
    possible_names,
    unreadable,
)
from storage.models.recipients import Channel, NewRecipient
from storage.models.topics import Topic
from storage.topics import named_queries, topic_batch, topics
from storage.topics.topic_batch import TopicAddition, TopicUpdate


def prepare(
    conn: Connection, file: TopicFile, *, adopt: bool, remove_most: bool
) -> tuple[TopicFilePlan, list[Flaw]]:
    """Return what applying a file would do to the store, and the flaws that stand against it."""
    stored, named = topics.list_all(conn), named_queries.list_all(conn)
    planned, flaws = plan(file, stored, named, adopt=adopt, remove_most=remove_most)
    before = {query.name: query.query for query in named}
    after = planned.named_after(before)
    flaws += _query_flaws(file, after)
    flaws += _flaws_elsewhere(file, planned, stored, before, after)
    return planned, flaws


def query_flaws(conn: Connection, file: TopicFile) -> list[Flaw]:
    """Return the queries of a file that can't be read; it need not be right otherwise."""
    return list(_query_flaws(file, named_queries.texts(conn) | dict(file.named)))


def apply(
    conn: Connection,
    file: TopicFile,
    planned: TopicFilePlan,
    *,
    now: datetime,
    new_secret: Callable[[], str],
) -> dict[str, str]:
    """Do what was planned, and return the secrets that were made, by webhook.

    All topics of a file sign what they send to one address with one secret.
    """
    before = named_queries.texts(conn)
    for change in planned.named:
        named_queries.put(conn, name=change.name, query=change.query, now=now, managed_by=file.id)
    for query in planned.named_removed:
        named_queries.remove(conn, query.name)
    secrets = _Secrets(topics.secrets(conn, managed_by=file.id), new_secret)
    changes = [
        TopicUpdate(each.topic, each.wanted.query, secrets.given(each.recipients), file.id)
        for each in planned.changed
    ]
    added = [
        TopicAddition(each.name, each.query, secrets.given(each.recipients), file.id)
        for each in planned.added
    ]
    topic_batch.remove(conn, planned.removed, now)
    topic_batch.change(conn, changes, now)
    topic_batch.add(conn, added, now)
    _touch_users(conn, planned, before)
    return secrets.made


class _Secrets:
    """Gives webhooks the secret that a file's topics sign with for their address."""

    def __init__(self, known: dict[str, str], new_secret: Callable[[], str]) -> None:
        self.made: dict[str, str] = {}
        self._known = known
        self._new_secret = new_secret

    def given(self, recipients: Sequence[NewRecipient]) -> list[NewRecipient]:
        return [
            recipient._replace(secret=self._secret(recipient.address))
            if recipient.channel is Channel.WEBHOOK and recipient.secret is None
            else recipient
            for recipient in recipients
        ]

    def _secret(self, address: str) -> str:
        if address not in self._known:
            self._known[address] = self.made[address] = self._new_secret()
        return self._known[address]


def _query_flaws(file: TopicFile, named: Mapping[str, str]) -> Iterator[Flaw]:
    for broken in unreadable(file.named.items(), named, part=True):
        yield query_flaw(("named", broken.whose), broken.query, broken.error)
    for topic in file.topics:
        for broken in unreadable([(topic.name, topic.query)], named):
            yield query_flaw((*topic.key, "query"), topic.query, broken.error, topic.name)


def _flaws_elsewhere(
    file: TopicFile,
    planned: TopicFilePlan,
    stored: list[Topic],
    before: Mapping[str, str],
    after: Mapping[str, str],
) -> Iterator[Flaw]:
    """Find what is not of this file, and could not be read any more by what it changes."""
    changed = _changed_names(planned)
    affected = names_affected(changed, {**before, **after})
    own = {topic.name for topic in file.topics} | {topic.name for topic in planned.removed}
    topics = (
        (t.name, t.query)
        for t in stored
        if t.name not in own and possible_names(t.query) & affected
    )
    others = (
        (n, q) for n, q in after.items() if n not in file.named and possible_names(q) & affected
    )
    broken = [
        *((f"topic {f.whose!r}", f) for f in newly_unreadable(topics, before, after)),
        *((f"@{f.whose}", f) for f in newly_unreadable(others, before, after, part=True)),
    ]
    for whose, unread in broken:
        names = sorted(possible_names(unread.query) & changed & file.named.keys())
        yield Flaw(
            ("named", names[0]) if names else ("id",),
            f"{whose}, which is not of this file, could not be read any more: {unread.error}",
            "change it first, or keep what it holds",
        )


def _changed_names(planned: TopicFilePlan) -> frozenset[str]:
    """Return the named queries whose texts change, or that go."""
    new = {
        change.name
        for change in planned.named
        if change.before is None or change.before.query != change.query
    }
    return frozenset(new | {query.name for query in planned.named_removed})


def _touch_users(conn: Connection, planned: TopicFilePlan, before: Mapping[str, str]) -> None:
    changed = _changed_names(planned)
    if not changed:
        return
    affected = names_affected(changed, {**before, **named_queries.texts(conn)})
    users = topics.mentioning(conn, name_spellings(affected))
    topics.touch(conn, [topic_id for topic_id, _, _ in users])
