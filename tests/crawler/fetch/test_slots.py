"""Host slots: one request at a time a host, the gap between two, and waiting as a host asks."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetch.outcome import read_retry_after
from crawler.fetch.slots import HostSlots
from crawler.settings import FetchSettings
from storage.errors import HostClosedError
from storage.models.fetches import Fetch
from storage.models.problems import Problem

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


async def test_of_the_crawl_delays_of_http_and_https_the_longer_counts_while_it_stands(
    slots: HostSlots,
) -> None:
    slots.set_crawl_delay("a.example", 30, "http")
    slots.set_crawl_delay("a.example", 5, "https")
    assert slots.gap("a.example") == 30
    slots.set_crawl_delay("a.example", 0, "http")
    assert slots.gap("a.example") == 5


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


async def test_jitter_stretches_a_back_off(time: Time) -> None:
    slots = HostSlots(FetchSettings(), time, time.sleep, jitter=lambda: 1.5)
    await slots.take("a.example")
    slots.release("a.example", 503, None)
    assert slots.open_at("a.example") == BEGIN + timedelta(seconds=45)


async def test_a_refused_url_waits_alone_while_its_host_answers(
    slots: HostSlots, time: Time
) -> None:
    for path, status in (("fine", 200), ("busy", 429)):
        await slots.take("a.example", f"https://a.example/{path}")
        slots.release("a.example", status, None, url=f"https://a.example/{path}")
    assert slots.open_at("a.example", "https://a.example/busy") == time.now + timedelta(seconds=30)
    assert slots.open_at("a.example", "https://a.example/fine") == time.now + timedelta(seconds=2)


@pytest.mark.parametrize(("second", "waits"), [("10.0.0.1", True), ("10.0.0.2", False)])
async def test_hosts_of_a_domain_at_one_address_share_a_slot(
    slots: HostSlots, second: str, waits: bool
) -> None:
    slots.answers_from("a.site.example", "10.0.0.1")
    slots.answers_from("b.site.example", second)
    await slots.take("a.site.example")
    other = asyncio.create_task(slots.take("b.site.example"))
    for _ in range(3):
        await asyncio.sleep(0)
    assert other.done() is not waits
    slots.release("a.site.example", 200, None)
    await other


async def test_two_domains_at_one_address_do_not_share(slots: HostSlots) -> None:
    for host in ("a.site.example", "b.other.example"):
        slots.answers_from(host, "10.0.0.1")
        await slots.take(host)


async def test_a_shared_slot_is_held_by_one_at_a_time_and_given_back(
    slots: HostSlots, time: Time
) -> None:
    hosts = ["a.site.example", "b.site.example", "c.site.example"]
    for host in hosts:
        slots.answers_from(host, "10.0.0.1")
    held = 0

    async def visit(host: str) -> None:
        nonlocal held
        await slots.take(host)
        held += 1
        await asyncio.sleep(0)
        assert held == 1
        held -= 1
        slots.release(host, 200, None)

    await asyncio.gather(*(visit(host) for host in hosts * 3))
    assert time.passed >= 8 * 2


async def test_what_was_asked_of_us_survives_a_restart(slots: HostSlots) -> None:
    slots.restore([line(0, 429, BEGIN + timedelta(hours=3))])
    assert slots.open_at("a.example", "https://a.example/") == BEGIN + timedelta(hours=3)
    with pytest.raises(HostClosedError):
        await slots.take("a.example", "https://a.example/")


async def test_a_back_off_and_a_gap_are_never_cut_short_by_a_restart(slots: HostSlots) -> None:
    slots.restore([line(0, 503)])
    assert slots.open_at("a.example", "https://a.example/") == BEGIN + timedelta(seconds=46)
    slots.restore([line(60, 200)])
    assert slots.open_at("a.example", "https://a.example/") == BEGIN + timedelta(seconds=63)


def line(after: float, status: int, until: datetime | None = None) -> Fetch:
    """Write a line of the ledger, of a request that took a second."""
    return Fetch(
        url="https://a.example/",
        host="a.example",
        source_id=1,
        page_id=None,
        at=BEGIN + timedelta(seconds=after),
        seconds=1.0,
        status=status,
        size=0,
        outcome="",
        domain="a.example",
        retry_after=until,
    )


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
