"""Many topics at once: a topic file applied, a list of queries imported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection

from scheduler.actions.audit_log import Actor, AuditAction
from scheduler.actions.named_queries import record_named_query
from scheduler.actions.topics import about_topic, record_recipient
from scheduler.alerts.webhook import new_secret
from scheduler.interchange.topic_file import applier
from scheduler.interchange.topic_file.plan import TopicFileChange, TopicFilePlan
from scheduler.interchange.topic_file.records import TopicFile
from scheduler.wording.formatters import count
from storage.models.topics import Topic
from storage.topics import topic_batch, topics
from storage.topics.topic_batch import TopicAddition

_MOST_LINES = (
    1000  # of the audit log for single topics; the line for the whole list counts them all
)


def apply_topic_file(
    conn: Connection, actor: Actor, file: TopicFile, plan: TopicFilePlan, now: datetime
) -> dict[str, str]:
    """Make the topics of a file those that are watched, as planned.

    Return the secrets that were made, by the webhook's address.
    """
    secrets = applier.apply(conn, file, plan, now=now, new_secret=new_secret)
    says = f"{len(plan.added)} added, {len(plan.changed)} changed, {len(plan.removed)} removed"
    actor.record(
        conn, AuditAction.TOPIC_FILE_APPLIED, f"file {file.id}", new=f"topics: {says}", now=now
    )
    for change in plan.named:
        before = None if change.before is None else change.before.query
        record_named_query(conn, actor, change.name, before, change.query, now=now)
    for query in plan.named_removed:
        record_named_query(conn, actor, query.name, query.query, None, now=now)
    for topic in islice(plan.removed, _MOST_LINES):
        actor.record(conn, AuditAction.TOPIC_REMOVED, about_topic(topic), old=topic.query, now=now)
    for changed in islice(plan.changed, _MOST_LINES):
        _record_change(conn, actor, file, changed, now)
    for topic in _stored(conn, [each.name for each in plan.added]):
        _record_added(conn, actor, topic, now)
    return secrets


def import_topics(
    conn: Connection, actor: Actor, new: Sequence[TopicAddition], about: str, now: datetime
) -> None:
    """Watch each query of a list; their names must be free. `about` names the list."""
    topic_batch.add(conn, new, now)
    added = f"{count(len(new), 'topic')} added"
    actor.record(conn, AuditAction.QUERY_LIST_IMPORTED, about, new=added, now=now)
    for topic in _stored(conn, [each.name for each in new]):
        _record_added(conn, actor, topic, now)


def _stored(conn: Connection, names: Sequence[str]) -> Iterator[Topic]:
    for name in islice(names, _MOST_LINES):
        yield topics.get(conn, name)


def _record_added(conn: Connection, actor: Actor, topic: Topic, now: datetime) -> None:
    actor.record(conn, AuditAction.TOPIC_ADDED, about_topic(topic), new=topic.query, now=now)
    for recipient in topic.recipients:
        record_recipient(conn, actor, topic, None, recipient, now=now)


def _record_change(
    conn: Connection, actor: Actor, file: TopicFile, change: TopicFileChange, now: datetime
) -> None:
    before, after = change.topic, topics.by_id(conn, change.topic.id)
    values = [(before.query, after.query)]
    values += [(f"applied from {_source(before)}", f"applied from {_source(after)}")]
    for old, new in values:
        if old != new:
            about = about_topic(before)
            actor.record(conn, AuditAction.TOPIC_CHANGED, about, old=old, new=new, now=now)
    old_recipients = {each.key: each for each in before.recipients}
    new_recipients = {each.key: each for each in after.recipients}
    for key in old_recipients | new_recipients:
        old_one, new_one = old_recipients.get(key), new_recipients.get(key)
        if (
            old_one is None
            or new_one is None
            or old_one.routing != new_one.routing
            or old_one.headers != new_one.headers
        ):
            record_recipient(conn, actor, before, old_one, new_one, now=now)
        elif old_one.secret != new_one.secret:
            about = f"{about_topic(before)}: {new_one.channel}"
            says = f"another secret, of the file {file.id}"
            actor.record(conn, AuditAction.SECRET_CHANGED, about, new=says, now=now)


def _source(topic: Topic) -> str:
    return "no file" if topic.managed_by is None else f"the file {topic.managed_by}"
