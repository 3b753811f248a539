"""The e-mail of an alert: text and HTML in one message, the same bytes whenever it is written."""

from __future__ import annotations

import functools
import re
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

from scheduler.alerts.clean import line
from scheduler.alerts.told import Told

_MOST_SUBJECT = 150
_STALE = "stale repost: "
_UPDATE = "update: "
_MOST_LIST_NAME = 60
_ATOM = r"[^\s\x00-\x1f\x7f-\x9f\ud800-\udfff@<>()\[\],;:\\\"]+"
_PLAIN_ADDRESS = re.compile(f"{_ATOM}@{_ATOM}")


def letter(told: Told, *, uid: str, sender: str, recipient: str) -> bytes:
    """Write the whole message for one recipient; `uid` becomes its Message-ID."""
    domain = _domain(sender)
    plain = recipient.isascii() and sender.isascii()
    message = EmailMessage(policy=SMTP if plain else SMTPUTF8)
    message["From"] = _sender(sender)
    # What is no address is refused when it is sent; here it must not break the header.
    message["To"] = recipient if is_address(recipient) else "undisclosed-recipients:;"
    message["Subject"] = line(
        f"{told.topic}: {_UPDATE if told.changes else ''}{_STALE if told.stale else ''}"
        f"{told.headline}",
        _MOST_SUBJECT,
    )
    message["Date"] = format_datetime(told.alerted.astimezone(UTC))
    message["Message-ID"] = f"<{uid}@{domain}>"
    if told.aside.follows:
        message["In-Reply-To"] = message["References"] = f"<{told.aside.follows}@{domain}>"
    message["List-Id"] = f"{_list_name(told.topic)}<topic-{told.topic_id}.wirewatch.{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    for template, kind in (("letter.txt", "plain"), ("letter.html", "html")):
        text = _template(template).render(told=told, time=_time, percent=_percent)
        if kind == "plain":
            message.set_content(text, charset="utf-8", cte="quoted-printable")
        else:
            message.add_alternative(text, subtype=kind, charset="utf-8", cte="quoted-printable")
    # "=_" can't stand in a quoted-printable part, so the boundary can't either.
    message.set_boundary(f"=_{uid}")
    return message.as_bytes()


def is_address(text: str) -> bool:
    """Tell whether a text is one bare address and nothing else."""
    return _PLAIN_ADDRESS.fullmatch(text) is not None


def address_of(sender: str) -> str:
    """Give the bare address of "Name <address>"."""
    return parseaddr(line(sender, 500))[1]


def _sender(sender: str) -> str:
    address = address_of(sender)
    if not is_address(address):
        return "Wirewatch <wirewatch@localhost>"
    name = re.sub(r'["\\]', "", parseaddr(line(sender, 500))[0])
    return f'"{name}" <{address}>' if name else address


def _domain(sender: str) -> str:
    domain = address_of(sender).rpartition("@")[2]
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return "localhost"
    return ascii_domain if re.fullmatch(r"[A-Za-z0-9.-]+", ascii_domain) else "localhost"


def _list_name(topic: str) -> str:
    """Give a topic's name for List-Id, where only plain words can stand unquoted."""
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
