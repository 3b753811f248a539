"""Work is counted before it begins: what fails twice, or outlives no process, is set aside."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from storage.errors import UnreachableError
from storage.process import quarantine
from storage.process.quarantine import DEATHS_AT_ONCE, MOST_DEATHS, Admission, Step
from storage.process.work_in_hand import WorkInHand
from storage.sql.database import Database
from tests.storage.world import NOON

WORK = (Step.MATCH, 7)


def begin(conn: Connection) -> bool:
    return quarantine.begin(conn, *WORK, NOON).granted


def reasons(conn: Connection) -> list[str]:
    return [work.reason for work in quarantine.set_aside(conn, 10)]


@pytest.mark.both_engines
def test_work_that_failed_twice_is_set_aside_with_its_reason(conn: Connection) -> None:
    assert begin(conn)
    assert not quarantine.failed(conn, *WORK, "ValueError: once", NOON)
    assert begin(conn)
    assert quarantine.failed(conn, *WORK, "ValueError: twice", NOON)
    assert not begin(conn)
    assert reasons(conn) == ["ValueError: twice"]
    assert quarantine.number(conn) == 1
    assert quarantine.is_set_aside(conn, Step.PAGE, 7) is None, "of another step"


@pytest.mark.both_engines
def test_work_that_no_process_outlived_rests_longer_each_time_and_is_set_aside_at_last(
    conn: Connection,
) -> None:
    assert all(begin(conn) for _ in range(DEATHS_AT_ONCE))
    now, rests = NOON, list[float]()
    while (admission := quarantine.begin(conn, *WORK, now)) != Admission(granted=False):
        if admission.again_at is not None:
            assert "process ended" in reasons(conn)[0]
            rests.append((admission.again_at - now).total_seconds())
            now = admission.again_at
    assert rests == [10 * 2**n for n in range(MOST_DEATHS - DEATHS_AT_ONCE + 1)]
    assert not quarantine.begin(conn, *WORK, now + timedelta(days=9)).granted
    assert quarantine.number(conn) == 1


@pytest.mark.both_engines
def test_work_that_was_not_to_blame_for_the_deaths_is_done_after_a_rest(conn: Connection) -> None:
    assert [begin(conn) for _ in range(DEATHS_AT_ONCE + 1)] == [*[True] * DEATHS_AT_ONCE, False]
    assert quarantine.begin(conn, *WORK, NOON + timedelta(seconds=10)).granted
    quarantine.done(conn, *WORK)
    assert quarantine.number(conn) == 0
    assert begin(conn)


@pytest.mark.both_engines
def test_work_that_ended_well_or_was_broken_off_is_forgotten(conn: Connection) -> None:
    for _ in range(2 * MOST_DEATHS):
        assert begin(conn)
        quarantine.done(conn, *WORK)
        assert begin(conn)
        quarantine.put_back(conn, Step.MATCH, [7])
    assert quarantine.tried(conn, Step.MATCH, [7]) == frozenset()


@pytest.mark.both_engines
def test_a_failure_is_remembered_when_a_later_try_is_broken_off(conn: Connection) -> None:
    begin(conn)
    quarantine.failed(conn, *WORK, "ValueError: once", NOON)
    begin(conn)
    quarantine.put_back(conn, Step.MATCH, [7])
    assert quarantine.tried(conn, Step.MATCH, [7, 8]) == {7}
    begin(conn)
    assert quarantine.failed(conn, *WORK, "ValueError: twice", NOON)


async def attempt(db: Database, error: Exception | None) -> bool:
    work = WorkInHand(db, *WORK, lambda: NOON)
    if not (await work.begin()).granted:
        return False
    async with work:
        if error is not None:
            raise error
    return True


async def test_an_error_counts_and_goes_on_and_a_store_that_is_away_does_not_count(
    db: Database,
) -> None:
    for _ in range(3):
        with pytest.raises(UnreachableError):
            await attempt(db, UnreachableError("away"))
        assert await attempt(db, None)
    for _ in range(2):
        with pytest.raises(ValueError, match="odd"):
            await attempt(db, ValueError("odd"))
    assert not await attempt(db, None)
    with db.connect() as conn:
        assert reasons(conn) == ["ValueError: odd"]
