"""When a delivery that failed is tried again, and when it is given up; pure."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

# The example schedule of Standard Webhooks 1.0: seconds to wait before each try, 75 h 35 min in all.
WAITS = (0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
MOST_WAIT = timedelta(hours=24)
_JITTER = 0.2


def next_try(
    tried: int, now: datetime, rng: random.Random, not_before: datetime | None = None
) -> datetime | None:
    """Return the time of the next try after `tried` failed ones; None to give the delivery up.

    The wait is lengthened by up to a fifth, so that what failed together does not come back
    together; the recipient's own wish (`not_before`) counts for up to 24 hours.
    """
    if tried >= len(WAITS):
        return None
    planned = now + timedelta(seconds=WAITS[tried] * (1 + _JITTER * rng.random()))
    if not_before is None:
        return planned
    return max(planned, min(not_before, now + MOST_WAIT))
