"""How long an answer says that it stays fresh."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetch.outcome import LONGEST_FRESH, read_max_age


@pytest.mark.parametrize(
    ("header", "fresh"),
    [
        ("max-age=600", timedelta(minutes=10)),
        ("public, Max-Age = 3600, must-revalidate", timedelta(hours=1)),
        ("max-age=99999999", LONGEST_FRESH),
        ("max-age=0", timedelta(0)),
        ("s-maxage=600", None),
        ("max-age=600, no-cache", None),
        ("private", None),
        (None, None),
    ],
)
def test_max_age_is_seconds_and_at_most_a_day(header: str | None, fresh: timedelta | None) -> None:
    assert read_max_age(header) == fresh


@given(st.text())
def test_no_cache_control_does_harm(header: str) -> None:
    fresh = read_max_age(header)
    assert fresh is None or timedelta(0) <= fresh <= LONGEST_FRESH
