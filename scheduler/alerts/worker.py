"""Deliveries on their way: claimed from the outbox, sent beside each other, and recorded."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog
from sqlalchemy import Connection

from scheduler.alerts.retry import next_try
from scheduler.alerts.sender import Sender
from scheduler.rounds import Rounds
from storage import outbox
from storage.database import Database
from storage.errors import DeliveryDeferredError, DeliveryRefusedError
from storage.models import Attempt, Channel, Delivery

_AT_ONCE = 24
_AT_ONCE_A_LANE = 3
_LEASE_SECONDS = 600.0  # longer than any sender may take
_OBSTACLE_MINUTES = 10  # how often it is looked whether the operator has done what was needed

Lane = tuple[Channel, str]


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of a try; `gives_up` when there is to be no other."""

    attempt: Attempt
    not_before: datetime | None = None
    gives_up: bool = False


class DeliveryWorker:
    """Sends until stopped; a slow recipient takes its own few places and nobody else's.

    `rng` spreads the retries. Only one may run on a data directory.
    """

    def __init__(
        self,
        *,
        db: Database,
        senders: Mapping[Channel, Sender],
        clock: Callable[[], datetime],
        rng: random.Random,
        poll_seconds: float = 1.0,
        drain_seconds: float = 5.0,
    ) -> None:
        self._db = db
        self._senders = senders
        self._clock = clock
        self._rng = rng
        self._drain_seconds = drain_seconds
        self._rounds = Rounds("deliveries", self._round, poll_seconds)
        self._sending: dict[asyncio.Task[None], Delivery] = {}
        self._log = structlog.get_logger("deliveries")

    async def run(self) -> None:
        """Send what is due, then wait for more, until `stop`."""
        await self._guarded_release()
        await self._rounds.run()
        await self._drain()

    async def stop(self) -> None:
        """Start nothing any more; what is being sent has some seconds to end."""
        self._rounds.stop()

    def wake(self) -> None:
        """Look for deliveries now."""
        self._rounds.wake()

    async def _guarded_release(self) -> None:
        """Take back what a killed daemon held, instead of waiting for its leases to end."""
        try:
            await self._db.write(outbox.release_all)
        except Exception:  # noqa: BLE001 - then the leases end by themselves
            self._log.exception("release_failed")

    async def _round(self) -> bool:
        """Claim what there is room for and start it; False when nothing was started."""
        room = _AT_ONCE - len(self._sending)
        now = self._clock()
        due = await self._db.read(outbox.next_at)
        if room <= 0 or due is None or due > now:
            return False
        full = [lane for lane, count in self._lanes().items() if count >= _AT_ONCE_A_LANE]
        claimed = await self._db.write(outbox.claim, now, room, _LEASE_SECONDS, but_not=full)
        surplus = [delivery.id for delivery in claimed if not self._start(delivery)]
        if surplus:
            await self._db.write(_release, surplus)
        return len(surplus) < len(claimed)

    def _lanes(self) -> Counter[Lane]:
        return Counter(lane_of(delivery) for delivery in self._sending.values())

    def _start(self, delivery: Delivery) -> bool:
        """Begin to send; False when its lane is full or we are stopping."""
        lane = lane_of(delivery)
        if self._rounds.stopping or self._lanes()[lane] >= _AT_ONCE_A_LANE:
            return False
        task = asyncio.create_task(self._deliver(delivery))
        self._sending[task] = delivery
        task.add_done_callback(self._ended)
        return True

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._sending.pop(task, None)
        self._rounds.wake()

    async def _deliver(self, delivery: Delivery) -> None:
        """Try once and record what came of it; nothing that goes wrong here gets further."""
        try:
            sender = self._senders[delivery.channel]
            if sender.obstacle is not None:
                await self._postpone(delivery, sender.obstacle)
                return
            await self._record(delivery, await self._try(sender, delivery))
        except Exception:  # noqa: BLE001 - its lease ends, and it is given again
            self._log.exception("record_failed", delivery=delivery.uid)

    async def _try(self, sender: Sender, delivery: Delivery) -> _Outcome:
        began = time.monotonic()

        def attempt(outcome: str, status: int | None, detail: str) -> Attempt:
            return Attempt(self._clock(), outcome, status, detail, time.monotonic() - began)

        try:
            sent = await sender.send(delivery)
        except DeliveryRefusedError as error:
            return _Outcome(attempt("refused", error.status, str(error)), gives_up=True)
        except DeliveryDeferredError as error:
            return _Outcome(attempt("deferred", error.status, str(error)), error.not_before)
        except Exception as error:  # noqa: BLE001 - a bug in one delivery is not the others' concern
            self._log.exception("send_failed", delivery=delivery.uid)
            return _Outcome(attempt("deferred", None, f"bug: {type(error).__name__}"))
        return _Outcome(attempt("delivered", sent.status, sent.detail))

    async def _record(self, delivery: Delivery, outcome: _Outcome) -> None:
        attempt = outcome.attempt
        said = {"delivery": delivery.uid, "channel": delivery.channel.value}
        if attempt.outcome == "delivered":
            await self._db.write(outbox.delivered, delivery.id, attempt)
            self._log.info("delivered", **said)
            return
        tried = delivery.attempts + 1
        again = None
        if not outcome.gives_up:
            again = next_try(tried, attempt.at, self._rng, outcome.not_before)
        if again is None:
            await self._db.write(outbox.dead, delivery.id, attempt)
            self._log.error("dead", detail=attempt.detail, tried=tried, **said)
        else:
            await self._db.write(outbox.deferred, delivery.id, attempt, again)
            self._log.warning("deferred", detail=attempt.detail, tried=tried, **said)

    async def _postpone(self, delivery: Delivery, reason: str) -> None:
        again = self._clock() + timedelta(minutes=_OBSTACLE_MINUTES)
        await self._db.write(outbox.postpone, delivery.id, reason, again)
        self._log.warning("postponed", delivery=delivery.uid, detail=reason)

    async def _drain(self) -> None:
        """Let what is being sent end; what does not is given back, to be sent by the next daemon."""
        if not self._sending:
            return
        await asyncio.wait(set(self._sending), timeout=self._drain_seconds)
        late = dict(self._sending)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(set(late))
            self._log.warning("drained", given_back=len(late))
            await self._db.write(_release, [delivery.id for delivery in late.values()])


def lane_of(delivery: Delivery) -> Lane:
    """Name what a delivery may have to wait behind: the mail relay, or a webhook's own host."""
    if delivery.channel is Channel.EMAIL:
        return Channel.EMAIL, ""
    try:
        parts = urlsplit(delivery.address)
    except ValueError:
        return delivery.channel, delivery.address
    return delivery.channel, f"{parts.scheme}://{parts.netloc}"


def _release(conn: Connection, delivery_ids: list[int]) -> None:
    for delivery_id in delivery_ids:
        outbox.release(conn, delivery_id)
