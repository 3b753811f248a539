"""What the demo's publishers answer: pages, feeds, sitemaps and robots rules, as bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr  # nosec B406

from jinja2 import Environment, PackageLoader

from scheduler.demo.world import DemoPage, DemoPublisher, DemoWorld, PageKind

_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_HASHTAGS = 4
_LEAST_TAG = 5  # characters
_SUMMARY_CHARACTERS = 160


class PageRenderer:
    """Renders the pages of a world as of the moment at which the demo began."""

    def __init__(self, world: DemoWorld, begun: datetime) -> None:
        self._world = world
        self._begun = begun
        self._templates = Environment(
            loader=PackageLoader("scheduler.demo", "templates"), autoescape=True
        )

    def page(self, page: DemoPage, *, later: bool = False) -> bytes:
        """Render an article page in its publisher's template."""
        paragraphs = page.paragraphs(later=later)
        half = len(paragraphs) // 2
        published = page.published(self._begun)
        text = self._templates.get_template(f"{page.publisher.template}.html").render(
            page=page,
            publisher=page.publisher,
            paragraphs=paragraphs,
            first_half=paragraphs[:half],
            second_half=paragraphs[half:],
            hashtags=hashtags(page.title),
            published=published,
            modified=self._begun if later else published,
            today=self._begun,
            canonical=self._canonical(page),
            credit=self._credit(page),
            linked_data=self._linked_data(page, later=later),
            others=self._others(page),
        )
        return text.encode()

    def front(self, publisher: DemoPublisher, step: int) -> bytes:
        """Render a publisher's front page, which names its feed."""
        template = self._templates.get_template("front.html")
        return template.render(publisher=publisher, pages=self._world.of(publisher, step)).encode()

    def feed(self, publisher: DemoPublisher, step: int) -> bytes:
        """Write a publisher's feed, newest items first."""
        pages = self._world.of(publisher, step)
        write = _rss if publisher.feed == "rss" else _atom
        return write(publisher, pages, self._begun).encode()

    def sitemap(self, publisher: DemoPublisher, step: int) -> bytes:
        """Write a publisher's sitemap."""
        urls = "".join(
            f"<url><loc>{escape(page.url)}</loc>"
            f"<lastmod>{page.published(self._begun).isoformat(timespec='seconds')}</lastmod></url>"
            for page in self._world.of(publisher, step)
        )
        space = "http://www.sitemaps.org/schemas/sitemap/0.9"
        return f"{_XML}<urlset xmlns={quoteattr(space)}>{urls}</urlset>".encode()

    def robots(self, publisher: DemoPublisher) -> bytes:
        """Write a publisher's robots rules: all but its search may be read."""
        return (
            f"User-agent: *\nDisallow: /search\nSitemap: http://{publisher.host}/sitemap.xml\n"
        ).encode()

    def _canonical(self, page: DemoPage) -> str:
        return self._world.original(page.story.key).url if page.canonical else page.url

    def _credit(self, page: DemoPage) -> str:
        return self._world.original(page.story.key).url if page.credit else ""

    def _others(self, page: DemoPage) -> tuple[DemoPage, ...]:
        shown = self._world.of(page.publisher, page.step)
        return tuple(other for other in shown if other is not page)

    def _linked_data(self, page: DemoPage, *, later: bool) -> str:
        published = page.published(self._begun)
        modified = self._begun if later else published
        return json.dumps(
            {
                "@context": "https://schema.org",
                "@type": "NewsArticle",
                "headline": page.title,
                "datePublished": published.isoformat(timespec="seconds"),
                "dateModified": modified.isoformat(timespec="seconds"),
                "author": [{"@type": "Person", "name": name} for name in page.story.authors],
                "publisher": {"@type": "Organization", "name": page.publisher.name},
                "articleSection": page.story.section,
                "mainEntityOfPage": page.url,
            }
        ).replace("</", "<\\/")


def hashtags(title: str) -> str:
    """Make hashtags out of a title, as content farms do."""
    words = [word for word in re.findall(r"\w+", title) if len(word) >= _LEAST_TAG]
    return " ".join(f"#{word.capitalize()}" for word in words[:_HASHTAGS])


def _summary(page: DemoPage) -> str:
    return page.paragraphs()[0][:_SUMMARY_CHARACTERS].rsplit(" ", 1)[0] + " …"


def _rss(publisher: DemoPublisher, pages: Sequence[DemoPage], begun: datetime) -> str:
    items = "".join(_rss_item(page, begun) for page in pages)
    return (
        f'{_XML}<rss version="2.0"><channel><title>{escape(publisher.name)}</title>'
        f"<link>http://{publisher.host}/</link><description>News</description>"
        f"{items}</channel></rss>"
    )


def _rss_item(page: DemoPage, begun: datetime) -> str:
    source = ""
    if page.credit is not None:
        source = (
            f"<source url={quoteattr(page.credit.feed_url)}>{escape(page.credit.name)}</source>"
        )
    return (
        f"<item><title>{escape(page.title)}</title><link>{escape(page.url)}</link>"
        f'<guid isPermaLink="false">{escape(_guid(page))}</guid>'
        f"<pubDate>{format_datetime(page.published(begun))}</pubDate>"
        f"<description>{escape(_summary(page))}</description>{source}</item>"
    )


def _atom(publisher: DemoPublisher, pages: Sequence[DemoPage], begun: datetime) -> str:
    updated = max((page.published(begun) for page in pages), default=begun)
    entries = "".join(_atom_entry(page, begun) for page in pages)
    return (
        f'{_XML}<feed xmlns="http://www.w3.org/2005/Atom"><title>{escape(publisher.name)}</title>'
        f"<id>tag:{publisher.host},2000:feed</id>"
        f'<link href="http://{publisher.host}/"/>'
        f'<link rel="self" href={quoteattr(publisher.feed_url)}/>'
        f"<updated>{updated.isoformat(timespec='seconds')}</updated>{entries}</feed>"
    )


def _atom_entry(page: DemoPage, begun: datetime) -> str:
    published = page.published(begun).isoformat(timespec="seconds")
    return (
        f"<entry><title>{escape(page.title)}</title><link href={quoteattr(page.url)}/>"
        f"<id>{escape(_guid(page))}</id><published>{published}</published>"
        f"<updated>{published}</updated><author><name>{escape(_byline(page))}</name></author>"
        f"<summary>{escape(_summary(page))}</summary></entry>"
    )


def _guid(page: DemoPage) -> str:
    return f"tag:{page.publisher.host},2000:{page.story.key}"


def _byline(page: DemoPage) -> str:
    named = page.form is not PageKind.FARM and page.story.authors
    return ", ".join(page.story.authors) if named else page.publisher.name
