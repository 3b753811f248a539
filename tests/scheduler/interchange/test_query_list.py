"""Lists of queries: no line is lost, however the file was written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.interchange.query_list import MOST_BYTES, decoded, read_list
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


def queries(text: str) -> list[tuple[int, str]]:
    return [(line, query) for line, query, _ in read_list(text).queries]


def texts(text: str) -> list[str]:
    return [query for _, query in queries(text)]


def test_comments_and_blank_lines_are_passed_and_lines_keep_their_numbers() -> None:
    text = '# from Google Alerts\r\n\r\n"Ansel Ferries"\r\n  ferry strike \rbells\u2028rung\n'
    assert queries(text) == [(3, '"Ansel Ferries"'), (4, "ferry strike"), (5, "bells\u2028rung")]


@given(st.lists(st.from_regex(r"[a-zé日][a-zé日 ]{0,9}", fullmatch=True), max_size=9))
def test_no_line_is_lost(lines: list[str]) -> None:
    for end in ("\n", "\r\n", "\r"):
        text, _ = decoded(end.join(lines).encode())
        assert texts(text) == [line.strip() for line in lines]


@pytest.mark.parametrize("head", ["Keyword", "Keywords:", '"Search term"', "Suchbegriff", "QUERY"])
def test_a_head_line_is_no_query(head: str) -> None:
    read = read_list(f"{head}\nferry\nbells\n")
    assert [query for _, query, _ in read.queries] == ["ferry", "bells"]
    assert read.notes == (f"line 1 is taken for the head of the list: {head}",)
    assert texts(head) == [head], "a list of one line is that line"


@pytest.mark.parametrize("bullet", ["- ", "* ", "+ ", "• ", "– ", "\u25aa\t", "- [ ] ", "* [x] "])
def test_bullets_are_left_out(bullet: str) -> None:
    read = read_list(f"{bullet}ferry\n  {bullet}-car ferry\n{bullet}\n")
    assert [query for _, query, _ in read.queries] == ["ferry", "-car ferry"]
    assert read.notes == ("the bullets before the queries are left out",)


@pytest.mark.parametrize("lines", ["-ferry sauna", "*gate", "+ferry", "–kiosk sauna"])
def test_a_sign_of_the_language_is_no_bullet(lines: str) -> None:
    assert texts(lines) == [lines]


@pytest.mark.parametrize(
    "form", ["{}. {}", "{}) {}", "({}) {}", "{}.\t{}", "{}\t{}", "{}. - {}", "0{}. {}"]
)
def test_numbers_that_count_the_lines_are_left_out(form: str) -> None:
    lines = ["ferry", "bells", "1. FC Ansel"]
    numbered = "\n".join(form.format(number, line) for number, line in enumerate(lines, 1))
    assert texts(numbered) == lines


@pytest.mark.parametrize(
    "lines",
    [
        ["1. FC Ansel"],
        ["1. FC Ansel", "2. Bundesliga", "ferry"],
        ["1. FC Ansel", "3. Liga"],
        ["2026 election", "2027 election"],
        ["737 MAX", "747"],
    ],
)
def test_numbers_that_do_not_count_the_lines_are_part_of_a_query(lines: list[str]) -> None:
    assert texts("\n".join(lines)) == lines


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_table_has_its_queries_in_the_column_that_its_head_names(delimiter: str) -> None:
    rows = [
        ["Name", "Search query", "Language"],
        ["Ferries", '"""Ansel Ferries"" OR ferry"', "en"],
        ["Bells", '"bells, rung"', "de"],
        ["", "", ""],
        ["Trams"],
        ["# off", "sauna", ""],
        ["Long", '"ferry\nOR boat"', "en"],
        ["Last", "kiosk", ""],
    ]
    read = read_list("\n".join(delimiter.join(row) for row in rows))
    assert read.queries == (
        (2, '"Ansel Ferries" OR ferry', "Ferries"),
        (3, "bells, rung", "Bells"),
        (7, "ferry\nOR boat", "Long"),
        (9, "kiosk", "Last"),
    )
    assert read.notes == (
        "the queries are the column 'search_query'",
        "the topics' names are the column 'name'",
    )


def test_columns_without_names_are_refused_for_nobody_knows_which_has_the_queries() -> None:
    with pytest.raises(InputError, match="no first line that names them"):
        read_list("Ferries\tferry OR boat\nBells\tbells\n")


def test_commas_and_quotes_of_a_query_stay_and_those_of_a_list_do_not() -> None:
    assert texts("ferry, strike\nbells;\n") == ["ferry, strike", "bells;"]
    assert texts('ferry,\n"bells rung",\nkiosk') == ["ferry", '"bells rung"', "kiosk"]
    assert texts('"""Ansel Ferries"" OR ferry"\n"bells rung"') == [
        '"Ansel Ferries" OR ferry',
        '"bells rung"',
    ]
