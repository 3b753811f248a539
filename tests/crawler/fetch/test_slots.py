"""Host slots: one request at a time a host, the gap between two, and waiting as a host asks."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetch.retry_after import read_retry_after
from crawler.fetch.slots import HostSlots
from crawler.settings import FetchSettings
from storage.errors import HostClosedError
from storage.models import Problem

BEGIN = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
DAY = timedelta(hours=24)


class Time:
    """A clock that moves when someone sleeps."""

    def __init__(self) -> None:
        self.now = BEGIN

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        await asyncio.sleep(0)

    @property
    def passed(self) -> float:
        return (self.now - BEGIN).total_seconds()


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def slots(time: Time) -> HostSlots:
    settings = FetchSettings(host_delay_seconds=2, max_crawl_delay_seconds=300)
    return HostSlots(settings, time, time.sleep)


async def test_two_requests_to_a_host_have_the_gap_between_them(
    slots: HostSlots, time: Time
) -> None:
    await slots.take("a.example")
    slots.release("a.example", 200, None)
    await slots.take("a.example")
    assert time.passed == 2


async def test_another_host_need_not_wait(slots: HostSlots, time: Time) -> None:
    await slots.take("a.example")
    await slots.take("b.example")
    assert time.passed == 0


async def test_a_host_is_asked_one_thing_at_a_time(slots: HostSlots) -> None:
    await slots.take("a.example")
    second = asyncio.create_task(slots.take("a.example"))
    await asyncio.sleep(0)
    assert not second.done()
    slots.release("a.example", 200, None)
    await second


@pytest.mark.parametrize(
    ("asked", "gap"), [(10, 10), (0.5, 2), (86_400, 300), (float("inf"), 300), (float("nan"), 2)]
)
async def test_crawl_delay_widens_the_gap_up_to_our_limit(
    slots: HostSlots, time: Time, asked: float, gap: float
) -> None:
    slots.set_crawl_delay("a.example", asked)
    await slots.take("a.example")
    slots.release("a.example", 200, None)
    await slots.take("a.example")
    assert time.passed == gap


async def test_a_crawl_delay_counts_from_the_answer_that_told_of_it(
    slots: HostSlots, time: Time
) -> None:
    await slots.take("a.example")
    slots.release("a.example", 200, None)
    slots.set_crawl_delay("a.example", 30)
    await slots.take("a.example")
    assert time.passed == 30


@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_closes_the_host(slots: HostSlots, time: Time, status: int) -> None:
    await slots.take("a.example")
    slots.release("a.example", status, BEGIN + timedelta(seconds=40))
    assert slots.open_at("a.example") == BEGIN + timedelta(seconds=40)
    await slots.take("a.example")
    assert time.passed == 40


async def test_a_request_does_not_sit_out_a_long_wait(slots: HostSlots) -> None:
    until = BEGIN + timedelta(hours=3)
    await slots.take("a.example")
    slots.release("a.example", 429, until)
    with pytest.raises(HostClosedError) as caught:
        await slots.take("a.example")
    assert (caught.value.problem, caught.value.until) == (Problem.RATE_LIMITED, until)
    with pytest.raises(HostClosedError):  # and it holds nothing afterwards
        await slots.take("a.example")


async def test_refusals_without_a_wish_double_the_wait_up_to_a_day(
    slots: HostSlots, time: Time
) -> None:
    waits = []
    for _ in range(60):
        await slots.take("a.example")
        slots.release("a.example", 503, None)
        waits.append(slots.open_at("a.example") - time.now)
        time.now = slots.open_at("a.example")
    assert [wait.total_seconds() for wait in waits[:4]] == [30, 60, 120, 240]
    assert max(waits) == waits[-1] == DAY


async def test_a_good_answer_takes_one_doubling_back(slots: HostSlots, time: Time) -> None:
    for status in (503, 503, 200, 503):
        await slots.take("a.example")
        slots.release("a.example", status, None)
        time.now = slots.open_at("a.example")
    assert time.passed == 30 + 60 + 2 + 60


async def test_a_request_that_is_given_up_while_it_waits_holds_nothing(slots: HostSlots) -> None:
    await slots.take("a.example")
    waiting = asyncio.create_task(slots.take("a.example"))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    slots.release("a.example", 200, None)
    await slots.take("a.example")


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("0", timedelta(0)),
        (" 120 ", timedelta(minutes=2)),
        ("86401", DAY),
        ("9" * 5000, DAY),
        (format_datetime(BEGIN + timedelta(hours=2), usegmt=True), timedelta(hours=2)),
        (format_datetime(BEGIN - timedelta(hours=2), usegmt=True), timedelta(0)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", DAY),
        ("Tue Nov 24 09:00:00 2026", timedelta(hours=1)),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_at_most_a_day(header: str, wait: timedelta) -> None:
    assert read_retry_after(header, BEGIN) == BEGIN + wait


@pytest.mark.parametrize(
    "header", [None, "", "soon", "-5", "1.5", "Mon, 99 Foo 2026", "1 Jan 2026 00:00 +" + "9" * 30]
)
def test_a_retry_after_that_says_nothing_is_none(header: str | None) -> None:
    assert read_retry_after(header, BEGIN) is None


@given(st.text())
def test_no_retry_after_does_harm(header: str) -> None:
    at = read_retry_after(header, BEGIN)
    assert at is None or BEGIN <= at <= BEGIN + DAY
