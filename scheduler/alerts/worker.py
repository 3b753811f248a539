"""Deliveries on their way: claimed from the outbox, sent beside each other, and recorded."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from scheduler.alerts import circuit_breaker
from scheduler.alerts.outcomes import DeliveryOutcome, RetryDecision, Sender, record
from scheduler.alerts.send_queue import RateLimit, SendQueue
from scheduler.runtime.lifecycle import result_or_error
from scheduler.runtime.poll_loop import PollLoop
from storage.delivery import endpoints, outbox
from storage.errors import DeliveryDeferredError, DeliveryRefusedError, StorageError
from storage.failpoints import reach
from storage.models.deliveries import Attempt, Delivery, Endpoint
from storage.models.recipients import Channel
from storage.sql.database import Database

_AT_ONCE = 64
_AT_ONCE_A_HOST = 3
_MOST_HELD = 256  # claimed and not sent yet
_MOST_HELD_EACH = 16  # of one address
_LEASE_SECONDS = 600.0  # longer than any sender may take, for all that wait for one address
_OBSTACLE_MINUTES = 10  # how often it is looked whether the operator has done what was needed


class DeliveryWorker:
    """Sends until stopped; a slow recipient takes its own few places and nobody else's.

    To one address one delivery is sent at a time, the oldest first. An endpoint that fails is left
    alone for a while (see `circuit_breaker`), and none gets more than so many `per_second` of its channel. `rng` spreads
    the retries. One that is not `alone` leaves to others what they have begun with.
    """

    def __init__(
        self,
        *,
        db: Database,
        senders: Mapping[Channel, Sender],
        clock: Callable[[], datetime],
        rng: random.Random,
        per_second: Mapping[Channel, float] | None = None,
        poll_seconds: float = 1.0,
        drain_seconds: float = 5.0,
        alone: bool = True,
    ) -> None:
        self._db = db
        self._alone = alone
        self._senders = senders
        self._clock = clock
        self._rng = rng
        self._rate_limits = {
            channel: RateLimit(rate) for channel, rate in (per_second or {}).items()
        }
        self._poll_seconds = poll_seconds
        self._drain_seconds = drain_seconds
        self._loop = PollLoop("deliveries", self._round, poll_seconds)
        self._queue = SendQueue(at_once=_AT_ONCE, at_once_a_host=_AT_ONCE_A_HOST)
        self._unwell: Mapping[str, Endpoint] = {}
        self._sending: dict[asyncio.Task[None], Delivery] = {}
        self._log = structlog.get_logger("deliveries")

    async def run(self) -> None:
        """Send what is due, then wait for more, until `stop`."""
        await self._release()
        await self._loop.run()
        await self._drain()

    async def stop(self) -> None:
        """Start nothing any more; what is being sent has some seconds to end."""
        self._loop.stop()

    def wake(self) -> None:
        """Look for deliveries now."""
        self._loop.wake()

    async def _release(self) -> None:
        """Take back what a killed daemon held, instead of waiting for its leases to end."""
        if not self._alone:
            return
        try:
            await self._db.write(outbox.release_all)
        except StorageError as error:  # then the leases end by themselves
            self._log.warning("release_failed", reason=str(error))

    async def _round(self) -> bool:
        """Claim what there is room for and start it; False when nothing was claimed."""
        now = self._clock()
        due = await self._db.read(outbox.next_at)
        room = _MOST_HELD - len(self._queue)
        claimed: Sequence[Delivery] = ()
        if room > 0 and due is not None and due <= now:
            self._unwell, claimed = await self._db.write(
                _claim,
                now,
                room,
                self._queue.addresses(),
                self._queue.endpoints(),
                alone=self._alone,
            )
            self._queue.take(claimed)
        self._start_all()
        return bool(claimed)

    def _start_all(self) -> None:
        """Begin to send whatever may be sent now."""
        now = self._clock()
        while not self._loop.stopping:
            delivery = self._queue.start(lambda each: self._within_rate(each, now))
            if delivery is None:
                return
            if delivery.channel in self._rate_limits:
                self._rate_limits[delivery.channel].took(delivery.endpoint, now)
            task = asyncio.create_task(self._deliver(delivery))
            self._sending[task] = delivery
            task.add_done_callback(self._ended)

    def _within_rate(self, delivery: Delivery, now: datetime) -> bool:
        limit = self._rate_limits.get(delivery.channel)
        if limit is None:
            return True
        opens = limit.opens_at(delivery.endpoint, now)
        if opens <= now:
            return True
        seconds = min((opens - now).total_seconds(), self._poll_seconds)
        asyncio.get_running_loop().call_later(seconds, self.wake)
        return False

    def _ended(self, task: asyncio.Task[None]) -> None:
        delivery = self._sending.pop(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            # Its lease ends, and it is given again; no other delivery is held up by it.
            self._log.error("record_failed", delivery=delivery.uid, exc_info=error)
        self._queue.ended(delivery)
        self._start_all()
        if delivery.address not in self._queue.addresses():
            self._loop.wake()  # more may wait for it than was claimed

    async def _deliver(self, delivery: Delivery) -> None:
        """Try once and record what came of it."""
        sender = self._senders[delivery.channel]
        if sender.obstacle is not None:
            await self._postpone(delivery, sender.obstacle)
        else:
            await self._record(delivery, await self._try(sender, delivery))

    async def _try(self, sender: Sender, delivery: Delivery) -> DeliveryOutcome:
        began = time.monotonic()

        def attempt(outcome: str, status: int | None, detail: str) -> Attempt:
            return Attempt(self._clock(), outcome, status, detail, time.monotonic() - began)

        reach("send")
        sent = await result_or_error(sender.send(delivery))
        if isinstance(sent, DeliveryRefusedError):
            return DeliveryOutcome(attempt("refused", sent.status, str(sent)), refused=True)
        if isinstance(sent, DeliveryDeferredError):
            failed = attempt("deferred", sent.status, str(sent))
            return DeliveryOutcome(failed, of_endpoint=sent.of_endpoint, wish=sent.not_before)
        if isinstance(sent, Exception):  # a bug in one delivery is not the others' concern
            self._log.error("send_failed", delivery=delivery.uid, exc_info=sent)
            return DeliveryOutcome(attempt("deferred", None, f"bug: {type(sent).__name__}"))
        reach("sent")
        return DeliveryOutcome(attempt("delivered", sent.status, sent.detail))

    async def _record(self, delivery: Delivery, outcome: DeliveryOutcome) -> None:
        was_unwell = delivery.endpoint in self._unwell
        recorded = await self._db.write(record, delivery, outcome, self._rng, was_unwell=was_unwell)
        self._tell(delivery, outcome, recorded)
        if outcome.of_endpoint or recorded.disabled:
            self._unwell = {**self._unwell, delivery.endpoint: Endpoint(delivery.endpoint)}
            await self._give_back(self._queue.drop(delivery.endpoint))
        elif was_unwell:
            self._unwell = {k: v for k, v in self._unwell.items() if k != delivery.endpoint}
            self._log.info("endpoint_well", channel=delivery.channel.value)
            self.wake()

    def _tell(self, delivery: Delivery, outcome: DeliveryOutcome, recorded: RetryDecision) -> None:
        said = {"delivery": delivery.uid, "channel": delivery.channel.value}
        tried, detail = delivery.attempts + 1, outcome.attempt.detail
        if outcome.delivered:
            self._log.info("delivered", **said)
        elif recorded.again is None:
            self._log.error("dead", detail=detail, tried=tried, **said)
        else:
            self._log.warning("deferred", detail=detail, tried=tried, **said)
        if recorded.disabled:
            self._log.error("endpoint_disabled", detail=detail, **said)

    async def _postpone(self, delivery: Delivery, reason: str) -> None:
        again = self._clock() + timedelta(minutes=_OBSTACLE_MINUTES)
        await self._db.write(outbox.postpone, delivery.id, reason, again)
        self._log.warning("postponed", delivery=delivery.uid, detail=reason)

    async def _give_back(self, deliveries: Collection[Delivery]) -> None:
        if deliveries:
            await self._db.write(outbox.release, [each.id for each in deliveries])

    async def _drain(self) -> None:
        """Let what is being sent end; what does not is given back, to be sent by the next daemon."""
        unsent = self._queue.drop()
        if self._sending:
            await asyncio.wait(set(self._sending), timeout=self._drain_seconds)
        late = dict(self._sending)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(set(late))
            self._log.warning("drained", given_back=len(late))
        await self._give_back([*unsent, *late.values()])


def _claim(
    conn: Connection,
    now: datetime,
    room: int,
    addresses: Collection[str],
    held: Collection[str],
    *,
    alone: bool,
) -> tuple[dict[str, Endpoint], list[Delivery]]:
    """Return the endpoints that are not well, and claim what is due and may be sent.

    Of an endpoint that failed and has been let be for long enough, one delivery is claimed, to see.
    """
    unwell = endpoints.unwell(conn)
    closed = [
        name for name, each in unwell.items() if circuit_breaker.is_open(each, now) or name in held
    ]
    claimed = outbox.claim(
        conn,
        now,
        room,
        _LEASE_SECONDS,
        each=_MOST_HELD_EACH,
        but_not_endpoints=closed,
        but_not_addresses=addresses,
        own_endpoints=None if alone else held,
    )
    tried: set[str] = set()
    kept: list[Delivery] = []
    for delivery in claimed:
        if delivery.endpoint not in tried:
            kept.append(delivery)
        if delivery.endpoint in unwell:
            tried.add(delivery.endpoint)
    ids = {delivery.id for delivery in kept}
    outbox.release(conn, [each.id for each in claimed if each.id not in ids])
    return unwell, kept
