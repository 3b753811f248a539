"""Leases: one holder at a time, a token that grows, and writes that a lost lease refuses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection, select, update

from storage.errors import LeaseLostError
from storage.process import counters, leases, workers
from storage.process.leases import ProcessLease
from storage.process.workers import Worker
from storage.sql import schema
from storage.sql.database import Database
from tests.storage.world import NOON

pytestmark = pytest.mark.both_engines
NAME = leases.SCHEDULER


def take(
    conn: Connection, holder: str, *, seconds: float = 10, after: float = 0
) -> ProcessLease | None:
    return leases.take(conn, NAME, holder, seconds, NOON + timedelta(seconds=after))


def run_out(conn: Connection) -> None:
    """Let the lease run out; the server's own clock can't be turned."""
    past = NOON - timedelta(days=3650)
    conn.execute(update(schema.leases).values(expires_at=past))


def test_the_first_one_takes_it_and_the_second_stands_by(conn: Connection) -> None:
    first = take(conn, "a")
    assert first is not None
    assert take(conn, "b") is None
    again = take(conn, "a")
    assert again is not None
    assert (again.token, again.taken_at) == (first.token, first.taken_at)
    assert again.expires_at >= first.expires_at


def test_one_that_ran_out_goes_to_whoever_asks_with_a_greater_token(conn: Connection) -> None:
    first = take(conn, "a")
    run_out(conn)
    second = take(conn, "b")
    assert first is not None
    assert second is not None
    assert second.token == first.token + 1
    assert take(conn, "a") is None


def test_its_last_holder_gets_a_new_token_after_it_ran_out(conn: Connection) -> None:
    """Meanwhile it could not know that nobody else was there."""
    first = take(conn, "a")
    run_out(conn)
    again = take(conn, "a")
    assert first is not None
    assert again is not None
    assert again.token == first.token + 1


def test_one_that_is_given_back_is_free_at_once(conn: Connection) -> None:
    first = take(conn, "a")
    assert first is not None
    leases.give_back(conn, first, NOON)
    second = take(conn, "b")
    assert second is not None
    leases.give_back(conn, first, NOON)  # too late: it is another's
    assert leases.get(conn, NAME) == second


async def test_no_write_of_a_holder_comes_after_the_next_one_began(db: Database) -> None:
    held = await db.write(take, "a")
    assert held is not None
    guarded = db.guarded(lambda conn: leases.check(conn, held))
    await guarded.write(counters.add, "n", 1)
    await db.write(run_out)
    await guarded.write(counters.add, "n", 1)  # nobody has taken it: it is still the only one
    await db.write(take, "b")
    with pytest.raises(LeaseLostError):
        await guarded.write(counters.add, "n", 1)
    assert await db.read(counters.get, "n") == 2


def a_worker(name: str, role: str = "crawler") -> Worker:
    return Worker(name, role, "host", 1, "0.1", NOON, NOON, numbers={"visits": 3})


def test_processes_are_known_by_their_signs_of_life(conn: Connection) -> None:
    for name in ("b", "a"):
        workers.seen(conn, a_worker(name))
    workers.seen(conn, a_worker("a"))
    workers.seen(conn, a_worker("c", "web"))
    assert [each.id for each in workers.alive(conn, NOON)] == ["a", "b", "c"]
    assert workers.alive(conn, NOON)[0].numbers == {"visits": 3}
    workers.gone(conn, "b")
    assert [each.id for each in workers.alive(conn, NOON)] == ["a", "c"]


def test_one_that_is_silent_is_named_and_forgotten_in_time(conn: Connection) -> None:
    workers.seen(conn, a_worker("a"))
    seen_at = workers.alive(conn, NOON)[0].seen_at
    hour_ago, long_ago = seen_at - timedelta(hours=1), seen_at - timedelta(days=2)
    conn.execute(update(schema.workers).values(seen_at=hour_ago))
    assert workers.alive(conn, NOON) == []
    assert [each.id for each in workers.silent(conn, NOON)] == ["a"]
    conn.execute(update(schema.workers).values(seen_at=long_ago))
    workers.forget(conn, NOON)
    assert workers.silent(conn, NOON) == []


def test_what_is_held_says_by_whom_and_of_what(conn: Connection) -> None:
    for held in (take(conn, "a"), take(conn, "a")):
        assert held is not None
        assert (held.name, held.holder) == (NAME, "a")


def test_who_holds_on_lengthens_its_own_lease_alone(conn: Connection) -> None:
    other = leases.take(conn, "another", "b", 10, NOON)
    assert other is not None
    take(conn, "a")
    take(conn, "a", seconds=500)
    kept = conn.execute(select(schema.leases).where(schema.leases.c.name == "another")).one()
    assert kept.expires_at == other.expires_at
    own = conn.execute(select(schema.leases).where(schema.leases.c.name == NAME)).one()
    assert own.expires_at > other.expires_at
