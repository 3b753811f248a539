"""E-mail through the operator's relay (SMTP, RFC 5321); every reply is read, and TLS is never dropped.

A reply of 4yz means not now and one of 5yz never (RFC 5321, 4.2.1). STARTTLS is RFC 3207, and mail to
addresses beyond ASCII asks for SMTPUTF8 (RFC 6531).
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Awaitable, Callable

import aiosmtplib

from crawler.extract.markup.clean_text import visible_line
from scheduler.alerts.envelope import address_of, is_address
from scheduler.alerts.outcomes import SendReceipt
from scheduler.config.settings import EmailSettings
from storage.errors import BlockedAddressError, DeliveryDeferredError, DeliveryRefusedError
from storage.models.deliveries import Delivery

_MOST_SAID = 200
_GOODBYE_SECONDS = 2.0
_CLOSING = 421  # the relay itself goes away; other replies below 500 are to one message
_FOR_GOOD = 500  # replies from 500 on mean no, those below not now

OpenSocket = Callable[[str, int, float], Awaitable[socket.socket]]


class MailSender:
    """Hands each delivery to the relay in a conversation of its own, with one recipient."""

    def __init__(
        self, open_socket: OpenSocket, tls: ssl.SSLContext, settings: EmailSettings
    ) -> None:
        self._open_socket = open_socket
        self._tls = tls
        self._settings = settings
        self._sender = address_of(settings.sender)

    @property
    def obstacle(self) -> str | None:
        """Nothing can be sent without a relay."""
        if self._settings.host is None:
            return "no e-mail relay is configured: set host in [email]"
        return None

    async def send(self, delivery: Delivery) -> SendReceipt:
        """Send once, and return the relay's reply.

        Raises DeliveryRefusedError when the relay says never, and DeliveryDeferredError when it says
        not now or is not reached. A refusal of the relay itself (TLS, log-in) defers: the operator
        mends that.
        """
        if not is_address(delivery.address):
            # The client would send to whatever it can find in it.
            raise DeliveryRefusedError("the recipient is no e-mail address")
        try:
            async with asyncio.timeout(self._settings.timeout_seconds):
                client = await self._connected()
                said = await self._hand_over(client, delivery)
        except TimeoutError as error:
            raise DeliveryDeferredError(
                f"the relay did not answer within {self._settings.timeout_seconds:g} s"
            ) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise DeliveryDeferredError(_said(error)) from error
        await _goodbye(client)
        return SendReceipt(250, said)

    async def greet(self) -> None:
        """Connect, encrypt and log in as for a delivery, and leave. Raises DeliveryDeferredError."""
        try:
            async with asyncio.timeout(self._settings.timeout_seconds):
                client = await self._connected()
        except TimeoutError as error:
            raise DeliveryDeferredError(
                f"the relay did not answer within {self._settings.timeout_seconds:g} s"
            ) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise DeliveryDeferredError(_said(error)) from error
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

    async def _hand_over(self, client: aiosmtplib.SMTP, delivery: Delivery) -> str:
        addresses = self._sender + delivery.address
        options = [] if addresses.isascii() else ["SMTPUTF8"]
        with contextlib.ExitStack() as undo:
            undo.callback(client.close)  # also at the deadline, and at the daemon's end
            try:
                refused, reply = await client.sendmail(
                    self._sender, [delivery.address], delivery.payload, mail_options=options
                )
            except (aiosmtplib.SMTPException, ValueError) as error:
                raise _named(error) from error
            for code, message in refused.values():
                raise _answered(code, message)
            undo.pop_all()
        return visible_line(reply, _MOST_SAID)

    def _local_name(self) -> str:
        """Return the name for EHLO; the client would ask DNS, and wait for it."""
        domain = self._sender.rpartition("@")[2]
        return domain if domain.isascii() and domain else "localhost"


def _named(error: Exception) -> DeliveryDeferredError | DeliveryRefusedError:
    """Return the delivery's error for one of the client."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        # It has no code of its own; that of the one recipient says whether to try again.
        return _answered(error.recipients[0].code, error.recipients[0].message)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _answered(error.code, error.message)
    if isinstance(error, aiosmtplib.SMTPNotSupported | ValueError):
        return DeliveryRefusedError(visible_line(f"can't be addressed: {error}", _MOST_SAID))
    return DeliveryDeferredError(_said(error))


async def _goodbye(client: aiosmtplib.SMTP) -> None:
    """Leave politely: it is delivered, however the relay takes its leave."""
    with contextlib.suppress(aiosmtplib.SMTPException, OSError):
        await client.quit(timeout=_GOODBYE_SECONDS)
    client.close()


def _answered(code: int, message: str) -> DeliveryDeferredError | DeliveryRefusedError:
    detail = visible_line(f"{code} {message}", _MOST_SAID)
    if code >= _FOR_GOOD:
        return DeliveryRefusedError(detail, status=code)
    return DeliveryDeferredError(detail, status=code, of_endpoint=code == _CLOSING)


def _said(error: Exception) -> str:
    return visible_line(f"{type(error).__name__}: {error}", _MOST_SAID)
