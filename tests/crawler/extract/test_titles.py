"""A title without the name of its site."""

from __future__ import annotations

import pytest

from crawler.extract.titles import choose_title

SITE, HOST = "The Eastmere Post", "www.eastmere-post.example"


def chosen(*candidates: str, headings: tuple[str, ...] = ()) -> str:
    return choose_title(candidates, headings=headings, site=SITE, host=HOST)


@pytest.mark.parametrize(
    "written",
    [
        "Harbour wall gives way | The Eastmere Post",
        "Harbour wall gives way - the eastmere post",
        "Harbour wall gives way \u2013 eastmere-post.example",
        "The Eastmere Post: Harbour wall gives way",
        "The Eastmere Post | Harbour wall gives way | The Eastmere Post",
        "  Harbour wall\n gives way  ",
    ],
)
def test_the_sites_name_is_taken_off(written: str) -> None:
    assert chosen(written) == "Harbour wall gives way"


@pytest.mark.parametrize(
    "written",
    [
        "Low \u2013 the mayor of Eastmere \u2013 resigns",
        "Eastmere: a town by the sea",
        "War | Peace",
    ],
)
def test_separators_of_the_title_itself_stay(written: str) -> None:
    assert chosen(written) == written


def test_a_heading_proves_where_the_title_ends() -> None:
    written = "Harbour wall gives way - News from the coast"
    assert chosen(written, headings=("Harbour wall gives way",)) == "Harbour wall gives way"


def test_a_title_that_is_only_the_sites_name_is_passed_over() -> None:
    assert chosen("", "The Eastmere Post", "Harbour wall gives way") == "Harbour wall gives way"


def test_no_title_is_the_empty_one() -> None:
    assert chosen("", " ") == ""
