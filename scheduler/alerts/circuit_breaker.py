"""When an endpoint that fails is left alone, and until when; pure.

A circuit breaker (Nygard, “Release It!”): while it is open nothing is sent there, then one delivery
is let through to see. So what waits keeps its tries, its order, and the receiver its peace.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

from storage.models.deliveries import Endpoint

_WAITS = (5, 30, 120, 300, 900, 1800)  # seconds, after so many failures in a row
_MOST_WISH = timedelta(hours=24)
_JITTER = 0.2
_MOST_ERROR = 500  # characters


def after_failure(
    endpoint: Endpoint,
    error: str,
    now: datetime,
    rng: random.Random,
    *,
    next_try: datetime | None = None,
    wish: datetime | None = None,
) -> Endpoint:
    """Return an endpoint as it is after one more failure.

    It is let be no longer than until the `next_try` of what has failed; its own `wish`
    (Retry-After) counts for up to 24 hours.
    """
    failures = endpoint.failures + 1
    seconds = _WAITS[min(failures, len(_WAITS)) - 1] * (1 + _JITTER * rng.random())
    until = now + timedelta(seconds=seconds)
    if next_try is not None:
        until = min(until, next_try)
    if wish is not None:
        until = max(until, min(wish, now + _MOST_WISH))
    return replace(
        endpoint,
        failures=failures,
        failing_since=endpoint.failing_since or now,
        open_until=until,
        last_error=error[:_MOST_ERROR],
    )


def is_open(endpoint: Endpoint, now: datetime) -> bool:
    """Tell whether nothing is sent to an endpoint now."""
    if endpoint.disabled_at is not None:
        return True
    return endpoint.open_until is not None and endpoint.open_until > now
