"""When a day has so many more stories than the days before that it is a spike; pure.

Counts of stories vary like Poisson counts at least. Anscombe's transformation (The transformation
of Poisson, binomial and negative-binomial data, Biometrika 1948) makes 2·sqrt(x + 3/8) of such a
count nearly normal with variance 1, whatever its mean; against the mean of n days the variance of
the difference is 1 + 1/n. It needs no tables, and is fair for the small counts that topics have.

Real counts vary more than that: stories come in clusters, and a weekday is no Sunday. For busy
topics a Poisson bound would be passed every Monday, so a spike is also a multiple of the mean; and
for quiet ones a handful of stories is no event, so it is also an absolute number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from scheduler.calendar.local_time import same_hours

DAYS = 14
"""How many days a day is compared with: two of each weekday."""

LEAST_DAYS = 7
"""With fewer days than one of each weekday there is no profile yet."""

LEAST_STORIES = 5
"""Fewer stories are no spike, however quiet the topic is."""

LEAST_TIMES = 2.0
"""A spike has at least so many times the mean; this decides from about 17 stories a day on."""

DEVIATIONS = 3.1
"""Standard deviations over the mean: 1 in 1,000 by the normal distribution."""

_SHIFT = 3 / 8


def profile(
    now: datetime,
    zone: ZoneInfo,
    created_at: datetime,
    count: Callable[[datetime, datetime], int],
) -> tuple[int, ...]:
    """Return the number of stories of each day before this one up to this time, the latest day first.

    Days on which the topic was not watched from the start are none; `count` takes from and until.
    """
    days = same_hours(now, zone, DAYS)
    return tuple(count(since, until) for since, until in days if since >= created_at)


def least_spike(before: Sequence[int]) -> int:
    """Return the least count that is a spike after days with these counts; there must be a day."""
    mean = sum(before) / len(before)
    bound = math.sqrt(mean + _SHIFT) + DEVIATIONS / 2 * math.sqrt(1 + 1 / len(before))
    return max(LEAST_STORIES, math.ceil(LEAST_TIMES * mean), math.ceil(bound**2 - _SHIFT))


def usual(before: Sequence[int]) -> str:
    """Say the mean of counts, for sentences: 4.1."""
    return f"{sum(before) / len(before):.1f}"
