"""E-mail through the operator's relay (SMTP, RFC 5321); every reply is read, and TLS is never dropped.

A reply of 4yz means not now and one of 5yz never (RFC 5321, 4.2.1), unless it is our own set-up that is refused: that
the operator mends. STARTTLS is RFC 3207.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import aiosmtplib

from crawler.extract.markup.clean_text import visible_line
from scheduler.addresses.mail_address import read_address, read_mailbox
from scheduler.alerts.outcomes import SendReceipt
from scheduler.alerts.smtp_replies import FOR_GOOD, SmtpStep, set_up_fault
from scheduler.config.settings import EmailSettings
from storage.errors import (
    BlockedAddressError,
    DeliveryDeferredError,
    DeliveryRefusedError,
    InputError,
)
from storage.models.deliveries import Delivery

_MOST_SAID = 200
_GOODBYE_SECONDS = 2.0
_CLOSING = 421  # the relay itself goes away; other replies below 500 are to one message
_UTF8 = "SMTPUTF8"

MailError = DeliveryDeferredError | DeliveryRefusedError
OpenSocket = Callable[[str, int, float], Awaitable[socket.socket]]


class MailSender:
    """Hands each delivery to the relay in a conversation of its own, with one recipient."""

    def __init__(
        self, open_socket: OpenSocket, tls: ssl.SSLContext, settings: EmailSettings
    ) -> None:
        self._open_socket = open_socket
        self._tls = tls
        self._settings = settings
        self._sender = read_mailbox(settings.sender).address

    @property
    def obstacle(self) -> str | None:
        """Nothing can be sent without a relay."""
        if self._settings.host is None:
            return "no e-mail relay is configured: set host in [email]"
        return None

    async def send(self, delivery: Delivery) -> SendReceipt:
        """Send once, and return the relay's reply.

        Raises DeliveryRefusedError when the relay says never, and DeliveryDeferredError when it says
        not now or is not reached. A refusal of our set-up (TLS, log-in, sender) defers: the operator
        mends that.
        """
        try:
            address = read_address(delivery.address).address
        except InputError as error:
            # The client would send to whatever it can find in it.
            raise DeliveryRefusedError("the recipient is no e-mail address") from error
        async with self._conversation() as client:
            reply = await self._hand_over(client, address, delivery.payload)
        return SendReceipt(250, reply)

    async def probe(self, addresses: Sequence[str]) -> dict[str, MailError]:
        """Go as far as MAIL FROM and RCPT TO, and leave; return what the relay says of addresses that it refuses.

        Raises DeliveryDeferredError when it refuses us, or is not reached.
        """
        refused: dict[str, MailError] = {}
        async with self._conversation() as client:
            await self._begin(client, self._needs_utf8(client, addresses))
            for address in addresses:
                try:
                    self._check_utf8(client, address)
                    await client.rcpt(address, encoding="utf-8")
                except aiosmtplib.SMTPResponseException as error:
                    refused[address] = _answered(SmtpStep.RCPT, error.code, error.message)
                except DeliveryRefusedError as error:
                    refused[address] = error
            await client.rset()
        return refused

    @asynccontextmanager
    async def _conversation(self) -> AsyncIterator[aiosmtplib.SMTP]:
        """Connect, encrypt, log in, and leave at the end; whatever fails is a delivery's error."""
        try:
            async with asyncio.timeout(self._settings.timeout_seconds):
                client = await self._connected()
                with contextlib.ExitStack() as undo:
                    undo.callback(client.close)  # also at the deadline, and at the daemon's end
                    await _greet(client)
                    yield client
                    undo.pop_all()
        except TimeoutError as error:
            raise DeliveryDeferredError(
                f"the relay did not answer within {self._settings.timeout_seconds:g} s"
            ) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise _named(error) from error
        await _goodbye(client)

    async def _connected(self) -> aiosmtplib.SMTP:
        """Connect, upgrade to TLS as set, and log in; whatever fails here may work later."""
        settings = self._settings
        host = settings.host or ""
        try:
            sock = await self._open_socket(host, settings.port, settings.timeout_seconds)
        except BlockedAddressError as error:
            raise DeliveryDeferredError(str(error)) from error
        client = aiosmtplib.SMTP(
            hostname=host,
            sock=sock,
            # Said outright: without a word, the client upgrades only when the relay offers it.
            use_tls=settings.tls == "tls",
            start_tls=settings.tls == "starttls",
            tls_context=None if settings.tls == "none" else self._tls,
            username=settings.username,
            password=settings.password.get_secret_value() if settings.password else None,
            local_hostname=self._local_name(),
            timeout=settings.timeout_seconds,
        )
        try:
            await client.connect()
        except aiosmtplib.SMTPResponseException as error:
            raise DeliveryDeferredError(
                f"the relay said no to us: {_said(error)}", status=error.code
            ) from error
        except ValueError as error:
            sock.close()  # not yet the client's, which closes what it has taken
            raise DeliveryDeferredError(_said(error)) from error
        return client

    async def _hand_over(self, client: aiosmtplib.SMTP, address: str, message: bytes) -> str:
        self._check_utf8(client, address)
        options = [_UTF8] if self._needs_utf8(client, [address]) else []
        try:
            refused, reply = await client.sendmail(
                self._sender, [address], message, mail_options=options
            )
        except ValueError as error:
            raise DeliveryRefusedError(
                visible_line(f"can't be addressed: {error}", _MOST_SAID)
            ) from error
        for code, says in refused.values():
            raise _answered(SmtpStep.RCPT, code, says)
        return visible_line(reply, _MOST_SAID)

    async def _begin(self, client: aiosmtplib.SMTP, is_utf8: bool) -> None:
        await client.mail(self._sender, options=[_UTF8] if is_utf8 else [], encoding="utf-8")

    def _needs_utf8(self, client: aiosmtplib.SMTP, addresses: Sequence[str]) -> bool:
        """Tell whether a message is to be announced as one with addresses beyond ASCII (RFC 6531)."""
        beyond = not "".join([self._sender, *addresses]).isascii()
        return beyond and client.supports_extension(_UTF8)

    def _check_utf8(self, client: aiosmtplib.SMTP, address: str) -> None:
        """Refuse what this relay can't be given: the one place that looks at what it offers."""
        if client.supports_extension(_UTF8):
            return
        if not self._sender.isascii():
            raise DeliveryDeferredError(
                f"the relay offers no SMTPUTF8, which our sender {self._sender} needs: "
                "set email.sender to an address in ASCII, or use another relay"
            )
        if not address.isascii():
            raise DeliveryRefusedError(
                f"the relay offers no SMTPUTF8, which {address} needs: tell an address in ASCII, "
                "or use another relay; then: wirewatch delivery retry"
            )

    def _local_name(self) -> str:
        """Return the name for EHLO; the client would ask DNS, and wait for it."""
        domain = self._sender.rpartition("@")[2]
        return domain if domain.isascii() and domain else "localhost"


def _named(error: Exception) -> MailError:
    """Return the delivery's error for one of the client."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        # It has no code of its own; that of the one recipient says whether to try again.
        return _answered(SmtpStep.RCPT, error.recipients[0].code, error.recipients[0].message)
    if isinstance(error, aiosmtplib.SMTPSenderRefused):
        return _answered(SmtpStep.MAIL, error.code, error.message)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _answered(SmtpStep.DATA, error.code, error.message)
    return DeliveryDeferredError(_said(error))


async def _greet(client: aiosmtplib.SMTP) -> None:
    """Ask what the relay offers, where neither TLS nor the log-in has asked."""
    if client.is_ehlo_or_helo_needed:
        try:
            await client.ehlo()
        except aiosmtplib.SMTPHeloError:
            await client.helo()


async def _goodbye(client: aiosmtplib.SMTP) -> None:
    """Leave politely: it is delivered, however the relay takes its leave."""
    with contextlib.suppress(aiosmtplib.SMTPException, OSError):
        await client.quit(timeout=_GOODBYE_SECONDS)
    client.close()


def _answered(step: SmtpStep, code: int, message: str) -> MailError:
    detail = visible_line(f"{code} {message}", _MOST_SAID)
    if fault := set_up_fault(step, code, message):
        says = f"{fault.says}: {detail}. {fault.remedy}"
        return DeliveryDeferredError(says, status=code, of_endpoint=fault.of_all)
    if code >= FOR_GOOD:
        return DeliveryRefusedError(detail, status=code)
    return DeliveryDeferredError(detail, status=code, of_endpoint=code == _CLOSING)


def _said(error: Exception) -> str:
    return visible_line(f"{type(error).__name__}: {error}", _MOST_SAID)
