"""An SMTP server on loopback that keeps what it is sent: the demo's recipient of e-mail."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from types import TracebackType
from typing import Any, Self

_LOOPBACK = "127.0.0.1"
_EXCERPT_LINES = 14


@dataclass(frozen=True, slots=True)
class ReceivedEmail:
    """An e-mail as it came: who it is for, and the parsed message."""

    to: tuple[str, ...]
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])

    def text(self) -> str:
        """Return the plain part."""
        part = self.message.get_body(("plain",))
        return "" if part is None else str(part.get_content())

    def kinds(self) -> tuple[str, ...]:
        """Name the kinds of its parts, such as text/plain."""
        return tuple(
            part.get_content_type() for part in self.message.walk() if not part.is_multipart()
        )

    def excerpt(self) -> str:
        """Return the first lines of the plain part that say something."""
        lines = [line for line in self.text().splitlines() if line.strip()]
        return "\n".join(lines[:_EXCERPT_LINES])


class Mailbox:
    """Takes every email; `emails` are in the order of arrival."""

    def __init__(self) -> None:
        self.emails: list[ReceivedEmail] = []
        self.port = 0
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        # Only the demo needs a mail server: it comes with the extra of that name.
        from aiosmtpd.smtp import SMTP  # noqa: PLC0415

        def connected() -> Any:  # noqa: ANN401 - aiosmtpd has no types
            return SMTP(self, enable_SMTPUTF8=True, loop=asyncio.get_running_loop())

        self._server = await asyncio.get_running_loop().create_server(connected, _LOOPBACK, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.close()

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: ANN401, N802 - aiosmtpd's names
        """Keep a email (called by aiosmtpd)."""
        parsed = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(
            envelope.original_content
        )
        self.emails.append(ReceivedEmail(tuple(envelope.rcpt_tos), parsed))
        return "250 kept"
