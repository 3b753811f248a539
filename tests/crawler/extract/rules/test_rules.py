"""Rules for single sites: read strictly, applied to their own hosts, stronger than what is learned."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.extract.page_reader import read_page
from crawler.extract.rules.files import read_rules, read_rules_dir
from crawler.extract.rules.records import AllRules, SiteRules, rewrite_url, rewritten
from crawler.listings.formats.listing import read_listing
from crawler.listings.formats.section import read_section
from crawler.settings import ExtractSettings
from storage.errors import ExtractError, InputError
from storage.models.articles import ExtractedArticle
from storage.models.listings import ListedItem, Listing
from storage.models.problems import Problem
from storage.models.sources import SourceKind

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
STORY = [
    f"The {place} ferry left the quay at {hour} o'clock with {number} people on board, said "
    f"harbour master Ines Quell of {place} this morning."
    for place, hour, number in [("Ansel", 7, 312), ("Torvel", 9, 148), ("Ostrand", 11, 431)]
]
ODD = (
    '<html lang="en"><head><title>Herald</title></head><body><div class="x1">'
    '<span class="hd">Ferries leave on time</span><b class="who">By Ada Low and Bo Rim</b>'
    '<i class="when" data-date="2026-05-30T08:15:00Z">Saturday</i>'
    + "".join(f'<div class="t">{text}</div>' for text in STORY[:2])
    + '<div class="t"><u class="ad">Buy a boat today, and have it by tomorrow morning!</u>'
    + f"{STORY[2]}</div></div></body></html>"
)
RULES = """\
hosts = ["herald.example", "*.herald.example"]
title = ".hd"
text = [".no-such", "div.t"]
authors = ".who"
published = ".when"
drop = "u.ad"
"""


def written(folder: Path, text: str, name: str = "herald.toml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def read(rules: SiteRules | None, page: str = ODD) -> ExtractedArticle:
    return read_page(
        page.encode(),
        url="https://herald.example/a",
        content_type="text/html; charset=utf-8",
        settings=ExtractSettings(),
        now=NOW,
        site=None,
        rules=rules,
    ).article


def test_what_the_rules_name_is_the_article(tmp_path: Path) -> None:
    article = read(read_rules(written(tmp_path, RULES)))
    assert article.title == "Ferries leave on time"
    assert article.text == "\n".join(STORY)
    assert article.authors == ("Ada Low", "Bo Rim")
    assert article.dates.published == datetime(2026, 5, 30, 8, 15, tzinfo=UTC)
    assert article.dates.published_from == "rule"


def test_where_a_rule_finds_nothing_the_page_is_read_as_any_other() -> None:
    page = ODD.replace('class="t"', 'class="other"')
    without, with_rules = read(None, page), read(SiteRules(("herald.example",), text=(".t",)), page)
    assert with_rules.text == without.text


def test_text_is_kept_whole_whatever_markup_parts_it() -> None:
    page = (
        "<html><head><title>Herald</title></head><body><div class='t'>"
        f"{STORY[0]}<br>Loose words.<h2>Later</h2>{STORY[1]}<div><p>{STORY[2]}</p></div>"
        "<script>let no = 'text';</script></div></body></html>"
    )
    article = read(SiteRules(("herald.example",), title=("h2",), text=(".t",)), page)
    told = f"{STORY[0]} Loose words.", "Later", STORY[1], STORY[2]
    assert article.text == "\n".join(told)


@pytest.mark.parametrize("everything", ["html", "body", ":root"])
def test_a_page_as_a_whole_is_never_dropped(everything: str) -> None:
    rules = SiteRules(("herald.example",), text=("div.t",), drop=(everything, "u.ad"))
    assert read(rules).text == "\n".join(STORY)


def test_a_wall_is_a_wall_under_rules_too() -> None:
    page = '<html><head><title>Log in</title></head><body><p class="t">Log in</p></body></html>'
    with pytest.raises(ExtractError) as failed:
        read(SiteRules(("herald.example",), text=(".t",)), page)
    assert failed.value.problem is Problem.LOGIN_WALL


def test_a_page_read_by_rules_teaches_nothing_of_its_site() -> None:
    found = read_page(
        ODD.encode(),
        url="https://herald.example/a",
        content_type=None,
        settings=ExtractSettings(),
        now=NOW,
        site=None,
        rules=SiteRules(("herald.example",), text=("div.t",)),
    )
    assert found.site is None


@pytest.mark.parametrize(
    ("host", "title"),
    [
        ("herald.example", ".exact"),
        ("herald.example:8080", ".exact"),
        ("sport.herald.example", ".below"),
        ("sheriff-herald.example", None),
        ("wire.example", None),
    ],
)
def test_rules_are_for_their_own_hosts_the_exact_name_first(host: str, title: str | None) -> None:
    rules = AllRules(
        (
            SiteRules(("*.herald.example",), title=(".below",)),
            SiteRules(("herald.example",), title=(".exact",)),
        )
    )
    found = rules.of(host)
    assert (found.title[0] if found else None) == title


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "hosts is missing"),
        ('hosts = ["herald.example"]\n', "no rule"),
        ('hosts = ["https://herald.example/"]\ntitle = "h1"\n', r"herald.toml:1: .* is no host"),
        ('hosts = ["herald.example"]\ntitel = "h1"\n', r"herald.toml:2: there is no 'titel'"),
        ('hosts = ["herald.example"]\n\ntext = "div["\n', r"herald.toml:3: 'div\[' is no CSS"),
        ('hosts = ["herald.example"]\ntext = "svg|a"\n', r"herald.toml:2: 'svg\|a' is no CSS"),
        ('hosts = ["herald.example"]\ntext = 7\n', r"herald.toml:2: text takes texts"),
        ("hosts = [\n", "herald.toml: .*end of document"),
    ],
)
def test_what_is_wrong_is_named_with_its_place_and_a_remedy(
    tmp_path: Path, text: str, says: str
) -> None:
    with pytest.raises(InputError, match=says):
        read_rules(written(tmp_path, text))


def test_two_files_for_one_host_are_refused(tmp_path: Path) -> None:
    for name in ("a.toml", "b.toml"):
        written(tmp_path, 'hosts = ["herald.example"]\ntitle = "h1"\n', name)
    with pytest.raises(InputError, match=r"b\.toml: herald\.example has rules in .*a\.toml"):
        read_rules_dir(tmp_path)


def test_no_folder_is_no_rule(tmp_path: Path) -> None:
    assert read_rules_dir(tmp_path / "none") == AllRules()


SECTION = (
    '<html><body><nav><a href="/about/us/all/of/us">About all of us</a></nav><div class="list">'
    '<a href="/a1?src=home">One</a><p><a href="/a2">Two</a> <a href="/a1?src=home">One again</a></p>'
    '</div><a class="top" href="https://partner.example/x">Three</a><a href="/z">Other</a></body></html>'
)


def test_the_links_of_a_section_page_are_those_that_the_rules_name(tmp_path: Path) -> None:
    rules = read_rules(written(tmp_path, 'hosts = "herald.example"\nlinks = [".list", "a.top"]\n'))
    listing = read_listing(
        SECTION.encode(),
        url="https://herald.example/news",
        content_type=None,
        max_items=100,
        now=NOW,
        kind=SourceKind.SECTION,
        links=rules.links,
    )
    assert [(item.url, item.title) for item in listing.items] == [
        ("https://herald.example/a1?src=home", "One again"),
        ("https://herald.example/a2", "Two"),
        ("https://partner.example/x", "Three"),
    ]


def test_rules_that_find_no_link_say_so(tmp_path: Path) -> None:
    rules = read_rules(written(tmp_path, 'hosts = "herald.example"\nlinks = ".none"\n'))
    with pytest.raises(ExtractError, match="rules find no link"):
        read_section(
            SECTION.encode(),
            url="https://herald.example/",
            content_type=None,
            max_items=9,
            learned=None,
            links=rules.links,
        )


def test_listed_articles_are_given_the_addresses_that_the_rules_make(tmp_path: Path) -> None:
    text = """
hosts = ["herald.example"]
[[rewrite]]
pattern = '^http://(www\\.)?'
replace = 'https://'
[[rewrite]]
pattern = '/amp/(\\d+)$'
replace = '/print/\\1'
"""
    site = read_rules(written(tmp_path, text))
    urls = ["https://herald.example/amp/17", "https://other.example/amp/17"]
    listing = Listing("", None, tuple(ListedItem(url=url) for url in urls))
    found = rewritten(listing, AllRules((site,)))
    assert [item.url for item in found.items] == [
        "https://herald.example/print/17",
        "https://other.example/amp/17",
    ]


def test_an_address_that_would_be_none_any_more_stays_as_it_is(tmp_path: Path) -> None:
    text = "hosts = 'herald.example'\nrewrite = { pattern = '^https', replace = 'javascript' }\n"
    site = read_rules(written(tmp_path, text))
    assert rewrite_url("https://herald.example/a", site) == "https://herald.example/a"


@pytest.mark.parametrize(
    ("rewrite", "says"),
    [
        ("rewrite = 'x'", "takes tables"),
        ("rewrite = { pattern = 'x' }", "takes tables"),
        ("rewrite = { pattern = '(', replace = '' }", "can't be used"),
        ("rewrite = { pattern = 'x', replace = '\\2' }", "can't be used"),
    ],
)
def test_a_rewriting_that_can_not_be_used_is_named(tmp_path: Path, rewrite: str, says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        read_rules(written(tmp_path, f"hosts = 'herald.example'\n{rewrite}\n"))
    assert "herald.toml:2:" in str(caught.value)
