"""The subscriber's side of WebSub (W3C Recommendation, 2018): what is asked, verified and signed; pure."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

LEASE_WISH = timedelta(days=10)  # what we ask for; the hub decides
_LEAST_LEASE = timedelta(minutes=5)  # a shorter one would have us ask all the time
_LONGEST_LEASE = timedelta(days=30)  # a hub that died is noticed after this at the latest
_RENEW_AT = 2 / 3  # of the lease
_JITTER = 0.1  # of the wait, to either side
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=10), timedelta(hours=24)
_LONGEST_CHALLENGE = 4096  # characters
_MOST_DIGITS = 12
_DIGESTS = {
    "sha1": hashlib.sha1,
    "sha256": hashlib.sha256,
    "sha384": hashlib.sha384,
    "sha512": hashlib.sha512,
}


class Mode(StrEnum):
    """What a hub says that a callback is about."""

    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Verification:
    """A hub's question whether we meant what we asked, or its refusal with the reason.

    `lease` is for how long the hub will push; None when it does not say.
    """

    mode: Mode
    topic: str
    challenge: str = ""
    lease: timedelta | None = None
    reason: str = ""


def read_verification(query: Mapping[str, str]) -> Verification | None:
    """Read the parameters of a hub's request; None when they are none of a verification."""
    mode, topic = query.get("hub.mode", ""), query.get("hub.topic", "")
    challenge = query.get("hub.challenge", "")
    if mode not in set(Mode) or not topic:
        return None
    if mode != Mode.DENIED and not 0 < len(challenge) <= _LONGEST_CHALLENGE:
        return None
    return Verification(
        mode=Mode(mode),
        topic=topic,
        challenge=challenge,
        lease=_seconds(query.get("hub.lease_seconds", "")),
        reason=query.get("hub.reason", ""),
    )


def subscription_form(
    mode: Mode, *, topic: str, callback: str, secret: str, lease: timedelta = LEASE_WISH
) -> dict[str, str]:
    """Write the form that asks a hub to subscribe us to a topic, or to unsubscribe us."""
    form = {"hub.mode": mode.value, "hub.topic": topic, "hub.callback": callback}
    if mode is Mode.SUBSCRIBE:
        form["hub.secret"] = secret
        form["hub.lease_seconds"] = str(int(lease.total_seconds()))
    return form


def is_signed(secret: str, body: bytes, signature: str | None) -> bool:
    """Tell whether X-Hub-Signature ("method=hex digits") shows that the body is our hub's.

    Takes as long for a wrong signature as for the right one.
    """
    method, _, digits = (signature or "").strip().partition("=")
    digest = _DIGESTS.get(method.lower())
    if digest is None:
        return False
    expected = hmac.new(secret.encode(), body, digest).hexdigest()
    return hmac.compare_digest(expected.encode(), digits.strip().lower().encode())


def lease_of(granted: timedelta | None) -> timedelta | None:
    """Say for how long a hub is believed to push; None when that is too short to be of use."""
    lease = LEASE_WISH if granted is None else granted
    return None if lease < _LEAST_LEASE else min(lease, _LONGEST_LEASE)


def renewal_after(lease: timedelta, chance: Callable[[], float]) -> timedelta:
    """Say when to ask for the next lease: when two thirds are over, a little sooner or later.

    `chance` gives numbers from 0 to 1.
    """
    return _jittered(lease * _RENEW_AT, chance)


def back_off(failures: int, chance: Callable[[], float]) -> timedelta:
    """Say how long to wait after so many requests in a row that led to nothing; never for good."""
    doubled = _FIRST_WAIT * 2 ** min(max(failures, 1) - 1, 16)
    return _jittered(min(doubled, _LONGEST_WAIT), chance)


def _jittered(wait: timedelta, chance: Callable[[], float]) -> timedelta:
    return wait * (1 + _JITTER * (2 * chance() - 1))


def _seconds(text: str) -> timedelta | None:
    if not (text.isascii() and text.isdecimal()):
        return None
    return min(timedelta(seconds=int(text[:_MOST_DIGITS])), _LONGEST_LEASE)
