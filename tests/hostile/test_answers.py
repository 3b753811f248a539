"""N03 to N36: whatever a server answers, the crawl lives, others are read, and the page says why."""

from __future__ import annotations

import pytest

from tests.hostile.case import Case
from tests.hostile.cases.answers import cases
from tests.hostile.verdict import judge
from tests.hostile.web import Room

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.early]


@pytest.mark.parametrize("case", cases(), ids=str)
async def test_a_bad_answer_is_survived_and_named(room: Room, case: Case) -> None:
    judge(case, await room.play(case))
