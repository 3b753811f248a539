"""Of each kind of pairs that real streams hold, every made pair is judged right, in either order."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crawler.copies.records import SubmittedText
from tests.crawler.copies.stream import Archive
from tests.gates.copy_kinds import KINDS, START, Kind, Written


def submitted(written: Written) -> SubmittedText:
    at = START + timedelta(hours=written.hours)
    return SubmittedText(written.text, written.host, title=written.title, at=at)


async def is_folded(first: Written, second: Written) -> bool:
    archive = Archive()
    await archive.add_submitted(1, submitted(first))
    return bool((await archive.detector.judge(submitted(second))).verdicts)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
async def test_a_pair_is_one_story_or_two(kind: Kind) -> None:
    assert await is_folded(kind.earlier, kind.later) is kind.is_one
    assert await is_folded(kind.later, kind.earlier) is kind.is_one
