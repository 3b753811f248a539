"""An e-mail round a text (RFC 5322): its headers, cleaned, and the same bytes whenever it is written.

List-Unsubscribe with one click is RFC 8058, List-Id RFC 2919, Auto-Submitted RFC 3834. All of it is ASCII, so that every
relay takes it, unless an address has more than ASCII before its @ (RFC 6531).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from crawler.extract.markup.clean_text import visible_line
from scheduler.addresses.mail_address import NamedAddress, read_address, read_mailbox
from scheduler.alerts.headers import list_id_field, mailbox_field, plain_field, text_field
from storage.errors import InputError

_MOST_SUBJECT = 150
_MOST_SENDER = 500
_MOST_TITLE = 200
_NOBODY = NamedAddress("Wirewatch", "wirewatch@localhost")


@dataclass(frozen=True, slots=True)
class Envelope:
    """Whom a message goes to, from whom, and what it is about.

    `uid` becomes its Message-ID, `follows` is the uid of the one that it answers; `unsubscribe` is
    a link for one click (RFC 8058).
    """

    uid: str
    sender: str
    recipient: str
    subject: str
    at: datetime
    follows: str = ""
    list_name: str = "wirewatch"
    list_title: str = ""
    unsubscribe: str = ""

    @property
    def mailbox(self) -> NamedAddress:
        """The sender's name and address; what is none must not break the header."""
        try:
            return read_mailbox(visible_line(self.sender, _MOST_SENDER))
        except InputError:
            return _NOBODY


def message_bytes(envelope: Envelope, text: str, html: str | None = None) -> bytes:
    """Return the whole message, as it goes to the relay."""
    message = EmailMessage(policy=SMTP)
    message.set_content(text, charset="utf-8", cte="quoted-printable")
    if html is not None:
        message.add_alternative(html, subtype="html", charset="utf-8", cte="quoted-printable")
        # "=_" can't stand in a quoted-printable part, so the boundary can't either.
        message.set_boundary(f"=_{envelope.uid}")
    return "".join(_fields(envelope)).encode() + message.as_bytes()


def _fields(envelope: Envelope) -> Iterator[str]:
    sender = envelope.mailbox
    domain = sender.address.rpartition("@")[2]
    yield mailbox_field("From", sender.name, sender.address)
    yield plain_field("To", _to(envelope.recipient))
    yield text_field("Subject", visible_line(envelope.subject, _MOST_SUBJECT))
    yield plain_field("Date", format_datetime(envelope.at.astimezone(UTC)))
    yield plain_field("Message-ID", f"<{envelope.uid}@{domain}>")
    if envelope.follows:
        yield plain_field("In-Reply-To", f"<{envelope.follows}@{domain}>")
        yield plain_field("References", f"<{envelope.follows}@{domain}>")
    title = visible_line(envelope.list_title, _MOST_TITLE)
    yield list_id_field(title, f"{envelope.list_name}.wirewatch.{domain}")
    if envelope.unsubscribe:
        yield plain_field("List-Unsubscribe", f"<{envelope.unsubscribe}>")
        yield plain_field("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
    yield plain_field("Auto-Submitted", "auto-generated")
    yield plain_field("X-Auto-Response-Suppress", "All")


def _to(recipient: str) -> str:
    """Return an address as it stands in To; what is none is refused when it is sent."""
    try:
        return read_address(recipient).address
    except InputError:
        return "undisclosed-recipients:;"
