"""What every frontier promises, whatever it is made of: checked against a plain model."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from storage.errors import FrontierKeyError
from storage.hot.frontier import Due, Frontier, FrontierKey, FrontierKind, Lease, Settlement
from storage.hot.frontier.memory import MemoryFrontier
from storage.hot.frontier.shared import SharedFrontier
from tests.storage.hot.redis.opened import opened

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")
LEASE = 60.0
START = datetime(2026, 1, 1, tzinfo=UTC)
Opener = Callable[[], AbstractAsyncContextManager[Frontier]]


@asynccontextmanager
async def in_memory() -> AsyncIterator[Frontier]:
    yield MemoryFrontier(LEASE)


@asynccontextmanager
async def in_redis(url: str) -> AsyncIterator[Frontier]:
    async with opened(url) as connection:
        frontier = SharedFrontier(connection, LEASE)
        await (await frontier.begin()).finish()
        yield frontier


@pytest.fixture(params=["memory", "redis"])
def opener(request: pytest.FixtureRequest) -> Opener:
    """Open an empty frontier of one form."""
    if request.param == "memory":
        return in_memory
    return functools.partial(in_redis, request.getfixturevalue("redis_url"))


@pytest.fixture
async def frontier(opener: Opener) -> AsyncIterator[Frontier]:
    async with opener() as opened_frontier:
        yield opened_frontier


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def page(name: str, host: str = "a.example", due: float = 0) -> Due:
    return Due(
        key=FrontierKey.parse(f"page:{name}"),
        url=f"https://{host}/{name}",
        host=host,
        due_at=at(due),
    )


def keys(leases: list[Lease]) -> list[str]:
    return [str(lease.due.key) for lease in leases]


@pytest.mark.parametrize("kind", FrontierKind)
def test_a_key_is_read_from_its_own_text(kind: FrontierKind) -> None:
    key = FrontierKey(kind, 1_234)
    assert FrontierKey.parse(str(key)) == key


@pytest.mark.parametrize(
    "text", ["", "page", "page:", "page:x", "page:-1", "page:٣", "PAGE:1", ":1"]
)
def test_a_text_that_is_no_key_is_named(text: str) -> None:
    with pytest.raises(FrontierKeyError, match="is no key of the frontier"):
        FrontierKey.parse(text)


async def test_a_claim_gives_one_url_a_host_oldest_due_first(frontier: Frontier) -> None:
    for due in (page("1", due=5), page("2", due=1), page("3", "b.example", due=0)):
        await frontier.put(due)
    assert keys(await frontier.claim(at(10), 9)) == ["page:3", "page:2"]
    assert await frontier.claim(at(10), 9) == []


async def test_what_is_not_due_stays(frontier: Frontier) -> None:
    await frontier.put(page("1", due=5))
    assert await frontier.claim(at(4), 9) == []
    assert await frontier.next_at(at(4)) == at(5)


async def test_a_claim_gives_no_more_than_asked_and_the_rest_later(frontier: Frontier) -> None:
    for number in range(5):
        await frontier.put(page(str(number), f"h{number}.example", due=number))
    assert keys(await frontier.claim(at(9), 2)) == ["page:0", "page:1"]
    assert keys(await frontier.claim(at(9), 9)) == ["page:2", "page:3", "page:4"]


async def test_a_settled_host_opens_when_told(frontier: Frontier) -> None:
    await frontier.put(page("1"))
    await frontier.put(page("2"))
    [lease] = await frontier.claim(at(0), 9)
    assert await frontier.settle(lease, host_open_at=at(7))
    assert await frontier.claim(at(6), 9) == []
    assert await frontier.next_at(at(6)) == at(7)
    assert keys(await frontier.claim(at(7), 9)) == ["page:2"]


async def test_a_lease_that_runs_out_is_due_again_under_another_token(frontier: Frontier) -> None:
    await frontier.put(page("1"))
    [lost] = await frontier.claim(at(0), 1)
    assert await frontier.next_at(at(1)) == at(LEASE)
    assert await frontier.claim(at(LEASE - 1), 1) == []
    [again] = await frontier.claim(at(LEASE), 1)
    assert again.due == lost.due
    assert again.token != lost.token
    assert not await frontier.settle(lost, host_open_at=at(LEASE))
    assert await frontier.settle(again, host_open_at=at(LEASE))
    assert await frontier.size() == 0


async def test_a_lease_that_is_extended_runs_out_later(frontier: Frontier) -> None:
    await frontier.put(page("1"))
    [lease] = await frontier.claim(at(0), 1)
    await frontier.extend([lease], at(40))
    assert await frontier.claim(at(LEASE + 39), 1) == []
    [again] = await frontier.claim(at(LEASE + 40), 1)
    await frontier.extend([lease], at(LEASE + 41))  # it is another's now
    assert await frontier.settle(again, host_open_at=at(0))
    await frontier.extend([again], at(LEASE + 42))
    assert await frontier.claim(at(LEASE * 9), 1) == []


async def test_a_url_put_while_leased_waits_for_its_new_time(frontier: Frontier) -> None:
    await frontier.put(page("1"))
    [lease] = await frontier.claim(at(0), 1)
    await frontier.put(page("1", due=30))
    assert await frontier.settle(lease, host_open_at=at(1))
    assert await frontier.next_at(at(2)) == at(30)


async def test_a_removed_url_is_never_given_again(frontier: Frontier) -> None:
    await frontier.put(page("1"))
    await frontier.put(page("2", due=1))
    await frontier.remove(page("1").key)
    [lease] = await frontier.claim(at(2), 9)
    assert str(lease.due.key) == "page:2"
    await frontier.remove(page("2").key)
    assert await frontier.claim(at(LEASE * 3), 9) == []
    assert await frontier.size() == 0


async def test_a_url_that_moves_to_another_host_leaves_the_first(frontier: Frontier) -> None:
    await frontier.put(page("1", "a.example"))
    await frontier.put(page("1", "b.example", due=3))
    assert await frontier.claim(at(2), 9) == []
    [lease] = await frontier.claim(at(3), 9)
    assert lease.due.host == "b.example"


async def test_many_are_put_and_settled_at_once(frontier: Frontier) -> None:
    await frontier.put_all([page(str(n), f"h{n}.example", due=n) for n in range(1_200)])
    leases = await frontier.claim(at(2_000), 1_100)
    assert keys(leases) == [f"page:{n}" for n in range(1_100)]
    again = [
        Settlement(lease, at(2_010), replace(lease.due, due_at=at(3_000)) if n % 2 else None)
        for n, lease in enumerate(leases)
    ]
    assert all(await frontier.settle_all(again))
    assert not any(await frontier.settle_all(again))
    assert await frontier.size() == 650
    rest = await frontier.claim(at(3_000), 2_000)
    assert keys(rest)[:100] == [f"page:{n}" for n in range(1_100, 1_200)]
    assert len(rest) == 650


async def test_an_empty_frontier_has_nothing_ahead(frontier: Frontier) -> None:
    assert await frontier.next_at(at(0)) is None
    assert await frontier.claim(at(0), 9) == []


class FrontierMachine(RuleBasedStateMachine):
    """Drives a frontier and a model made of plain dictionaries through the same calls."""

    opener: Opener

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.opened = type(self).opener()
        self.frontier = self.do(self.opened.__aenter__())
        self.now = 0
        self.waiting: dict[FrontierKey, Due] = {}
        self.leases: dict[int, Lease] = {}
        self.stale: set[int] = set()  # leases that come back as nothing
        self.dead: list[Lease] = []
        self.last: dict[str, int] = {}  # the token of each host's newest lease, until it is settled
        self.open_at: dict[str, datetime] = {}

    def do(self, call: Coroutine[object, object, T]) -> T:
        return self.loop.run_until_complete(call)

    def teardown(self) -> None:
        self.do(self.opened.__aexit__(None, None, None))
        self.loop.close()

    def expire(self) -> None:
        for token, lease in list(self.leases.items()):
            if lease.expires_at <= at(self.now):
                del self.leases[token]
                self.dead.append(lease)
                self.open_at[lease.due.host] = max(
                    self.open_at.get(lease.due.host, START), lease.expires_at
                )
                if token not in self.stale:
                    self.waiting[lease.due.key] = lease.due

    def forget(self, key: FrontierKey) -> None:
        self.stale |= {token for token, lease in self.leases.items() if lease.due.key == key}

    def claimable(self) -> list[Due]:
        busy = {lease.due.host for lease in self.leases.values()}
        by_host: dict[str, Due] = {}
        for due in self.waiting.values():
            free = due.host not in busy and self.open_at.get(due.host, START) <= at(self.now)
            best = by_host.get(due.host)
            if free and due.due_at <= at(self.now) and (not best or due.due_at < best.due_at):
                by_host[due.host] = due
        return sorted(by_host.values(), key=self.ready_at)

    def ready_at(self, due: Due) -> datetime:
        return max(due.due_at, self.open_at.get(due.host, START))

    @rule(name=st.sampled_from("12345"), host=st.sampled_from("abc"), due=st.integers(0, 200))
    def put(self, name: str, host: str, due: int) -> None:
        self.expire()
        self.do(self.frontier.claim(at(self.now), 0))
        added = page(name, host, due)
        self.forget(added.key)
        self.waiting[added.key] = added
        self.do(self.frontier.put(added))

    @rule(name=st.sampled_from("12345"))
    def remove(self, name: str) -> None:
        self.expire()
        self.do(self.frontier.claim(at(self.now), 0))
        key = page(name).key
        self.forget(key)
        self.waiting.pop(key, None)
        self.do(self.frontier.remove(key))

    @rule(seconds=st.integers(1, 70))
    def wait(self, seconds: int) -> None:
        self.now += seconds

    @rule(limit=st.integers(0, 4))
    def claim(self, limit: int) -> None:
        self.expire()
        claimable = {due.host: due for due in self.claimable()}
        given = self.do(self.frontier.claim(at(self.now), limit))
        assert len({lease.due.host for lease in given}) == len(given) == min(limit, len(claimable))
        for lease in given:
            assert lease.due.due_at == claimable.pop(lease.due.host).due_at
        # When a host opened is forgotten where nothing waited then; of the same moment any may come first.
        order = [*(lease.due for lease in given), *claimable.values()]
        for place, first in enumerate(order[: len(given)]):
            assert all(first.due_at <= self.ready_at(later) for later in order[place:])
        for lease in given:
            assert self.waiting.pop(lease.due.key) == lease.due
            assert lease.due.host not in {held.due.host for held in self.leases.values()}
            assert self.open_at.get(lease.due.host, START) <= at(self.now)
            self.leases[lease.token] = lease
            self.last[lease.due.host] = lease.token

    @rule(pick=st.integers(0, 9), gap=st.integers(0, 40))
    def settle(self, pick: int, gap: int) -> None:
        self.expire()
        self.do(self.frontier.claim(at(self.now), 0))
        known = [*self.leases.values(), *self.dead]
        if known:
            lease = known[pick % len(known)]
            valid = self.leases.pop(lease.token, None) is not None
            settled = self.do(self.frontier.settle(lease, host_open_at=at(self.now + gap)))
            assert settled or not valid
            if settled and not valid:  # it had run out, and its host was given to nobody since
                assert self.last[lease.due.host] == lease.token
                if self.waiting.get(lease.due.key) is lease.due:
                    del self.waiting[lease.due.key]
            if settled:
                self.dead.append(lease)
                self.last.pop(lease.due.host)
                self.hold(lease.due.host, self.now + gap)

    def hold(self, host: str, until: int) -> None:
        self.open_at[host] = max(self.open_at.get(host, START), at(until))

    @invariant()
    def size_counts_what_waits_or_is_leased(self) -> None:
        live = {lease.due.key for token, lease in self.leases.items() if token not in self.stale}
        assert self.do(self.frontier.size()) == len(self.waiting) + len(live)

    @invariant()
    def the_next_moment_is_never_too_late(self) -> None:
        self.expire()
        following = self.do(self.frontier.next_at(at(self.now)))
        if self.claimable():
            assert following is not None
            assert following <= at(self.now)
        if self.waiting or self.leases:
            assert following is not None
        else:  # a lease that ran out on nothing may still be there to be cleared away
            assert following is None or following <= at(self.now)


def test_any_run_of_calls_agrees_with_the_model(opener: Opener) -> None:
    machine = type("Machine", (FrontierMachine,), {"opener": staticmethod(opener)})
    run_state_machine_as_test(
        machine, settings=settings(max_examples=40, stateful_step_count=25, deadline=None)
    )
