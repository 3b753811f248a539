"""Deliveries that are claimed and not sent yet: in order for each address, at the pace of a host.

A lane is what is sent to one address: one delivery at a time, so that it comes in order. Lanes of
one host share a few places, so that a slow one takes nobody else's.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from storage.models.deliveries import Delivery
from storage.models.recipients import Channel


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


Lane = tuple[Channel, str]


class SendQueue:
    """Queues of deliveries; `at_once` and `at_once_a_host` are how many may be sent at a time."""

    def __init__(self, *, at_once: int, at_once_a_host: int) -> None:
        self._at_once = at_once
        self._at_once_a_host = at_once_a_host
        self._queues: dict[Lane, deque[Delivery]] = {}  # those first that waited longest
        self._sending: dict[Lane, Delivery] = {}
        self._hosts: Counter[Lane] = Counter()

    def __len__(self) -> int:
        """Count what waits here; what is being sent is not counted."""
        return sum(map(len, self._queues.values()))

    def addresses(self) -> set[str]:
        """Return the addresses that something waits for, or is being sent to."""
        return {address for _, address in (*self._queues, *self._sending)}

    def endpoints(self) -> set[str]:
        """Return the endpoints that something waits for, or is being sent to."""
        waiting = {queue[0].endpoint for queue in self._queues.values()}
        return waiting | {delivery.endpoint for delivery in self._sending.values()}

    def take(self, claimed: Iterable[Delivery]) -> None:
        """Queue deliveries, each behind what waits for its address."""
        for delivery in claimed:
            self._queues.setdefault(_lane(delivery), deque()).append(delivery)

    def start(self, may: Callable[[Delivery], bool]) -> Delivery | None:
        """Return the next delivery to be sent, of those that `may`; None when none can be."""
        if len(self._sending) >= self._at_once:
            return None
        for lane, queue in self._queues.items():
            if lane not in self._sending and self._has_place(queue[0]) and may(queue[0]):
                return self._start(lane, queue)
        return None

    def ended(self, delivery: Delivery) -> None:
        """Give back the places of a delivery that was being sent."""
        del self._sending[_lane(delivery)]
        self._hosts[host_of(delivery)] -= 1

    def drop(self, endpoint: str | None = None) -> list[Delivery]:
        """Take out and give what waits for an endpoint, or all that waits."""
        lanes = [
            lane
            for lane, queue in self._queues.items()
            if endpoint is None or queue[0].endpoint == endpoint
        ]
        return [delivery for lane in lanes for delivery in self._queues.pop(lane)]

    def _has_place(self, delivery: Delivery) -> bool:
        return self._hosts[host_of(delivery)] < self._at_once_a_host

    def _start(self, lane: Lane, queue: deque[Delivery]) -> Delivery:
        delivery = queue.popleft()
        del self._queues[lane]
        if queue:
            self._queues[lane] = queue  # behind all others: each has its turn
        self._sending[lane] = delivery
        self._hosts[host_of(delivery)] += 1
        return delivery


def host_of(delivery: Delivery) -> Lane:
    """Return what a delivery may have to wait behind: the mail relay, or a webhook's own host."""
    if delivery.channel is Channel.EMAIL:
        return Channel.EMAIL, ""
    try:
        parts = urlsplit(delivery.address)
    except ValueError:
        return delivery.channel, delivery.address
    return delivery.channel, f"{parts.scheme}://{parts.netloc}"


def _lane(delivery: Delivery) -> Lane:
    return delivery.channel, delivery.address
