"""Passages as bytes: nothing is lost, and little is taken up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.models.stories import Passage
from storage.stories.passages import pack, unpack

OFFSETS = st.integers(0, 10_000_000)
PASSAGES = st.lists(st.builds(Passage, OFFSETS, OFFSETS, OFFSETS, OFFSETS)).map(tuple)


@given(PASSAGES)
def test_what_was_packed_comes_back(passages: tuple[Passage, ...]) -> None:
    assert unpack(pack(passages)) == passages


def test_a_whole_text_of_some_thousand_characters_takes_a_few_bytes() -> None:
    assert len(pack([Passage(20, 4_020, 0, 4_000)])) == 5
    assert pack([]) == b""


@pytest.mark.parametrize("packed", [b"\x80", b"\x02", b"\x02\x02\x02\x02\x02"])
def test_bytes_that_are_cut_off_are_refused(packed: bytes) -> None:
    with pytest.raises(ValueError, match=r"number|argument"):
        unpack(packed)
