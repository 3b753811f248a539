"""An e-mail round a text (RFC 5322): its headers, cleaned, and the same bytes whenever it is written.

List-Unsubscribe with one click is RFC 8058, List-Id RFC 2919, Auto-Submitted RFC 3834.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr

from crawler.extract.markup.clean_text import visible_line

_MOST_SUBJECT = 150
_ATOM = r"[^\s\x00-\x1f\x7f-\x9f\ud800-\udfff@<>()\[\],;:\\\"]+"
_PLAIN_ADDRESS = re.compile(f"{_ATOM}@{_ATOM}")


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
    def domain(self) -> str:
        """The sender's domain, which names the message."""
        return _domain(self.sender)


def message_bytes(envelope: Envelope, text: str, html: str | None = None) -> bytes:
    """Return the whole message, as it goes to the relay."""
    domain = envelope.domain
    plain = envelope.recipient.isascii() and envelope.sender.isascii()
    message = EmailMessage(policy=SMTP if plain else SMTPUTF8)
    message["From"] = _sender(envelope.sender)
    # What is no address is refused when it is sent; here it must not break the header.
    to = envelope.recipient
    message["To"] = to if is_address(to) else "undisclosed-recipients:;"
    message["Subject"] = visible_line(envelope.subject, _MOST_SUBJECT)
    message["Date"] = format_datetime(envelope.at.astimezone(UTC))
    message["Message-ID"] = f"<{envelope.uid}@{domain}>"
    if envelope.follows:
        message["In-Reply-To"] = message["References"] = f"<{envelope.follows}@{domain}>"
    message["List-Id"] = f"{envelope.list_title}<{envelope.list_name}.wirewatch.{domain}>"
    if envelope.unsubscribe:
        message["List-Unsubscribe"] = f"<{envelope.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(text, charset="utf-8", cte="quoted-printable")
    if html is not None:
        message.add_alternative(html, subtype="html", charset="utf-8", cte="quoted-printable")
        # "=_" can't stand in a quoted-printable part, so the boundary can't either.
        message.set_boundary(f"=_{envelope.uid}")
    return message.as_bytes()


def is_address(text: str) -> bool:
    """Tell whether a text is one bare address and nothing else."""
    return _PLAIN_ADDRESS.fullmatch(text) is not None


def address_of(sender: str) -> str:
    """Return the bare address of "Name <address>"."""
    return parseaddr(visible_line(sender, 500))[1]


def _sender(sender: str) -> str:
    address = address_of(sender)
    if not is_address(address):
        return "Wirewatch <wirewatch@localhost>"
    name = re.sub(r'["\\]', "", parseaddr(visible_line(sender, 500))[0])
    return f'"{name}" <{address}>' if name else address


def _domain(sender: str) -> str:
    domain = address_of(sender).rpartition("@")[2]
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return "localhost"
    return ascii_domain if re.fullmatch(r"[A-Za-z0-9.-]+", ascii_domain) else "localhost"
