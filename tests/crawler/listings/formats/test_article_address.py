"""What an address alone says of the page behind it, on the publishing systems of the web."""

from __future__ import annotations

import pytest

from crawler.listings.formats.article_address import article_id
from crawler.listings.formats.section import read_section

TITLES = (
    "Ferry line to Ansel closes for the whole winter",
    "Harbour master leaves after thirty years",
    "Storm drives two boats ashore",
    "Kite festival moved",
)


@pytest.mark.parametrize(
    ("address", "beside"),
    [
        ("/?p={n}", "/?m=202611"),
        ("/article.php?id={n}", "/article.php?page=2"),
        ("/view.asp?lang=en&newsId={n}", "/view.asp?lang=en&sort=asc"),
        ("/spip.php?article{n}", "/spip.php?rubrique3"),
        ("?q=node/{n}", "?q=taxonomy/term/4"),
        (
            "/index.php?option=com_content&amp;view=article&amp;id={n}",
            "/index.php?view=category&amp;id=2",
        ),
        ("/town/{n}-{s}", "/town?start=10"),
        ("/en/node/{n}", "/taxonomy/term/5"),
        ("/2026/11/{s}.html", "/2026/11/"),
        ("/p/{s}", "/archive"),
        ("/{s}/", "/tag/town-and-harbour/"),
    ],
)
def test_the_articles_of_a_front_page_are_found_without_a_hint(address: str, beside: str) -> None:
    links = [
        f'<div><a href="{address.format(n=4000 + 7 * at, s="-".join(title.lower().split()))}">{title}</a></div>'
        for at, title in enumerate(TITLES)
    ]
    page = f'<html><body>{"".join(links)}<a href="{beside}">More of the news of the town here</a></body></html>'
    listing = read_section(
        page.encode(), url="https://herald.example/", content_type=None, max_items=9, learned=None
    )
    assert [item.title for item in listing.items if item.title in TITLES][:3] == list(TITLES[:3])
    assert "More of the news of the town here" not in [item.title for item in listing.items]


@pytest.mark.parametrize(
    "query",
    [
        "page=2",
        "id=7&page=2",
        "cat=3",
        "q=harbour",
        "sort=asc",
        "page_id=2",
        "author=1",
        "lang=en",
        "",
    ],
)
def test_a_list_has_no_number_of_an_article(query: str) -> None:
    assert article_id(f"https://herald.example/news.php?{query}") is None
