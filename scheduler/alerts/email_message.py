"""The e-mail of an alert: text and HTML in one message, the same bytes whenever it is written."""

from __future__ import annotations

import functools
from datetime import UTC, datetime

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

from scheduler.alerts.content import AlertContent
from scheduler.alerts.envelope import Envelope, message_bytes


def email_message(alert: AlertContent, *, uid: str, sender: str, recipient: str) -> bytes:
    """Return the whole message for one recipient; `uid` becomes its Message-ID."""
    envelope = Envelope(
        uid=uid,
        sender=sender,
        recipient=recipient,
        subject=alert.title,
        at=alert.alerted,
        follows=alert.note.follows,
        list_name=f"topic-{alert.topic.id}",
        list_title=alert.topic.name,
        unsubscribe=alert.note.mute,
    )
    text, html = rendered("alert.txt", alert=alert), rendered("alert.html", alert=alert)
    return message_bytes(envelope, text, html)


def rendered(template: str, **facts: object) -> str:
    """Return one of the templates, filled in with facts."""
    return _template(template).render(**facts, time=_time, percent=_percent)


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
