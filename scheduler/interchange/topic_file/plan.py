"""What applying a file of topics would change, against what is stored: decided here, done in `applier`; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from scheduler.calendar.digest_schedule import NONE
from scheduler.interchange.topic_file.records import FileTopic, Flaw, TopicFile
from scheduler.wording.routing_text import quiet_of
from storage.models.recipients import NewRecipient, Recipient, Routing
from storage.models.topics import NamedQuery, Topic
from storage.toml_positions import Key

_MANY = 10  # so many topics may go at once without being asked for
_MOST_SHOWN = 120  # characters of a query in a plan


@dataclass(frozen=True, slots=True)
class TopicFileChange:
    """A stored topic that becomes something else; `says` are the differences, one a line."""

    topic: Topic
    wanted: FileTopic
    recipients: tuple[NewRecipient, ...]
    says: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NamedChange:
    """A named query that is added, or becomes something else; `before` is None when it is new."""

    name: str
    query: str
    before: NamedQuery | None = None


@dataclass(frozen=True, slots=True)
class TopicFilePlan:
    """All that applying a file would do; `same` and `named_same` count what stays as it is."""

    added: tuple[FileTopic, ...] = ()
    changed: tuple[TopicFileChange, ...] = ()
    removed: tuple[Topic, ...] = ()
    same: int = 0
    named: tuple[NamedChange, ...] = ()
    named_removed: tuple[NamedQuery, ...] = ()
    named_same: int = 0

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is to be done."""
        return not (self.added or self.changed or self.removed or self.named or self.named_removed)

    def named_after(self, before: Mapping[str, str]) -> dict[str, str]:
        """Return the named queries' texts as they will be."""
        gone = {query.name for query in self.named_removed}
        kept = {name: query for name, query in before.items() if name not in gone}
        return kept | {change.name: change.query for change in self.named}


def plan(
    file: TopicFile,
    stored: Sequence[Topic],
    named: Sequence[NamedQuery],
    *,
    adopt: bool,
    remove_most: bool,
) -> tuple[TopicFilePlan, list[Flaw]]:
    """Return what would be done, and the flaws that stand against it, of a file and what is stored.

    What the file added earlier and holds no longer goes. What stands under one of its names and is
    not its own is a flaw, unless `adopt`; so is the end of most of its topics, unless `remove_most`.
    """
    by_name = {topic.name: topic for topic in stored}
    wanted_and_stored = [(wanted, by_name.get(wanted.name)) for wanted in file.topics]
    pairs = [(wanted, topic) for wanted, topic in wanted_and_stored if topic is not None]
    changes = [change for pair in pairs if (change := _change(file.id, *pair)) is not None]
    held = {wanted.name for wanted in file.topics}
    own = [topic for topic in stored if topic.managed_by == file.id]
    removed = tuple(topic for topic in own if topic.name not in held)
    queries = {query.name: query for query in named}
    new_named = tuple(_named_changes(file, queries))
    planned = TopicFilePlan(
        added=tuple(wanted for wanted, topic in wanted_and_stored if topic is None),
        changed=tuple(changes),
        removed=removed,
        same=len(pairs) - len(changes),
        named=new_named,
        named_removed=tuple(
            query for query in named if query.managed_by == file.id and query.name not in file.named
        ),
        named_same=len(file.named) - len(new_named),
    )
    flaws = [] if adopt else [*_not_owned(file, by_name, queries)]
    if not remove_most and len(removed) > _MANY and len(removed) * 2 > len(own):
        flaws.append(_most_go(len(removed), len(own), file.id))
    return planned, flaws


def _change(file_id: str, wanted: FileTopic, topic: Topic) -> TopicFileChange | None:
    recipients = _kept_quiet(wanted.recipients, topic.recipients)
    says = tuple(_differences(file_id, wanted, topic, recipients))
    return TopicFileChange(topic, wanted, recipients, says) if says else None


def _kept_quiet(
    wanted: Sequence[NewRecipient], stored: Sequence[Recipient]
) -> tuple[NewRecipient, ...]:
    """Leave muted and snoozed who is: that is said by command, and no file's business.

    Secrets and headers stay too, unless the file names them.
    """
    by_key = {recipient.key: recipient for recipient in stored}
    return tuple(
        recipient
        if (before := by_key.get(recipient.key)) is None
        else recipient._replace(
            secret=recipient.secret or before.secret,
            headers=before.headers if recipient.headers is None else recipient.headers,
            routing=replace(
                recipient.routing,
                muted=before.routing.muted,
                snoozed_until=before.routing.snoozed_until,
            ),
        )
        for recipient in wanted
    )


def _differences(
    file_id: str, wanted: FileTopic, topic: Topic, recipients: Sequence[NewRecipient]
) -> Iterator[str]:
    if topic.managed_by != file_id:
        owner = f"the file {topic.managed_by}" if topic.managed_by else "the commands"
        yield f"taken over from {owner}"
    if topic.query.strip() != wanted.query:
        yield f"query: {shortened(topic.query)} -> {shortened(wanted.query)}"
    stored = {recipient.key: recipient for recipient in topic.recipients}
    for recipient in recipients:
        address = recipient.address
        before = stored.pop(recipient.key, None)
        if before is None:
            yield f"tells {address}"
            continue
        differences = _routing_differences(before.routing, recipient.routing)
        yield from (f"{address}: {difference}" for difference in differences)
        if recipient.secret != before.secret:
            yield f"{address}: another secret"
        if (recipient.headers or "") != (before.headers or ""):
            yield f"{address}: other headers"
    yield from (f"tells {recipient.address} no longer" for recipient in stored.values())


def _routing_differences(before: Routing, after: Routing) -> Iterator[str]:
    for key, old, new in (
        ("mode", before.mode, after.mode),
        ("updates", _yes(before.updates), _yes(after.updates)),
        ("time_zone", before.time_zone, after.time_zone),
        ("quiet", quiet_of(before), quiet_of(after)),
        ("digest", before.digest or NONE, after.digest or NONE),
        ("most_an_hour", before.most_an_hour or 0, after.most_an_hour or 0),
    ):
        if old != new:
            yield f"{key}: {old} -> {new}"


def _yes(flag: bool) -> str:
    return "true" if flag else "false"


def _named_changes(file: TopicFile, stored: Mapping[str, NamedQuery]) -> Iterator[NamedChange]:
    for name, query in file.named.items():
        before = stored.get(name)
        if before is None or (before.query, before.managed_by) != (query, file.id):
            yield NamedChange(name, query, before)


def _not_owned(
    file: TopicFile, topics: Mapping[str, Topic], named: Mapping[str, NamedQuery]
) -> Iterator[Flaw]:
    for wanted in file.topics:
        topic = topics.get(wanted.name)
        if topic is not None and topic.managed_by != file.id:
            yield _owned_elsewhere((*wanted.key, "name"), topic.managed_by, wanted.name)
    for name in file.named:
        query = named.get(name)
        if query is not None and query.managed_by != file.id:
            yield _owned_elsewhere(("named", name), query.managed_by)


def _owned_elsewhere(key: Key, managed_by: str | None, topic: str = "") -> Flaw:
    what = "topic" if topic else "named query"
    whose = f"is applied from the file {managed_by!r}" if managed_by else "was added by hand"
    return Flaw(
        key,
        f"a {what} of this name {whose}",
        "give this one another name, or take that one over with --adopt",
        topic,
    )


def _most_go(count: int, of: int, file_id: str) -> Flaw:
    return Flaw(
        ("id",),
        f"{count} of the {of} topics that {file_id!r} applied earlier are not in this file and "
        "would be removed",
        "give another file another id; if they are to go, say --remove-most",
    )


def shortened(query: str) -> str:
    """Return a query on one line, cut when it is long."""
    line = " ".join(query.split())
    return line if len(line) <= _MOST_SHOWN else f"{line[:_MOST_SHOWN]}…"
