"""Small pages in the shapes that publishers use, written for these tests."""

from __future__ import annotations

from datetime import UTC, datetime

from crawler.extract.article import extract_article
from crawler.settings import ExtractSettings
from storage.models.articles import ExtractedArticle

NOW = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)
URL = "https://news.example.com/2026/05/harbour-wall.html"
TEXT = """\
The harbour wall at Eastmere gave way on Monday night after three days of heavy swell, flooding the fish market and forcing some two hundred people to leave their homes.
Engineers had warned the council in March that the stones at the northern end were loose, according to a letter that residents handed to the newspaper on Tuesday morning.
Mayor Ada Low said that repairs would begin within a week and that the town would pay for the hotel rooms of everyone who could not return before the end of the month.
The port authority expects the ferry to run again on Friday if the wind turns to the west, as the forecasters on the mainland say that it should by Thursday evening."""
PARAGRAPHS = tuple(TEXT.split("\n"))
TITLE = "Harbour wall gives way at Eastmere"


def page(
    *,
    head: str = "",
    before: str = "",
    paragraphs: tuple[str, ...] = PARAGRAPHS,
    after: str = "",
    attributes: str = ' lang="en"',
) -> str:
    """Return a page with an article in it; `before` and `after` stand round the paragraphs."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<!DOCTYPE html><html{attributes}><head>{head}</head><body>"
        "<nav><a href='/'>Home</a> <a href='/sport'>Sport</a></nav>"
        f"<main><article>{before}{body}{after}</article></main>"
        "<footer><p>Impressum and imprint of the house</p></footer></body></html>"
    )


def read(
    source: str | bytes,
    *,
    url: str = URL,
    content_type: str | None = "text/html; charset=utf-8",
    settings: ExtractSettings | None = None,
) -> ExtractedArticle:
    """Extract a page as the pipeline would."""
    body = source.encode() if isinstance(source, str) else source
    return extract_article(
        body, url=url, content_type=content_type, settings=settings or ExtractSettings(), now=NOW
    )


def json_ld(value: str) -> str:
    return f'<script type="application/ld+json">{value}</script>'
