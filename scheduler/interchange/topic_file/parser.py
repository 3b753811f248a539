"""The parser of a file of topics, TOML: everything that is wrong is found at once."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from scheduler.addresses.mail_address import TypedAddress
from scheduler.calendar.digest_schedule import read_digest
from scheduler.interchange.topic_file.records import FileTopic, Flaw, TopicFile
from scheduler.query.named_queries import query_name, topic_name
from scheduler.wording.routing_text import RoutingChange, read_mode, read_quiet, read_zone
from storage.errors import InputError
from storage.models.recipients import Channel, NewRecipient, RecipientKey, Routing
from storage.toml_positions import Key

T = TypeVar("T")

_ROUTING = ("mode", "updates", "time_zone", "quiet", "digest", "most_an_hour")
_TOP = ("id", "defaults", "named", "topic")
_TOPIC = ("name", "query", "tell", *_ROUTING)
_TELL = ("email", "webhook", "apprise", "secret_file", "headers_file", *_ROUTING)
_MOST_ID = 100
_ID_REMEDY = 'give the file a name of its own, for good, in its first line: id = "newsroom"'
_TOPIC_REMEDY = 'write [[topic]] on a line of its own, and under it: name = "…" and query = "…"'
_TELL_REMEDY = (
    'write tell = ["desk@example.org", { webhook = "https://example.org/hook", mode = "spike" }]'
)


def read_topic_file(
    text: str,
    *,
    check_address: Callable[[Channel, str], TypedAddress],
    read_secret: Callable[[str], str],
    read_header_lines: Callable[[str], str],
) -> tuple[TopicFile, list[Flaw]]:
    """Return a file of its text, without what has a flaw, and the flaws. Queries are not parsed here.

    `check_address`, `read_secret` and `read_header_lines` (of a path as the file gives it) raise
    InputError.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        flaw = Flaw((), f"this is no TOML: {error}", "see https://toml.io for the syntax")
        return TopicFile("", {}, ()), [flaw]
    except RecursionError:
        return TopicFile("", {}, ()), [Flaw((), "lists are nested too deep")]
    reader = _Reader(check_address, {"secret_file": read_secret, "headers_file": read_header_lines})
    return reader.file(data), reader.flaws


class _Reader:
    """Reads one file, and collects its flaws."""

    def __init__(
        self,
        check_address: Callable[[Channel, str], TypedAddress],
        read_files: Mapping[str, Callable[[str], str]],
    ) -> None:
        self.flaws: list[Flaw] = []
        self._check_address = check_address
        self._read_files = read_files
        self._topic = ""

    def file(self, data: dict[str, Any]) -> TopicFile:
        self._check_keys((), data, _TOP)
        defaults = self._table(("defaults",), data.get("defaults", {}))
        self._check_keys(("defaults",), defaults, _ROUTING)
        routing = self._routing(("defaults",), defaults, Routing())
        named = dict(self._named(self._table(("named",), data.get("named", {}))))
        return TopicFile(self._id(data), named, tuple(self._topics(data, routing)))

    def _id(self, data: Mapping[str, Any]) -> str:
        given = data.get("id")
        if not isinstance(given, str) or not given.strip() or len(given) > _MOST_ID:
            says = "the file has no id" if given is None else "the id has to be a short text"
            self._flaw(("id",), says, _ID_REMEDY)
            return ""
        return given.strip()

    def _named(self, table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        for name, query in table.items():
            key = ("named", name)
            if not isinstance(query, str) or not query.strip():
                self._flaw(key, "a named query has to be a text", f'write {name} = "…"')
                continue
            try:
                yield query_name(name), query.strip()
            except InputError as error:
                self._flaw(key, str(error))

    def _topics(self, data: Mapping[str, Any], defaults: Routing) -> Iterator[FileTopic]:
        given = data.get("topic", [])
        if not isinstance(given, list):
            self._flaw(("topic",), "topics are a list", _TOPIC_REMEDY)
            return
        seen: dict[str, int] = {}
        for index, table in enumerate(given):
            topic = self._topic_of(("topic", index), table, defaults)
            if topic is None:
                continue
            if (first := seen.setdefault(topic.name, index)) != index:
                self._flaw(
                    (*topic.key, "name"),
                    f"there is a topic {topic.name!r} already, number {first + 1} of the file",
                    "give each topic a name of its own",
                )
            yield topic
        self._topic = ""

    def _topic_of(self, key: Key, table: object, defaults: Routing) -> FileTopic | None:
        if not isinstance(table, dict):
            self._topic = ""
            self._flaw(key, "a topic is a table", _TOPIC_REMEDY)
            return None
        self._topic = str(table.get("name", ""))
        self._check_keys(key, table, _TOPIC)
        name, query = (self._text(key, table, part, required=True) for part in ("name", "query"))
        recipients = tuple(self._recipients(key, table, self._routing(key, table, defaults)))
        if name is None or query is None:
            return None
        try:
            return FileTopic(key, topic_name(name), query.strip(), recipients)
        except InputError as error:
            self._flaw((*key, "name"), str(error))
            return None

    def _recipients(
        self, key: Key, table: Mapping[str, Any], routing: Routing
    ) -> Iterator[NewRecipient]:
        given = table.get("tell", [])
        if not isinstance(given, list):
            self._flaw((*key, "tell"), "who is told is a list", _TELL_REMEDY)
            return
        seen: set[RecipientKey] = set()
        for index, who in enumerate(given):
            item = (*key, "tell", index)
            recipient = self._recipient(item, who, routing)
            if recipient is None:
                continue
            if recipient.key in seen:
                self._flaw(item, f"{recipient.address} is told twice", "remove one of the two")
            seen.add(recipient.key)
            yield recipient

    def _recipient(self, key: Key, who: object, routing: Routing) -> NewRecipient | None:
        if isinstance(who, str):
            return self._addressed(key, _channel_of(who), who, routing)
        if not isinstance(who, dict):
            self._flaw(key, "who is told is an address or a table", _TELL_REMEDY)
            return None
        self._check_keys(key, who, _TELL)
        channels = [channel for channel in Channel if channel.value in who]
        if len(channels) != 1:
            self._flaw(key, "a recipient has one of email, webhook, apprise", _TELL_REMEDY)
            return None
        routing = self._routing(key, who, routing)
        secret, headers = (self._file(key, who, name) for name in ("secret_file", "headers_file"))
        address = self._text(key, who, channels[0].value, required=True)
        if address is None:
            return None
        key = (*key, channels[0].value)
        recipient = self._addressed(key, channels[0], address, routing)
        return recipient and recipient._replace(secret=secret, headers=headers)

    def _addressed(
        self, key: Key, channel: Channel, address: str, routing: Routing
    ) -> NewRecipient | None:
        try:
            kept = self._check_address(channel, address).address
        except InputError as error:
            self._flaw(key, str(error))
            return None
        return NewRecipient(channel, kept, None, routing)

    def _file(self, key: Key, who: Mapping[str, Any], name: str) -> str | None:
        """Read what a webhook has in a file of its own: its secret, its headers."""
        path = self._text(key, who, name)
        if path is None:
            return None
        if "webhook" not in who:
            self._flaw((*key, name), "only webhooks have it", "remove it")
            return None
        try:
            return self._read_files[name](path)
        except InputError as error:
            self._flaw((*key, name), str(error))
            return None

    def _routing(self, key: Key, table: Mapping[str, Any], outer: Routing) -> Routing:
        """Read what a table says of routing, over what stands outside of it."""
        updates = table.get("updates")
        if not isinstance(updates, bool | None):
            self._flaw((*key, "updates"), "has to be true or false", "write it without quotes")
            updates = None
        return RoutingChange(
            mode=self._read(key, table, "mode", read_mode),
            updates=updates,
            time_zone=self._read(key, table, "time_zone", read_zone),
            quiet=self._read(key, table, "quiet", read_quiet),
            digest=self._read(key, table, "digest", read_digest),
            most_an_hour=self._most(key, table),
        ).applied(outer)

    def _most(self, key: Key, table: Mapping[str, Any]) -> int | None:
        most = table.get("most_an_hour")
        if most is None or (isinstance(most, int) and most >= 0 and most is not True):
            return most
        self._flaw((*key, "most_an_hour"), "has to be a whole number", "0 sets no limit")
        return None

    def _read(
        self, key: Key, table: Mapping[str, Any], name: str, read: Callable[[str], T]
    ) -> T | None:
        text = self._text(key, table, name)
        try:
            return None if text is None else read(text)
        except InputError as error:
            self._flaw((*key, name), str(error))
            return None

    def _text(
        self, key: Key, table: Mapping[str, Any], name: str, *, required: bool = False
    ) -> str | None:
        given = table.get(name)
        if given is None and not required:
            return None
        if isinstance(given, str) and given.strip():
            return given
        at = (*key, name) if name in table else key
        says = f"{name} is missing" if given is None else f"{name} has to be a text"
        self._flaw(at, says, f'write {name} = "…"')
        return None

    def _table(self, key: Key, given: object) -> dict[str, Any]:
        if isinstance(given, dict):
            return given
        self._flaw(key, "is a section", f"write [{key[0]}] and its keys on lines of their own")
        return {}

    def _check_keys(self, key: Key, table: Mapping[str, Any], known: tuple[str, ...]) -> None:
        for name in table:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                remedy = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
                self._flaw((*key, name), "there is no such key", remedy)

    def _flaw(self, key: Key, says: str, remedy: str = "") -> None:
        self.flaws.append(Flaw(key, says, remedy, self._topic))


def _channel_of(address: str) -> Channel:
    """Tell what a bare address is: a webhook's, another service's, or else an e-mail address."""
    if address.lower().startswith(("http://", "https://")):
        return Channel.WEBHOOK
    return Channel.APPRISE if "://" in address else Channel.EMAIL
