"""The list of deliveries, and all of one delivery with its message as people read it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from email import message_from_bytes, policy
from functools import partial

from sqlalchemy import Connection

from scheduler.lists.cursors import ListPage, page_by_id
from storage.delivery import alerts, outbox
from storage.models.deliveries import Attempt, Delivery, DeliveryState
from storage.models.recipients import Channel


@dataclass(frozen=True, slots=True)
class DeliveryDetail:
    """A delivery with every try, and what it says as people read it."""

    delivery: Delivery
    attempts: tuple[Attempt, ...]
    message: str
    alert_uid: str | None


def delivery_list(
    conn: Connection, cursor: str = "", state: DeliveryState | None = None, limit: int = 50
) -> ListPage[Delivery]:
    """Return a page of the deliveries, all or those in a state, the newest first.

    Raises InputError for a cursor that we never wrote.
    """
    return page_by_id(partial(outbox.page, conn, state=state), cursor, limit)


def delivery_detail(conn: Connection, delivery_id: int) -> DeliveryDetail:
    """Return all of one delivery. Raises NotFoundError."""
    delivery = outbox.get(conn, delivery_id)
    return DeliveryDetail(
        delivery=delivery,
        attempts=tuple(outbox.attempts(conn, delivery_id)),
        message=message_text(delivery.channel, delivery.payload),
        alert_uid=(
            None if delivery.alert_id is None else alerts.by_id(conn, delivery.alert_id).uid
        ),
    )


def message_text(channel: Channel, payload: bytes) -> str:
    """Return what a delivery says; what can't be read is shown as it is."""
    try:
        if channel is Channel.EMAIL:
            return email_part(payload, "plain")
        return json.dumps(json.loads(payload), ensure_ascii=False, indent=2)
    except (ValueError, LookupError):
        return payload.decode(errors="replace")


def email_part(payload: bytes, kind: str) -> str:
    """Return the body of an e-mail, plain or html; nothing when it has none of that kind."""
    body = message_from_bytes(payload, policy=policy.default).get_body((kind,))
    return "" if body is None else str(body.get_content())
