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
_LEAST_TAG = 5  # letters
_SUMMARY_LETTERS = 160


class PageRenderer:
    """Renders the pages of a world as of the moment at which the demo began."""

    def __init__(self, world: DemoWorld, begun: datetime) -> None:
        self._world = world
        self._begun = begun
        self._templates = Environment(
            loader=PackageLoader("scheduler.demo", "templates"), autoescape=True
        )

    def page(self, leaf: DemoPage, *, later: bool = False) -> bytes:
        """Render an article page in its publisher's template."""
        paragraphs = leaf.paragraphs(later=later)
        half = len(paragraphs) // 2
        published = leaf.published(self._begun)
        text = self._templates.get_template(f"{leaf.publisher.template}.html").render(
            leaf=leaf,
            publisher=leaf.publisher,
            paragraphs=paragraphs,
            first_half=paragraphs[:half],
            second_half=paragraphs[half:],
            hashtags=hashtags(leaf.title),
            published=published,
            modified=self._begun if later else published,
            today=self._begun,
            canonical=self._canonical(leaf),
            credit=self._credit(leaf),
            linked_data=self._linked_data(leaf, later=later),
            others=self._others(leaf),
        )
        return text.encode()

    def front(self, publisher: DemoPublisher, step: int) -> bytes:
        """Render a publisher's front page, which names its feed."""
        template = self._templates.get_template("front.html")
        return template.render(publisher=publisher, leaves=self._world.of(publisher, step)).encode()

    def feed(self, publisher: DemoPublisher, step: int) -> bytes:
        """Write a publisher's feed, newest items first."""
        leaves = self._world.of(publisher, step)
        write = _rss if publisher.feed == "rss" else _atom
        return write(publisher, leaves, self._begun).encode()

    def sitemap(self, publisher: DemoPublisher, step: int) -> bytes:
        """Write a publisher's sitemap."""
        urls = "".join(
            f"<url><loc>{escape(leaf.url)}</loc>"
            f"<lastmod>{leaf.published(self._begun).isoformat(timespec='seconds')}</lastmod></url>"
            for leaf in self._world.of(publisher, step)
        )
        space = "http://www.sitemaps.org/schemas/sitemap/0.9"
        return f"{_XML}<urlset xmlns={quoteattr(space)}>{urls}</urlset>".encode()

    def robots(self, publisher: DemoPublisher) -> bytes:
        """Write a publisher's robots rules: all but its search may be read."""
        return (
            f"User-agent: *\nDisallow: /search\nSitemap: http://{publisher.host}/sitemap.xml\n"
        ).encode()

    def _canonical(self, leaf: DemoPage) -> str:
        return self._world.original(leaf.story.key).url if leaf.canonical else leaf.url

    def _credit(self, leaf: DemoPage) -> str:
        return self._world.original(leaf.story.key).url if leaf.credit else ""

    def _others(self, leaf: DemoPage) -> tuple[DemoPage, ...]:
        shown = self._world.of(leaf.publisher, leaf.step)
        return tuple(other for other in shown if other is not leaf)

    def _linked_data(self, leaf: DemoPage, *, later: bool) -> str:
        published = leaf.published(self._begun)
        modified = self._begun if later else published
        return json.dumps(
            {
                "@context": "https://schema.org",
                "@type": "NewsArticle",
                "headline": leaf.title,
                "datePublished": published.isoformat(timespec="seconds"),
                "dateModified": modified.isoformat(timespec="seconds"),
                "author": [{"@type": "Person", "name": name} for name in leaf.story.authors],
                "publisher": {"@type": "Organization", "name": leaf.publisher.name},
                "articleSection": leaf.story.section,
                "mainEntityOfPage": leaf.url,
            }
        ).replace("</", "<\\/")


def hashtags(title: str) -> str:
    """Make hashtags out of a title, as content farms do."""
    words = [word for word in re.findall(r"\w+", title) if len(word) >= _LEAST_TAG]
    return " ".join(f"#{word.capitalize()}" for word in words[:_HASHTAGS])


def _summary(leaf: DemoPage) -> str:
    return leaf.paragraphs()[0][:_SUMMARY_LETTERS].rsplit(" ", 1)[0] + " …"


def _rss(publisher: DemoPublisher, leaves: Sequence[DemoPage], begun: datetime) -> str:
    items = "".join(_rss_item(leaf, begun) for leaf in leaves)
    return (
        f'{_XML}<rss version="2.0"><channel><title>{escape(publisher.name)}</title>'
        f"<link>http://{publisher.host}/</link><description>News</description>"
        f"{items}</channel></rss>"
    )


def _rss_item(leaf: DemoPage, begun: datetime) -> str:
    source = ""
    if leaf.credit is not None:
        source = (
            f"<source url={quoteattr(leaf.credit.feed_url)}>{escape(leaf.credit.name)}</source>"
        )
    return (
        f"<item><title>{escape(leaf.title)}</title><link>{escape(leaf.url)}</link>"
        f'<guid isPermaLink="false">{escape(_guid(leaf))}</guid>'
        f"<pubDate>{format_datetime(leaf.published(begun))}</pubDate>"
        f"<description>{escape(_summary(leaf))}</description>{source}</item>"
    )


def _atom(publisher: DemoPublisher, leaves: Sequence[DemoPage], begun: datetime) -> str:
    updated = max((leaf.published(begun) for leaf in leaves), default=begun)
    entries = "".join(_atom_entry(leaf, begun) for leaf in leaves)
    return (
        f'{_XML}<feed xmlns="http://www.w3.org/2005/Atom"><title>{escape(publisher.name)}</title>'
        f"<id>tag:{publisher.host},2000:feed</id>"
        f'<link href="http://{publisher.host}/"/>'
        f'<link rel="self" href={quoteattr(publisher.feed_url)}/>'
        f"<updated>{updated.isoformat(timespec='seconds')}</updated>{entries}</feed>"
    )


def _atom_entry(leaf: DemoPage, begun: datetime) -> str:
    published = leaf.published(begun).isoformat(timespec="seconds")
    return (
        f"<entry><title>{escape(leaf.title)}</title><link href={quoteattr(leaf.url)}/>"
        f"<id>{escape(_guid(leaf))}</id><published>{published}</published>"
        f"<updated>{published}</updated><author><name>{escape(_byline(leaf))}</name></author>"
        f"<summary>{escape(_summary(leaf))}</summary></entry>"
    )


def _guid(leaf: DemoPage) -> str:
    return f"tag:{leaf.publisher.host},2000:{leaf.story.key}"


def _byline(leaf: DemoPage) -> str:
    named = leaf.form is not PageKind.FARM and leaf.story.authors
    return ", ".join(leaf.story.authors) if named else leaf.publisher.name
