"""What the worker asks of a channel: send these bytes once, and say what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from storage.models.deliveries import Delivery


@dataclass(frozen=True, slots=True)
class SendReceipt:
    """The recipient took it: its code, and what it said."""

    status: int | None
    detail: str


class Sender(Protocol):
    """A channel. Sends nothing while `obstacle` says what the operator must do first."""

    @property
    def obstacle(self) -> str | None:
        """Say why nothing can be sent at all, in the operator's words; None when it can."""

    async def send(self, delivery: Delivery) -> SendReceipt:
        """Try once. Raises DeliveryDeferredError or DeliveryRefusedError."""
