"""A receiver that is away for 75 hours gets all of it once it is back, the oldest first, in its pace."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduler.alerts.outcomes import SendReceipt
from storage.errors import DeliveryDeferredError
from storage.models.deliveries import Delivery, DeliveryState
from storage.sql.database import Database
from tests.scheduler.alerts.test_worker import Channels, queue, working
from tests.storage.world import NOON

HOOK = "https://example.org/hook"
RATE = 20.0
DOWN = timedelta(hours=75)


def away(_delivery: Delivery) -> SendReceipt:
    raise DeliveryDeferredError("ConnectionRefusedError")


@pytest.mark.parametrize("number", [500, pytest.param(10_000, marks=pytest.mark.slow)])
async def test_after_an_outage_all_is_delivered_in_order_at_the_rate(
    db: Database, number: int
) -> None:
    queue(db, HOOK, number)
    channels = Channels(away)
    async with working(db, channels, pace=RATE) as post:
        while post.time.now < NOON + DOWN:
            post.time.now += timedelta(minutes=10)
            await post.looked()
        tried = len(channels.sent)
        assert 50 < tried < 500, "it is asked now and then, and let be otherwise"
        assert all(each.state is DeliveryState.PENDING for each in post.stored())
        channels.act = lambda _: SendReceipt(200, "ok")
        back = post.time.now + timedelta(minutes=45)  # by then it is asked again
        while any(each.state is DeliveryState.PENDING for each in post.stored()):
            post.time.now += timedelta(seconds=1)
            await post.looked()
            assert post.time.now < back + timedelta(minutes=10)
        sent = [int(uid[1:]) for uid in channels.sent[tried:]]
        assert {each.state for each in post.stored()} == {DeliveryState.DELIVERED}
    assert sorted(sent) == list(range(number)), "each once"
    assert sent[1:] == sorted(sent[1:]), "the oldest first, after the one that showed it is back"
