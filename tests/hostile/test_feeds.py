"""C05 to C10: a feed that is broken gives what can be saved of it, and nothing is fetched for it."""

from __future__ import annotations

import pytest

from tests.hostile.case import Case
from tests.hostile.cases.feeds import cases
from tests.hostile.verdict import judge
from tests.hostile.web import Room

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("case", cases(), ids=str)
async def test_what_can_be_saved_of_a_feed_is_saved(room: Room, case: Case) -> None:
    judge(case, await room.play(case))
