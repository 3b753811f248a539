"""Hands a message to a process that speaks Apprise, and reads what came of it."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import json
import sys
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network

from crawler.extract.markup.clean_text import visible_line
from scheduler.alerts.outcomes import SendReceipt
from storage.errors import DeliveryDeferredError, DeliveryRefusedError
from storage.models.deliveries import Delivery

_CHILD = "scheduler.alerts.apprise.child"
_MOST_AT_ONCE = 2  # processes
_MOST_SAID = 200
_MOST_ANSWER = 100_000  # bytes


class AppriseSender:
    """Starts a process for each message: what hangs is killed, and nothing is left of it."""

    def __init__(
        self, networks: Sequence[IPv4Network | IPv6Network], *, timeout_seconds: float
    ) -> None:
        self._networks = [str(network) for network in networks]
        self._seconds = timeout_seconds
        self._places = asyncio.Semaphore(_MOST_AT_ONCE)

    @property
    def obstacle(self) -> str | None:
        """Nothing can be sent without the extra."""
        if importlib.util.find_spec("apprise") is None:
            return "Apprise is not installed: pip install 'wirewatch[apprise]'"
        return None

    async def send(self, delivery: Delivery) -> SendReceipt:
        """Send once, and return what the service said.

        Raises DeliveryRefusedError for what our own guard stopped or Apprise can't read, and
        DeliveryDeferredError for all else: few services say whether a refusal is for good.
        """
        asked = json.dumps({"url": delivery.address, **json.loads(delivery.payload)})
        async with self._places:
            answered = await self._ask(asked.encode())
        try:
            found = json.loads(answered)
            outcome, detail = str(found["outcome"]), visible_line(str(found["detail"]), _MOST_SAID)
        except (ValueError, KeyError, TypeError) as error:
            raise DeliveryDeferredError("Apprise's process gave no answer") from error
        # Its libraries may name the address in what they say, and it holds the password.
        detail = detail.replace(delivery.address, "(the address)")
        if outcome == "refused":
            raise DeliveryRefusedError(detail)
        if outcome != "sent":
            raise DeliveryDeferredError(detail)
        return SendReceipt(None, detail)

    async def _ask(self, asked: bytes) -> bytes:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", _CHILD, *self._networks),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={"PYTHONPATH": ":".join(sys.path), "PYTHONNOUSERSITE": "1"},
        )
        try:
            async with asyncio.timeout(self._seconds):
                answered, _ = await process.communicate(asked)
        except TimeoutError as error:
            raise DeliveryDeferredError(f"no answer within {self._seconds:g} s") from error
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        return answered[:_MOST_ANSWER]
