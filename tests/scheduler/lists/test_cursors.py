"""Cursors come back as they went out, and nothing else is taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.lists.cursors import read_cursor, write_cursor
from storage.errors import InputError

NUMBERS = st.integers(-(2**63) + 1, 2**63 - 1)


@given(NUMBERS, st.text(max_size=100), NUMBERS)
def test_a_place_comes_back(first: int, text: str, last: int) -> None:
    assert read_cursor(write_cursor(first, text, last), int, str, int) == (first, text, last)


@given(st.text(max_size=60))
def test_what_we_never_wrote_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="begin the list anew"):
        read_cursor(text, int, str, int)


@pytest.mark.parametrize("cursor", [write_cursor(1, 2), write_cursor("1"), write_cursor(2**70)])
def test_another_lists_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InputError):
        read_cursor(cursor, int)
