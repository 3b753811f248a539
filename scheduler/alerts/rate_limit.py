"""How fast an endpoint is sent to: so many a second, and no more at once; pure.

The generic cell rate algorithm (ITU-T I.371), which is a token bucket that keeps one time in place of
tokens: for each endpoint that at which all that it was sent would have come one after the other.
"""

from __future__ import annotations

from datetime import datetime, timedelta


class RateLimit:
    """Keeps each endpoint to `per_second`; up to a second's worth may go at once."""

    def __init__(self, per_second: float) -> None:
        self._gap = timedelta(seconds=1 / per_second)
        self._burst = max(timedelta(seconds=1) - self._gap, timedelta())
        self._due: dict[str, datetime] = {}

    def opens_at(self, endpoint: str, now: datetime) -> datetime:
        """Return when the next delivery may go; a time up to `now` means at once."""
        return self._due_at(endpoint, now) - self._burst

    def took(self, endpoint: str, now: datetime) -> None:
        """Count a delivery that goes now."""
        self._due[endpoint] = self._due_at(endpoint, now) + self._gap

    def forget(self, now: datetime) -> None:
        """Drop the endpoints that nothing need be remembered of."""
        self._due = {name: due for name, due in self._due.items() if due > now}

    def _due_at(self, endpoint: str, now: datetime) -> datetime:
        due = self._due.get(endpoint, now)
        # By a clock that was set back, it must not be held up for longer than a burst takes.
        return due if now < due <= now + self._burst + 2 * self._gap else now
