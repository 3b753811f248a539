"""The daemon on a machine whose clock is set while it runs: the news goes on, nothing twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from scheduler.demo.installation import stop
from storage.models.deliveries import Delivery, DeliveryState
from storage.models.recipients import Channel
from tests.acceptance.test_scaled import logged, start_skewed
from tests.kill_runs.newsroom import WORLD, Newsroom, alerted, deliveries, expected, newsroom
from tests.waiting import eventually

YEAR = 365 * 86_400.0


def mailed(room: Newsroom) -> list[Delivery]:
    """Return the e-mails that were sent: a webhook of that time is refused as too old, and rightly."""
    return [
        each
        for each in deliveries(room.db)
        if each.channel is Channel.EMAIL and each.state is DeliveryState.DELIVERED
    ]


def set_to(file: Path, seconds: float) -> None:
    """Write the file in one step: the daemon reads it all the time, and never half written."""
    written = file.with_name(f"{file.name}.new")
    written.write_text(str(seconds), "ascii")
    written.replace(file)


@pytest.mark.parametrize(
    "steps", [(-3600.0,), (YEAR, -YEAR)], ids=["an hour back", "a year and back"]
)
async def test_a_clock_that_is_set_holds_nothing_up(
    tmp_path: Path, steps: tuple[float, ...]
) -> None:
    """T01."""
    off = tmp_path / "off"
    off.write_text("0", "ascii")
    async with newsroom(tmp_path / "room") as room:
        process = await start_skewed(room.installation, f"@{off}")
        try:
            await logged(room, "daemon_started", 1)
            room.proxy.release(1)
            await logged(room, "article_stored", 1)
            at = 0.0
            for step in steps:
                at += step
                set_to(off, at)
                if step < 0:
                    await logged(room, "clock_set_back", 1)
                    await logged(room, "daemon_started", 2)
                else:
                    await logged(room, "clock_far_ahead", 1)
            room.proxy.release(WORLD.steps)
            await eventually(lambda: len(mailed(room)) >= len(expected()))
            assert process.returncode is None
        finally:
            await stop(process)
        assert sorted(alerted(room.db)) == sorted(expected())
        assert len(room.mailbox.emails) == len(expected())
        assert "Traceback" not in room.installation.log.read_text("utf-8")
