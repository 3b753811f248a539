"""The e-mail of an alert: text and HTML in one message, the same bytes whenever it is written."""

from __future__ import annotations

import functools
import re
from datetime import UTC, datetime

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

from scheduler.alerts.content import Told
from scheduler.alerts.envelope import Envelope, written

_STALE = "stale repost: "
_UPDATE = "update: "
_MOST_LIST_NAME = 60


def letter(told: Told, *, uid: str, sender: str, recipient: str) -> bytes:
    """Write the whole message for one recipient; `uid` becomes its Message-ID."""
    envelope = Envelope(
        uid=uid,
        sender=sender,
        recipient=recipient,
        subject=subject(told),
        at=told.alerted,
        follows=told.aside.follows,
        list_name=f"topic-{told.topic_id}",
        list_title=_list_name(told.topic),
        unsubscribe=told.aside.mute,
    )
    return written(envelope, rendered("letter.txt", told=told), rendered("letter.html", told=told))


def subject(told: Told) -> str:
    """Return an alert's subject: topic, kind, headline."""
    kind = f"{_UPDATE if told.changes else ''}{_STALE if told.stale else ''}"
    return f"{told.topic}: {kind}{told.headline}"


def rendered(name: str, **facts: object) -> str:
    """Fill in one of the templates."""
    return _template(name).render(**facts, time=_time, percent=_percent)


def _list_name(topic: str) -> str:
    """Return a topic's name for List-Id, where only plain words can stand unquoted."""
    words = " ".join(re.findall(r"[A-Za-z0-9-]+", topic))[:_MOST_LIST_NAME].strip()
    return f"{words} " if words else ""


@functools.cache
def _template(name: str) -> Template:
    templates = Environment(
        loader=PackageLoader("scheduler.alerts", "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return templates.get_template(name)


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _percent(share: float) -> str:
    return f"{min(int(share * 100), 100)} %"
