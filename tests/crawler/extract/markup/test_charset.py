"""From bytes to text, whatever is claimed of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.markup.charset import decode

RUSSIAN = "<p>Стена гавани обрушилась в понедельник ночью, сообщили власти города.</p>" * 4
FRENCH = "<p>L\u2019été dernier, la digue céda\u2026 \u00ab\u00a0enfin\u00a0\u00bb</p>"


@pytest.mark.parametrize(
    ("text", "charset", "header"),
    [
        (RUSSIAN, "windows-1251", "text/html; charset=windows-1251"),
        (RUSSIAN, "koi8-r", 'text/html; charset="KOI8-R"'),
        (RUSSIAN, "utf-8", "text/html; charset=windows-1251"),
        (RUSSIAN, "utf-16", None),
        (RUSSIAN, "utf-32", None),
        (FRENCH, "cp1252", "text/html; charset=ISO-8859-1"),
        (FRENCH, "cp1252", "text/html; charset=no-such-thing"),
        (FRENCH, "utf-16-be", "text/html"),
        (FRENCH, "utf-32-le", "text/html"),
        ("<p>港の防波堤</p>", "iso2022_jp", "text/html; charset=iso-2022-jp"),
        ("<p>港口防波堤倒塌</p>", "gbk", "text/html; charset=gb2312"),
    ],
)
def test_the_text_comes_back(text: str, charset: str, header: str | None) -> None:
    assert decode(text.encode(charset), header) == text


def test_the_pages_own_declaration_counts_where_the_header_is_silent() -> None:
    page = f"<meta http-equiv='Content-Type' content='text/html; charset=windows-1251'>{RUSSIAN}"
    assert decode(page.encode("windows-1251"), "text/html") == page


def test_stray_bytes_in_utf_8_are_read_as_windows_1252() -> None:
    body = ("é" * 200).encode() + b"\x93quoted\x94"
    assert decode(body, None) == "é" * 200 + "\u201cquoted\u201d"


@given(st.binary(max_size=300), st.none() | st.text(max_size=30))
def test_no_bytes_raise(body: bytes, header: str | None) -> None:
    decode(body, header)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff\0\x1b")))
def test_utf_8_is_never_misread(text: str) -> None:
    assert decode(text.encode(), None) == text
