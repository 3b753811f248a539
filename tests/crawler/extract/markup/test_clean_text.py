"""Remote text can neither end a header nor turn what is read."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.markup.clean_text import visible_line

ANYTHING = st.text(alphabet=st.characters(codec=None), max_size=80)


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("a\r\nBcc: b@c", "a Bcc: b@c"),
        ("a\x00b\x07", "ab"),
        ("a\u2028b\u2029c\x85d", "a b c d"),
        ("price \u202egnp.exe", "price gnp.exe"),
        ("\u2066in\u2069", "in"),
        ("a\ud800b", "a\ufffdb"),
        ("  wide\u3000space ", "wide space"),
        ("🇩🇪 👩‍👩‍👧 ok", "🇩🇪 👩‍👩‍👧 ok"),
        ("مرحبا", "مرحبا"),
    ],
)
def test_a_line_is_one_visible_line(raw: str, cleaned: str) -> None:
    assert visible_line(raw, 100) == cleaned


@given(ANYTHING, st.integers(1, 30))
def test_a_line_holds_no_control_and_is_never_too_long(raw: str, most: int) -> None:
    cleaned = visible_line(raw, most)
    assert len(cleaned) <= most
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in cleaned)
    assert visible_line(cleaned, most) == cleaned
