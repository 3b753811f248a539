"""The parts of an article are told from the next article, from slugs and from other lists of pages."""

from __future__ import annotations

import pytest

from crawler.extract.next_part import is_part, next_part

FIRST = "https://paper.example/town/ferry-line"


@pytest.mark.parametrize(
    ("first", "part"),
    [
        (FIRST, f"{FIRST}/2"),
        (f"{FIRST}/", f"{FIRST}/page/2/"),
        (FIRST, f"{FIRST}?page=2"),
        (f"{FIRST}?id=7", f"{FIRST}?id=7&seite=2"),
        (f"{FIRST}.html", f"{FIRST},2.html"),
    ],
)
def test_a_numbered_part_of_the_same_path_is_a_part(first: str, part: str) -> None:
    assert is_part(first, part, 2, is_next=False)
    assert not is_part(first, part, 3, is_next=True)


@pytest.mark.parametrize("part", [f"{FIRST}-2.html", f"{FIRST}_2.html", f"{FIRST}-page2.html"])
def test_a_form_in_which_slugs_end_too_counts_where_a_link_says_that_it_is_next(part: str) -> None:
    assert is_part(f"{FIRST}.html", part, 2, is_next=True)
    assert not is_part(f"{FIRST}.html", part, 2, is_next=False)


@pytest.mark.parametrize(
    "other",
    [
        "https://paper.example/town/another-ferry",
        "https://other.example/town/ferry-line/2",
        f"{FIRST}/comment-page-2",
        f"{FIRST}?replytocom=2",
        f"{FIRST}-2027",
        "https://paper.example/2",
    ],
)
def test_other_pages_are_no_parts(other: str) -> None:
    assert not is_part(FIRST, other, 2, is_next=True)


@pytest.mark.parametrize(
    ("markup", "is_found"),
    [
        (f'<link rel="next" href="{FIRST}/2">', True),
        ('<nav><a href="ferry-line/2"> 2 </a></nav>', True),
        ('<a rel="nofollow next" href="/town/ferry-line?page=2">Weiter</a>', True),
        ('<a rel="next" href="/town/another-ferry-2">Another ferry</a>', False),
        ('<a href="/town/ferry-line/2">All 2 pictures</a>', False),
    ],
)
def test_a_link_says_that_a_part_is_the_next_or_bears_its_number(
    markup: str, *, is_found: bool
) -> None:
    page = f"<html><body><p>Words.</p>{markup}</body></html>".encode()
    part = next_part(page, url=FIRST, first_url=FIRST, number=2, content_type=None, max_depth=100)
    assert (part is not None) is is_found
