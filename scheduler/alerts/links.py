"""Links that readers follow from what they were told: to a story, and to hear no more of a topic.

A link that changes something is signed (HMAC-SHA256, RFC 2104) for its purpose and its recipient:
whoever has it may do that one thing, without a log-in and without an end (RFC 8058).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field

_MUTE = "mute"
_MAC_BYTES = 18


@dataclass(frozen=True, slots=True)
class MessageLinks:
    """Makes links to our web server. `public`: readers reach it at `base`."""

    base: str
    key: bytes = field(repr=False)
    public: bool = False

    def story(self, story_id: int) -> str:
        """Return the page of a story."""
        return f"{self.base.rstrip('/')}/stories/{story_id}"

    def digest(self, uid: str) -> str:
        """Return the page that lists all that a digest or summary told of."""
        return f"{self.base.rstrip('/')}/digests/{uid}"

    def mute(self, recipient_id: int) -> str:
        """Return the link by which a recipient hears no more of its topic; '' where none can work."""
        if not self.public:
            return ""
        return f"{self.base.rstrip('/')}/unsubscribe/{mute_token(self.key, recipient_id)}"


def mute_token(key: bytes, recipient_id: int) -> str:
    """Sign that a recipient may be muted."""
    return f"{recipient_id}.{_mac(key, f'{_MUTE}.{recipient_id}')}"


def read_mute_token(key: bytes, token: str) -> int | None:
    """Return the recipient that a token is for; None when we did not sign it."""
    number, _, mac = token.partition(".")
    if not (number.isascii() and number.isdecimal() and len(number) <= 18):  # noqa: PLR2004 - of an id
        return None
    expected = _mac(key, f"{_MUTE}.{int(number)}")
    return int(number) if hmac.compare_digest(mac.encode(), expected.encode()) else None


def _mac(key: bytes, text: str) -> str:
    digest = hmac.new(key, text.encode(), hashlib.sha256).digest()[:_MAC_BYTES]
    return base64.urlsafe_b64encode(digest).decode()
