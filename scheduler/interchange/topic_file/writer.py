"""The writer of a file of topics: TOML text that reads back as the same topics; pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from scheduler.calendar.digest_schedule import NONE
from scheduler.wording.routing_text import quiet_of
from storage.models.recipients import Recipient, Routing
from storage.models.topics import NamedQuery, Topic

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\f": "\\f",
    "\r": "\\r",
    '"': '\\"',
    "\\": "\\\\",
}
_ONE_LINE = 100  # longer lists of recipients are written one a line


def topic_file_text(
    file_id: str, topics: Sequence[Topic], named: Sequence[NamedQuery], now: datetime
) -> str:
    """Return the text of a file. Secrets are not in it; comments say who is muted or snoozed."""
    routings = [recipient.routing for topic in topics for recipient in topic.recipients]
    defaults = _usual(routings)
    parts = [f"id = {_string(file_id)}\n"]
    if lines := list(_routing(defaults, _values(Routing()))):
        parts.append("\n".join(["[defaults]", *lines]) + "\n")
    if named:
        queries = (f"{_key(query.name)} = {_text(query.query)}" for query in named)
        parts.append("\n".join(["[named]", *queries]) + "\n")
    parts += ["\n".join(_topic(topic, defaults, now)) + "\n" for topic in topics]
    return "\n".join(parts)


def _usual(routings: Sequence[Routing]) -> dict[str, str]:
    """Return the most frequent value of each key."""
    every = [_values(routing) for routing in routings] or [_values(Routing())]
    return {key: Counter(one[key] for one in every).most_common(1)[0][0] for key in every[0]}


def _values(routing: Routing) -> dict[str, str]:
    """Return a routing as the keys of a file, with their TOML values."""
    return {
        "mode": _string(routing.mode.value),
        "updates": "true" if routing.updates else "false",
        "time_zone": _string(routing.time_zone),
        "quiet": _string(str(quiet_of(routing))),
        "digest": _string(routing.digest or NONE),
        "most_an_hour": str(routing.most_an_hour or 0),
    }


def _routing(values: Mapping[str, str], outer: Mapping[str, str]) -> Iterator[str]:
    return (f"{key} = {value}" for key, value in values.items() if value != outer[key])


def _topic(topic: Topic, defaults: Mapping[str, str], now: datetime) -> Iterator[str]:
    if _is_quiet(topic, now):
        yield "# Muted or snoozed by command, which no file says."
    yield "[[topic]]"
    yield f"name = {_string(topic.name)}"
    yield f"query = {_text(topic.query)}"
    if topic.recipients:
        yield from _tell(topic.recipients, defaults, now)


def _tell(
    recipients: Sequence[Recipient], defaults: Mapping[str, str], now: datetime
) -> Iterator[str]:
    items = [(_recipient(each, defaults), _is_quiet(each.routing, now)) for each in recipients]
    line = f"tell = [{', '.join(text for text, _ in items)}]"
    if len(line) <= _ONE_LINE and not any(quiet for _, quiet in items):
        yield line
        return
    yield "tell = ["
    for text, quiet in items:
        yield f"  {text},{'  # muted or snoozed by command' if quiet else ''}"
    yield "]"


def _is_quiet(what: Topic | Routing, now: datetime) -> bool:
    return what.muted or (what.snoozed_until is not None and what.snoozed_until > now)


def _recipient(recipient: Recipient, defaults: Mapping[str, str]) -> str:
    address = _string(recipient.address)
    routing = list(_routing(_values(recipient.routing), defaults))
    if not routing:
        return address
    return f"{{ {', '.join([f'{recipient.channel.value} = {address}', *routing])} }}"


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _string(name)


def _text(text: str) -> str:
    """Write a query: as it is where TOML lets it stand so, on lines of its own when it has some."""
    plain = all(c.isprintable() or c in "\n\t" for c in text)
    if plain and "\n" in text and "'''" not in text and not text.endswith("'"):
        return f"'''\n{text}'''"
    return f"'{text}'" if plain and "'" not in text and "\n" not in text else _string(text)


def _string(text: str) -> str:
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    return character if character.isprintable() else f"\\U{ord(character):08x}"
