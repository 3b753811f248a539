"""R01 to R09: whatever stands for robots.txt, the standard says what it means."""

from __future__ import annotations

import pytest

from tests.hostile.case import Case
from tests.hostile.cases.robots import cases
from tests.hostile.verdict import judge
from tests.hostile.web import Room

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("case", cases(), ids=str)
async def test_a_strange_robots_txt_means_what_the_standard_says(room: Room, case: Case) -> None:
    judge(case, await room.play(case))
