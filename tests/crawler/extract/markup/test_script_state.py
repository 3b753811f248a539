"""A text that stands only in a page's scripts is read, and no other page pays for that."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.markup.script_state import with_state
from crawler.extract.page_reader import read_page
from crawler.settings import ExtractSettings
from storage.errors import ExtractError
from storage.models.problems import Problem
from tests.waiting import little_work

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LINES = [
    f"The {place} ferry left the quay at {hour} o'clock “on time” with {number} people on board, "
    f"said harbour master Ines Quell of {place} in Zürich this morning."
    for place, hour, number in [("Ansel", 7, 312), ("Torvel", 9, 148), ("Ostrand", 11, 431)]
]
HTML = "".join(f'<p class="t">{line}</p>' for line in LINES * 2)


def page(script: str) -> bytes:
    head = "<title>Ferries leave on time</title><h1>Ferries leave on time</h1>"
    return f"<html><body><div id='app'>{head}</div><script>{script}</script></body></html>".encode()


def text_of(body: bytes) -> str:
    read = read_page(
        body,
        url="https://herald.example/a",
        content_type="text/html; charset=utf-8",
        settings=ExtractSettings(),
        now=NOW,
        site=None,
    )
    return read.article.text


@pytest.mark.parametrize(
    "script",
    [
        f"window.__STATE__ = {json.dumps({'article': {'title': 'x', 'html': HTML}})}",
        f"self.__next_f.push([1,{json.dumps('28:T1a2b,' + HTML)}])",
        f"self.__next_f.push([1,{json.dumps(json.dumps({'contentHtml': HTML}))}])",
        f"var a = {json.dumps({'teaser': '<p>' + 'short ' * 110 + '</p><p></p>', 'html': HTML})}",
    ],
)
def test_a_text_in_the_state_of_a_program_is_the_article(script: str) -> None:
    text = text_of(page(script))
    assert all(line in text for line in LINES)


def test_a_script_without_one_gives_the_problem_of_the_page() -> None:
    with pytest.raises(ExtractError) as caught:
        text_of(page(f"var a = {json.dumps({'key': 'x' * 5000})}"))
    assert caught.value.problem is Problem.NOT_AN_ARTICLE


def test_a_page_without_scripts_has_no_state() -> None:
    assert with_state(b"<html><body><p>short</p></body></html>") is None


def test_very_many_quotes_and_backslashes_take_no_more_time_than_their_number() -> None:
    hostile = [b'"' * 2_000_000, b'"' + b"\\" * 2_000_000, b'"a' * 1_000_000, b"<script" * 300_000]
    with little_work():
        for body in hostile:
            with_state(b"<script>" + body + b"</script>")


@given(st.binary(max_size=300))
def test_any_bytes_give_a_page_or_none(tail: bytes) -> None:
    given = b'<script>"' + b"x" * 600 + tail + b'"</script>' + tail
    found = with_state(given)
    assert found is None or len(found) > len(given)
