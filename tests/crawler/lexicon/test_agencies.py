"""Agencies by the names that stand in credits."""

from __future__ import annotations

import pytest

from crawler.lexicon.agencies import (
    Agency,
    agencies,
    agency_marked,
    agency_named,
    agency_of_host,
    agency_within,
)


def name_of(agency: Agency | None) -> str | None:
    return None if agency is None else agency.name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("AP", "The Associated Press"),
        ("The Associated Press", "The Associated Press"),
        ("associated press", "The Associated Press"),
        ("Associated Press Writer", "The Associated Press"),
        ("Reuters Staff", "Reuters"),
        ("(dpa)", "dpa"),
        ("dpa-infocom", "dpa"),
        ("Agence France-Presse", "Agence France-Presse"),
        ("新华社", "Xinhua"),
        ("ap", None),
        ("Hina Khan", None),
        ("John Reuter", None),
        ("", None),
    ],
)
def test_a_whole_name_is_an_agency_or_none(written: str, name: str | None) -> None:
    assert name_of(agency_named(written)) == name


def test_in_a_line_only_what_is_unmistakable_counts_unless_an_agency_must_stand_there() -> None:
    assert name_of(agency_within("By Ada Low of the Associated Press")) == "The Associated Press"
    assert agency_within("Ada Low teaches AP classes") is None
    assert name_of(agency_marked("SEOUL (AP) —")) == "The Associated Press"
    assert agency_marked("MAP, APP and sAP") is None


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("apnews.com", "The Associated Press"),
        ("www.reuters.com:443", "Reuters"),
        ("myapnews.com", None),
        ("com", None),
    ],
)
def test_an_agency_is_known_by_its_site(host: str, name: str | None) -> None:
    assert name_of(agency_of_host(host)) == name


def test_no_spelling_and_no_site_is_two_agencies() -> None:
    words = [word for each in agencies() for word in {each.name, *each.spellings, *each.marks}]
    sites = [site for each in agencies() for site in each.sites]
    assert len(words) == len(set(words))
    assert len(sites) == len(set(sites))
