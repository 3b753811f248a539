"""A title without the name of its site."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crawler.extract.titles import Titles, choose_title, site_names

SITE, HOST = "The Eastmere Post", "www.eastmere-post.example"
WALL = "Harbour wall gives way"
FULLER = "Harbour wall gives way after three days of swell"


def chosen(headline: str = "", **titles: str | tuple[str, ...]) -> str:
    return choose_title(Titles(headline, **titles), site_names(SITE, HOST))  # type: ignore[arg-type]


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
    assert chosen(f"{WALL} - News from the coast", headings=(WALL,)) == WALL


@pytest.mark.parametrize(
    "name", ["The Eastmere Post", "Eastmere Post", "EastmerePost", "eastmere-post.example"]
)
def test_a_title_that_is_only_the_sites_name_is_passed_over(name: str) -> None:
    assert chosen(shared=name, headings=(WALL,)) == WALL


@pytest.mark.parametrize("separator", [" * ", "\uff5c", "\uff1a"])
def test_separators_of_other_scripts_part_a_sites_name(separator: str) -> None:
    assert chosen(f"{WALL}{separator}The Eastmere Post") == WALL


def test_the_sites_address_before_a_title_is_taken_off() -> None:
    assert chosen(tag=f"eastmere-post.example {WALL}") == WALL


def test_the_title_that_says_more_is_taken() -> None:
    assert chosen(WALL, shared=FULLER, tag=WALL) == FULLER
    assert chosen(FULLER, shared=WALL, tag=WALL) == FULLER


def test_a_headline_stands_against_a_title_that_says_no_more() -> None:
    assert chosen(WALL, shared="Harbour walls give way", tag=WALL) == WALL


def test_a_headline_that_nothing_on_the_page_bears_out_is_passed_over() -> None:
    others = {"shared": WALL, "repeated": WALL, "tag": f"{WALL} | The Eastmere Post"}
    assert chosen("The harbour wall, and why it gave way", headings=(WALL,), **others) == WALL


def test_a_heading_is_taken_for_a_shared_title_that_repeats_the_title_element() -> None:
    searched = {
        "shared": "Harbour wall: what you need to know",
        "tag": "Harbour wall: what you need to know",
    }
    assert chosen(headings=(WALL,), **searched) == WALL
    assert chosen(headings=(WALL, FULLER), **searched) == searched["shared"]
    assert chosen(headings=("Menu",), **searched) == searched["shared"]
    assert chosen(headings=(WALL,), repeated="Sea", **searched) == searched["shared"]


def test_a_text_in_the_field_of_the_headline_is_none() -> None:
    assert chosen("The wall gave way on Monday night. " * 20, shared=WALL) == WALL


def test_no_title_is_the_empty_one() -> None:
    assert chosen("", shared=" ") == ""


def test_a_heading_that_the_title_element_bears_out_is_better_than_what_is_shared() -> None:
    titles = Titles(
        shared="Expert moving: how to choose whom you can trust",
        repeated="Expert moving: how to choose whom you can trust",
        headings=("The ultimate guide to booking a moving company",),
        tag="The ultimate guide to booking a moving company - Herald",
    )
    assert choose_title(titles, frozenset({"herald"})) == titles.headings[0]
    several = replace(titles, headings=(*titles.headings, "Read on about moving house"))
    assert choose_title(several, frozenset({"herald"})) == titles.shared
