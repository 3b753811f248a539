"""Words that stand apart on the screen are apart in a heading's text."""

from __future__ import annotations

import pytest
from lxml import html

from crawler.extract.markup.element_text import spaced_text
from tests.crawler.extract.pages import page, read


@pytest.mark.parametrize(
    ("heading", "text"),
    [
        ("Harbour wall<br>gives way", "Harbour wall gives way"),
        ("<span>Port</span><span>Harbour wall gives way</span>", "Port Harbour wall gives way"),
        ("<div>Port</div><div>Harbour wall</div>", "Port Harbour wall"),
        ("<span>H</span>arbour wall", "Harbour wall"),
        ("<span>“</span>Harbour wall<span>”</span>", "“Harbour wall”"),
        ("Har<wbr>bour <em>wall</em>s", "Harbour walls"),
        ("Harbour<!-- a note -->wall", "Harbourwall"),
    ],
)
def test_elements_part_words_as_a_browser_shows_them(heading: str, text: str) -> None:
    element = html.fromstring(f"<section>{heading}</section>")
    assert " ".join(spaced_text(element).split()) == text


def test_a_heading_of_paragraphs_is_read_though_the_parser_puts_them_behind_it() -> None:
    heading = "<h1><p>Port</p><p>Harbour wall gives way at Eastmere</p></h1>"
    assert read(page(before=heading)).title == "Port Harbour wall gives way at Eastmere"
