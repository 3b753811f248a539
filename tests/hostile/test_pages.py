"""C01 to C15: the text of a page is what its reader sees, or the reason why there is none."""

from __future__ import annotations

import pytest

from tests.hostile.case import Case
from tests.hostile.cases.pages import cases
from tests.hostile.verdict import judge
from tests.hostile.web import Room

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.early]


@pytest.mark.parametrize("case", cases(), ids=str)
async def test_a_strange_page_is_read_or_named(room: Room, case: Case) -> None:
    judge(case, await room.play(case))
