"""What was sent, as people read it: a letter's text, a webhook's JSON; pure."""

from __future__ import annotations

import json
from email import message_from_bytes, policy

from storage.models.recipients import Channel


def shown(channel: Channel, payload: bytes) -> str:
    """Return what a delivery says; what can't be read is shown as it is."""
    try:
        if channel is Channel.EMAIL:
            return part(payload, "plain")
        return json.dumps(json.loads(payload), ensure_ascii=False, indent=2)
    except (ValueError, LookupError):
        return payload.decode(errors="replace")


def part(payload: bytes, kind: str) -> str:
    """Return a letter's part, plain or html; nothing when it has none."""
    body = message_from_bytes(payload, policy=policy.default).get_body((kind,))
    return "" if body is None else str(body.get_content())
