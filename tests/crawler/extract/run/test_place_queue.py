"""Places go to hosts in turn by the time that they took: a slow host holds up nobody for long."""

from __future__ import annotations

import asyncio

import pytest

from crawler.extract.run.place_queue import SLOW_SECONDS, PlaceQueue


class Calls:
    """Calls that wait for places, and end when the test says so."""

    def __init__(self, places: int) -> None:
        self.queue = PlaceQueue(range(places))
        self.running: list[tuple[str, int]] = []

    async def ask(self, *hosts: str) -> list[asyncio.Task[None]]:
        tasks = [asyncio.create_task(self._call(host)) for host in hosts]
        await asyncio.sleep(0)
        return tasks

    async def _call(self, host: str) -> None:
        place = await self.queue.take(host)
        self.running.append((host, place))

    async def end(self, seconds: float) -> str:
        """End the call that runs longest, and say whose it was."""
        host, place = self.running.pop(0)
        self.queue.give_back(host, place, seconds)
        await asyncio.sleep(0)
        return host

    @property
    def hosts(self) -> list[str]:
        return [host for host, _ in self.running]


async def test_a_host_whose_pages_are_slow_waits_behind_the_others() -> None:
    calls = Calls(1)
    await calls.ask(*["slow"] * 5, *["quick"] * 20)
    order = []
    while calls.running:
        order.append(await calls.end(10.0 if calls.hosts == ["slow"] else 1.0))
    assert order[0] == "slow"
    assert order[1:11] == ["quick"] * 10, "until they have taken as long"
    assert len(order) == 25


async def test_a_neighbour_waits_for_one_slow_page_not_for_all_of_them() -> None:
    calls = Calls(1)
    await calls.ask(*["slow"] * 60)
    await calls.end(2.0)
    await calls.ask("neighbour")
    await calls.end(2.0)
    assert calls.hosts == ["neighbour"]


async def test_a_host_that_was_idle_has_saved_nothing_up() -> None:
    calls = Calls(1)
    await calls.ask("early")
    await calls.end(0.1)
    await calls.ask(*["busy"] * 40)
    for _ in range(30):
        await calls.end(1.0)
    await calls.ask(*["early"] * 10)
    order = [await calls.end(1.0) for _ in range(10)]
    assert order.count("busy") >= 4


async def test_a_slow_host_leaves_one_of_several_places_to_others() -> None:
    calls = Calls(3)
    await calls.ask(*["slow"] * 9)
    assert calls.hosts == ["slow"] * 3, "nothing is known of it yet"
    for _ in range(3):
        await calls.end(SLOW_SECONDS)
    assert calls.hosts == ["slow"] * 2
    await calls.ask("neighbour")
    assert calls.hosts == ["slow", "slow", "neighbour"]


@pytest.mark.parametrize("given", [True, False])
async def test_a_call_that_is_cancelled_leaves_its_place(given: bool) -> None:
    calls = Calls(1)
    [first, second] = await calls.ask("a", "b")
    await first
    if given:  # it has the place, and does not know yet
        host, place = calls.running.pop()
        calls.queue.give_back(host, place, 1.0)
        second.cancel()
    else:
        second.cancel()
        await calls.ask()
        await calls.end(1.0)
    await asyncio.gather(second, return_exceptions=True)
    await calls.ask("c")
    assert calls.hosts == ["c"]
