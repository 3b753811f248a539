"""Agencies, issuers and public bodies are known by their hosts, never by what pages say of themselves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crawler.copies.origin.original import choose_origin
from crawler.copies.records import ListingWindow
from crawler.urls.publishers import is_official
from storage.models.stories import Origin
from tests.crawler.copies.origin.test_original import NOON, member

RELEASE = (
    ("dateline", "NEW YORK, June 1, 2026 /PRNewswire/ --"),
    ("source_line", "SOURCE Acme Corp"),
)


def kinds(origin: Origin, article_id: int) -> set[str]:
    return {item.kind for item in origin.evidence if item.article_id == article_id}


@pytest.mark.parametrize(
    ("host", "signal"),
    [
        ("www.reuters.com", ("dateline", "LONDON (Reuters) -")),
        ("apnews.com", ("contribution", "Associated Press writers in Havana contributed to this.")),
        ("upi.com", ("byline_agency", "United Press International")),
    ],
)
def test_an_agencys_own_line_on_its_own_site_is_credit(host: str, signal: tuple[str, str]) -> None:
    paper = member(1, host="daily.test", published=-30, seen=0)
    origin = choose_origin([paper, member(2, host=host, signals=(signal,), published=15, seen=40)])
    assert (origin.article_id, origin.named_publisher) == (2, None)
    assert {"agency", "signed"} <= kinds(origin, 2)


def test_an_agencys_site_is_known_without_a_line() -> None:
    origin = choose_origin([member(1, seen=0), member(2, host="apnews.com", seen=40)])
    assert origin.article_id == 2


def test_what_an_agency_prints_of_others_is_not_its_own() -> None:
    names = (("canonical", "https://site1.example/a"), ("og_url", "https://apnews.com/a"))
    origin = choose_origin([member(1, seen=9), member(2, host="apnews.com", seen=0, signals=names)])
    assert origin.article_id == 1
    assert "agency" not in kinds(origin, 2)


@pytest.mark.parametrize(
    "signal",
    [
        ("dateline", "LONDON (Forger) -"),
        ("byline_agency", "Forger News Agency"),
        ("phrase", "This story was first published by Forger."),
        ("source_line", "SOURCE Forger"),
        ("jsonld_source_organization", "Forger"),
    ],
)
def test_what_others_say_of_themselves_is_none(signal: tuple[str, str]) -> None:
    silent = member(2, host="forger.test", seen=5)
    signed = member(2, host="forger.test", seen=5, signals=(signal,))
    assert choose_origin([member(1), signed]) == choose_origin([member(1), silent])


def test_who_issues_a_release_is_its_origin_and_not_who_distributes_it() -> None:
    wire = member(1, host="www.prnewswire.com", signals=RELEASE, seen=0)
    paper = member(3, host="daily.test", signals=RELEASE, seen=3)
    issuer = member(2, host="acme.com", signals=RELEASE, seen=9)
    assert choose_origin([wire, paper, issuer]).article_id == 2
    assert choose_origin([paper, issuer]).article_id == 2
    assert choose_origin([paper, issuer]).named_publisher is None
    assert choose_origin([wire, member(3, host="daily.test", seen=-9)]).article_id == 1
    assert choose_origin([paper]).named_publisher == "PR Newswire"


@pytest.mark.parametrize(
    ("host", "official"),
    [
        ("www.transport.gov", True),
        ("www.gov.uk", True),
        ("defence.gouv.fr", True),
        ("mofa.go.jp", True),
        ("ec.europa.eu", True),
        ("who.int", True),
        ("abcnews.go.com", False),
        ("gov.example", False),
        ("transport-gov.com", False),
        ("news.go.de", False),
        ("127.0.0.1:80", False),
        ("", False),
    ],
)
def test_a_public_body_is_known_by_a_domain_that_nobody_else_gets(
    host: str, official: bool
) -> None:
    assert is_official(host) is official


def test_a_statement_on_a_public_bodys_site_is_its_own() -> None:
    origin = choose_origin([member(1, seen=0), member(2, host="www.transport.gov", seen=30)])
    assert origin.article_id == 2
    assert "public_body" in kinds(origin, 2)


def test_a_latecomer_that_names_a_stranger_does_not_take_the_story_from_who_was_there() -> None:
    """A forger pastes an article and credits an agency, or anybody, with it."""
    window = ListingWindow(NOON.replace(hour=13), NOON.replace(hour=14))
    credit = (("dateline", "LONDON (AP) —"),)
    forgers = [
        replace(member(n, host=f"forger{n}.test", seen=120, signals=credit), window=window)
        for n in (2, 3, 4)
    ]
    assert choose_origin([member(1), *forgers[:2]]).named_publisher is None
    assert choose_origin([member(1), *forgers]).named_publisher == "The Associated Press"
    [said] = {choose_origin([member(1), replace(forgers[0], window=None)]).named_publisher}
    assert said == "The Associated Press"


def test_what_one_publisher_says_on_several_pages_it_says_once() -> None:
    names = (("canonical", "https://forger.test/a"), ("og_url", "https://helper.test/a"))
    helpers = [member(n, host=f"{n}.helper.test", seen=n, signals=names) for n in (3, 4, 5)]
    origin = choose_origin([member(1), member(2, host="forger.test", seen=2), *helpers])
    assert len([item for item in origin.evidence if item.kind == "named"]) == 1
