"""Parser processes: what they are asked for, and how they end."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crawler.extract.run.pool import ParserPool
from storage.errors import ExtractError
from storage.models.problems import Problem
from tests.crawler.extract import parsers
from tests.waiting import eventually, eventually_sync

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

ROOT = Path(__file__).parents[4]


@asynccontextmanager
async def pool_of(
    workers: int = 1, *, deadline: float = 60.0, memory_mb: int = 512, recycle_after: int = 1000
) -> AsyncIterator[ParserPool]:
    pool = ParserPool(workers, deadline, memory_mb, recycle_after, preload=())
    await pool.start()
    try:
        yield pool
    finally:
        await pool.close()


def is_running(pid: int) -> bool:
    """Tell whether a process is there and no zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"


async def test_a_call_runs_in_another_process_and_gives_its_result() -> None:
    async with pool_of() as pool:
        assert await pool.run(parsers.double, 21) == 42
        assert await pool.run(parsers.process_id) != os.getpid()


@pytest.mark.parametrize(
    "function",
    [parsers.answer_a_command, parsers.answer_another_type, parsers.answer_a_damaged_article],
)
async def test_an_answer_of_another_type_than_declared_is_not_taken(
    function: Callable[[], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with pool_of() as pool:
        before = await pool.run(parsers.process_id)
        with pytest.raises(ExtractError) as caught:
            await pool.run(function)
        assert caught.value.problem is Problem.PARSE_CRASHED
        assert not os.listdir(tmp_path)  # noqa: PTH208 - not to be awaited
        assert await pool.run(parsers.process_id) != before, "a fresh one takes its place"


async def test_records_come_back_as_they_were() -> None:
    async with pool_of() as pool:
        assert await pool.run(parsers.answer_an_article) == parsers.answer_an_article()


async def test_a_parser_process_is_told_no_secret(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("WIREWATCH_EMAIL_PASSWORD", "hunter2")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    secret = tmp_path / "hunter2"
    secret.touch()
    with secret.open() as inherited:
        os.set_inheritable(inherited.fileno(), True)
        async with pool_of() as pool:
            seen = await pool.run(parsers.environment)
    assert "hunter2" not in seen
    assert "WIREWATCH" not in seen
    assert "'PATH'" in seen


async def test_a_functions_own_refusal_comes_back_as_it_was() -> None:
    async with pool_of() as pool:
        with pytest.raises(ExtractError) as caught:
            await pool.run(parsers.refuse, "a login wall")
    assert (caught.value.problem, caught.value.detail) == (Problem.NOT_AN_ARTICLE, "a login wall")


async def test_another_failure_is_a_crash_and_the_process_lives_on() -> None:
    async with pool_of() as pool:
        before = await pool.run(parsers.process_id)
        with pytest.raises(ExtractError, match="LookupError: a parser's own fault") as caught:
            await pool.run(parsers.fail)
        assert caught.value.problem is Problem.PARSE_CRASHED
        assert await pool.run(parsers.process_id) == before


async def test_a_hanging_call_is_killed_at_its_deadline_and_the_next_one_served() -> None:
    async with pool_of() as pool:
        before = await pool.run(parsers.process_id)
        [slot] = pool._slots
        patient, slot._settings = slot._settings, replace(slot._settings, deadline_seconds=0.1)
        with pytest.raises(ExtractError) as caught:
            await pool.run(parsers.hang)
        assert caught.value.problem is Problem.PARSE_TIMEOUT
        slot._settings = patient
        assert await pool.run(parsers.process_id) != before
    assert not is_running(before)


@pytest.mark.parametrize(("function", "arguments"), [(parsers.die, ()), (parsers.leave, (3,))])
async def test_a_process_that_dies_is_a_crash_and_is_replaced(
    function: object, arguments: tuple[int, ...]
) -> None:
    assert callable(function)
    async with pool_of() as pool:
        with pytest.raises(ExtractError) as caught:
            await pool.run(function, *arguments)
        assert caught.value.problem is Problem.PARSE_CRASHED
        assert await pool.run(parsers.double, 1) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds a process's address space")
async def test_a_call_that_takes_too_much_memory_is_a_crash() -> None:
    async with pool_of(memory_mb=128) as pool:
        assert await pool.run(parsers.take_memory, 32) == 32 * 1024 * 1024
        with pytest.raises(ExtractError, match="memory limit of 128 MB") as caught:
            await pool.run(parsers.take_memory, 256)
        assert caught.value.problem is Problem.PARSE_CRASHED
        assert await pool.run(parsers.double, 1) == 2


async def test_a_process_makes_room_for_a_fresh_one_after_its_calls() -> None:
    async with pool_of(recycle_after=2) as pool:
        served = [await pool.run(parsers.process_id) for _ in range(4)]
    assert served[0] == served[1] != served[2] == served[3]
    assert not any(map(is_running, served))


async def test_calls_run_side_by_side_and_the_loop_goes_on(tmp_path: Path) -> None:
    async with pool_of(2) as pool:
        calls = [asyncio.create_task(pool.run(parsers.meet, tmp_path, 2)) for _ in range(2)]
        await eventually(lambda: len(list(tmp_path.iterdir())) == 2)  # neither waits for the other
        assert await asyncio.gather(*calls) == [2, 2]


async def test_large_answers_and_chatter_do_not_break_the_pipe() -> None:
    async with pool_of() as pool:
        assert await pool.run(parsers.chatter) == "heard"
        assert len(await pool.run(parsers.answer_largely, 5_000_000)) == 5_000_000


async def test_a_cancelled_call_leaves_no_stale_answer_behind(tmp_path: Path) -> None:
    async with pool_of() as pool:
        call = asyncio.create_task(pool.run(parsers.meet, tmp_path, 2))
        await eventually(lambda: list(tmp_path.iterdir()))
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert await pool.run(parsers.double, 4) == 8


async def test_a_closed_pool_ends_its_processes_and_refuses_calls() -> None:
    async with pool_of() as pool:
        pid = await pool.run(parsers.process_id)
    assert not is_running(pid)
    with pytest.raises(ExtractError, match="closed"):
        await pool.run(parsers.double, 1)


async def test_ctrl_c_does_not_reach_the_processes() -> None:
    async with pool_of() as pool:
        pid = await pool.run(parsers.process_id)
        os.kill(pid, signal.SIGINT)
        assert await pool.run(parsers.process_id) == pid


PARENT = """
import asyncio, sys
sys.path.insert(0, sys.argv[1])
from crawler.extract.run.pool import ParserPool
from tests.crawler.extract import parsers

async def main():
    pool = ParserPool(1, 60.0, 512, 10, preload=())
    print(await pool.run(parsers.process_id), flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


def test_no_process_outlives_a_parent_that_was_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(ROOT)], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert is_running(child)
        parent.kill()
    eventually_sync(lambda: not is_running(child))


async def test_a_broken_installation_is_named_at_the_start() -> None:
    pool = ParserPool(1, 10, 512, 10, preload=("no_such_module_anywhere",))
    with pytest.raises(ExtractError, match=r"reinstall.*no_such_module_anywhere"):
        await pool.start()
    await pool.close()
