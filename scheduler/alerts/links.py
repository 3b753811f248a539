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
_OF_DIGEST = "digest-"
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
        return self._unsubscribe(mute_token(self.key, recipient_id))

    def mute_digest(self, recipient_id: int) -> str:
        """Return the link by which all hear no more who are told in one with a recipient; else ''."""
        return self._unsubscribe(mute_token(self.key, recipient_id, of_digest=True))

    def _unsubscribe(self, token: str) -> str:
        return f"{self.base.rstrip('/')}/unsubscribe/{token}" if self.public else ""


@dataclass(frozen=True, slots=True)
class MuteToken:
    """Whom a link mutes: one recipient, or `of_digest` all who are told in one with it."""

    recipient_id: int
    of_digest: bool = False


def mute_token(key: bytes, recipient_id: int, *, of_digest: bool = False) -> str:
    """Sign that a recipient may be muted, or all who are told in one with it."""
    prefix = _OF_DIGEST if of_digest else ""
    return f"{prefix}{recipient_id}.{_mac(key, f'{_MUTE}.{prefix}{recipient_id}')}"


def read_mute_token(key: bytes, token: str) -> MuteToken | None:
    """Return whom a token is for; None when we did not sign it."""
    number, _, mac = token.partition(".")
    of_digest = number.startswith(_OF_DIGEST)
    number = number.removeprefix(_OF_DIGEST)
    if not (number.isascii() and number.isdecimal() and len(number) <= 18):  # noqa: PLR2004 - of an id
        return None
    expected = mute_token(key, int(number), of_digest=of_digest).partition(".")[2]
    if not hmac.compare_digest(mac.encode(), expected.encode()):
        return None
    return MuteToken(int(number), of_digest)


def _mac(key: bytes, text: str) -> str:
    digest = hmac.new(key, text.encode(), hashlib.sha256).digest()[:_MAC_BYTES]
    return base64.urlsafe_b64encode(digest).decode()
