"""Webhooks by Standard Webhooks 1.0: signed, posted once, and the answer read with care.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md has the
signature (HMAC-SHA256, RFC 2104), the secrets, the retries and what 410 Gone means; Retry-After is
RFC 9110, 10.2.3.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime
from importlib.metadata import version

import aiohttp

from crawler.extract.markup.clean_text import visible_line
from crawler.fetch.outcome import read_retry_after
from scheduler.addresses.webhook_headers import headers_of
from scheduler.alerts.outcomes import SendReceipt
from scheduler.config.settings import WebhookSettings
from storage.errors import DeliveryDeferredError, DeliveryRefusedError
from storage.models.deliveries import Delivery
from storage.models.problems import Problem

_PREFIX = "whsec_"
_SECRET_BYTES = 32
_MOST_REPLY = 16_384  # bytes
_MOST_SAID = 200  # characters of a reply in the delivery log
_GONE = 410
_OF_THE_MESSAGE = frozenset({400, 406, 409, 411, 412, 413, 414, 415, 417, 422, 431})


def new_secret() -> str:
    """Make a secret for a webhook's recipient."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def sign(secret: str, uid: str, attempted: datetime, body: bytes) -> str:
    """Sign "id.timestamp.body" with the secret's bytes. Raises ValueError for a wrong secret."""
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except ValueError as error:
        raise ValueError("the secret is not whsec_ and base64") from error
    signed = f"{uid}.{int(attempted.timestamp())}.".encode() + body
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


class WebhookSender:
    """Posts deliveries through the session of the egress; follows no redirect."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        settings: WebhookSettings,
        clock: Callable[[], datetime],
    ) -> None:
        self._session = session
        self._timeout = aiohttp.ClientTimeout(total=settings.timeout_seconds)
        self._seconds = settings.timeout_seconds
        self._clock = clock
        self._agent = f"Wirewatch/{version('wirewatch')}"

    @property
    def obstacle(self) -> str | None:
        """Webhooks need nothing set."""
        return None

    async def send(self, delivery: Delivery) -> SendReceipt:
        """Post once, and return the endpoint's answer; only 2xx is success.

        Raises DeliveryRefusedError for 410, for an address or a secret that can't be used and for an
        address that is blocked, and DeliveryDeferredError for any other answer or none.
        """
        headers = self._headers(delivery)
        try:
            return await self._post(delivery, headers)
        except TimeoutError as error:
            raise DeliveryDeferredError(f"no answer within {self._seconds:g} s") from error
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError) as error:
            raise DeliveryRefusedError("the address can't be used") from error
        except (aiohttp.ClientError, OSError) as error:
            raise _failed(error) from error

    async def _post(self, delivery: Delivery, headers: dict[str, str]) -> SendReceipt:
        async with self._session.post(
            delivery.address,
            data=delivery.payload,
            headers=headers,
            allow_redirects=False,
            timeout=self._timeout,
        ) as response:
            if 200 <= response.status < 300:  # noqa: PLR2004 - success, as HTTP has it
                return SendReceipt(response.status, f"answered {response.status}")
            said = await _reply(response)
            detail = f"answered {response.status}{f': {said}' if said else ''}"
            if response.status == _GONE:
                raise DeliveryRefusedError(detail, status=_GONE)
            if 300 <= response.status < 400:  # noqa: PLR2004 - a redirect, as HTTP has it
                detail = f"answered {response.status}; redirects are not followed"
            raise DeliveryDeferredError(
                detail,
                status=response.status,
                not_before=read_retry_after(response.headers.get("Retry-After"), self._clock()),
                of_endpoint=response.status not in _OF_THE_MESSAGE,
            )

    def _headers(self, delivery: Delivery) -> dict[str, str]:
        if not delivery.secret:
            raise DeliveryRefusedError("the recipient has no secret to sign with")
        attempted = self._clock()
        try:
            signature = " ".join(
                sign(secret, delivery.uid, attempted, delivery.payload)
                for secret in _secrets(delivery, attempted)
            )
        except ValueError as error:
            raise DeliveryRefusedError(str(error)) from error
        return {
            "User-Agent": self._agent,
            **headers_of(delivery.headers),
            "Content-Type": "application/json",
            "webhook-id": delivery.uid,
            "webhook-timestamp": str(int(attempted.timestamp())),
            "webhook-signature": signature,
        }


def _secrets(delivery: Delivery, now: datetime) -> Iterator[str]:
    """Yield the secrets that sign: while one is being changed, the old one beside the new."""
    if delivery.secret:
        yield delivery.secret
    until = delivery.old_secret_until
    if delivery.old_secret and until is not None and now < until:
        yield delivery.old_secret


async def _reply(response: aiohttp.ClientResponse) -> str:
    """Read the beginning of what a refusing recipient says; nothing when it does not come."""
    read = bytearray()
    try:
        while len(read) < _MOST_REPLY:
            some = await response.content.read(_MOST_REPLY - len(read))
            if not some:
                break
            read += some
    except (aiohttp.ClientError, OSError):  # a TimeoutError too: the status is known, and counts
        pass
    response.close()  # whatever else it would say is not read
    return visible_line(bytes(read).decode("utf-8", "replace"), _MOST_SAID)


def _failed(error: Exception) -> DeliveryDeferredError | DeliveryRefusedError:
    """Say why no answer came. The client's text names host and port, never the path."""
    if Problem.BLOCKED_ADDRESS in str(error):
        return DeliveryRefusedError(visible_line(str(error), _MOST_SAID))
    said = str(error) if isinstance(error, aiohttp.ClientConnectorError) else ""
    return DeliveryDeferredError(visible_line(f"{type(error).__name__} {said}", _MOST_SAID))
