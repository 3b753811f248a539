"""Lists of queries: no line is lost, however the file was written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.interchange.query_list import MOST_BYTES, decoded, queries
from storage.errors import InputError

TEXT = "Fährstreik\nпаром забастовка\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_every_unicode_encoding_is_read(encoding: str) -> None:
    # The first words of a list are mostly Latin; without a mark that is what tells.
    text = "ferry strike\n" * 3 + (TEXT if encoding not in ("utf-16-le", "utf-16-be") else "é\n")
    assert decoded(text.encode(encoding))[0] == text


def test_what_is_not_unicode_is_read_as_windows_1252() -> None:
    assert decoded("Fähre – Streik".encode("cp1252")) == ("Fähre – Streik", "windows-1252")
    assert decoded(b"caf\xe9 \x81")[0] == "café \x81", "no byte is lost"


@pytest.mark.parametrize("raw", [b"\x89PNG\0\0\0\rIHDR", b"a\0\0\xd8", b"\xff\xfea", b"a\0b"])
def test_what_is_no_text_is_refused(raw: bytes) -> None:
    with pytest.raises(InputError):
        decoded(raw)


def test_a_file_that_is_too_large_is_refused_with_the_remedy() -> None:
    with pytest.raises(InputError, match="split it"):
        decoded(b"x" * (MOST_BYTES + 1))


def test_comments_and_blank_lines_are_passed_and_lines_keep_their_numbers() -> None:
    text = '# from Google Alerts\r\n\r\n"Ansel Ferries"\r\n  ferry strike \rbells\u2028rung\n'
    assert list(queries(text)) == [
        (3, '"Ansel Ferries"'),
        (4, "ferry strike"),
        (5, "bells\u2028rung"),
    ]


@given(st.lists(st.from_regex(r"[a-zé日][a-zé日 ]{0,9}", fullmatch=True), max_size=9))
def test_no_line_is_lost(lines: list[str]) -> None:
    for end in ("\n", "\r\n", "\r"):
        text, _ = decoded(end.join(lines).encode())
        assert [query for _, query in queries(text)] == [line.strip() for line in lines]
