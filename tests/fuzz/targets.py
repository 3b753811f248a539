"""What is fuzzed: each a reader of strangers' bytes, the errors that it may raise, and seeds.

A target imports its reader when it is opened: each has a process of its own, and all of them take 3 s.
"""

from __future__ import annotations

import asyncio
import functools
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from ipaddress import ip_network
from pathlib import Path

from storage.errors import (
    BlockedAddressError,
    ConfigError,
    DeliveryError,
    ExtractError,
    FetchError,
    InputError,
    QueryError,
)
from storage.models.recipients import Channel
from storage.models.sources import SourceKind
from tests.crawler.news import STORY, html

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
URL = "https://paper.example/dir/page"
Run = Callable[[bytes], object]


@dataclass(frozen=True)
class Target:
    """A reader. `open` gives what is run, with what it needs opened on the stack."""

    open: Callable[[ExitStack], Run]
    may_raise: tuple[type[Exception], ...]
    seeds: tuple[bytes, ...]
    words: tuple[str, ...]


def _feed(_: ExitStack) -> Run:
    from crawler.listings.formats.listing import read_listing

    return lambda data: read_listing(data, url=URL, content_type=None, max_items=50, now=NOW)


def _sitemap(_: ExitStack) -> Run:
    """Read a sitemap, or a section page behind an "s"."""
    from crawler.listings.formats.listing import read_listing

    read = functools.partial(read_listing, url=URL, max_items=50, now=NOW)

    def run(data: bytes) -> object:
        if data[:1] == b"s":
            return read(data[1:], content_type="text/html", kind=SourceKind.SECTION)
        return read(data[1:], content_type="application/xml")

    return run


def _html(_: ExitStack) -> Run:
    from crawler.extract.page_reader import read_page
    from crawler.settings import ExtractSettings

    settings = ExtractSettings(min_words=3)
    return lambda data: read_page(
        data, url=URL, content_type=None, settings=settings, now=NOW, site=None
    )


def _robots(_: ExitStack) -> Run:
    from crawler.fetch.robots import read_rules

    def run(data: bytes) -> object:
        rules = read_rules(200, data, NOW)
        return rules.allow(URL), rules.crawl_delay, rules.sitemaps

    return run


def _query(_: ExitStack) -> Run:
    from scheduler.query.language.parser import parse_with_notes

    return lambda data: parse_with_notes(data.decode("utf-8", "replace"))


def _url(_: ExitStack) -> Run:
    import ada_url

    from crawler.fetch.egress import Egress
    from crawler.urls.canonical import canonical_url, host_of, resolved

    egress = Egress(allow_ports=(80, 443))

    def run(data: bytes) -> object:
        raw = data.decode("utf-8", "surrogateescape")
        resolved(raw, URL)
        url = canonical_url(raw, URL)
        assert canonical_url(url) == url
        assert host_of(url) == ada_url.URL(url).host
        egress.check_url(url)
        return url

    return run


def _opml(_: ExitStack) -> Run:
    from scheduler.interchange.opml import read_opml

    return read_opml


def _config(stack: ExitStack) -> Run:
    from scheduler.config.loader import load_settings

    file = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "wirewatch.toml"

    def run(data: bytes) -> object:
        file.write_bytes(data)
        return load_settings(file, {})

    return run


def _reply(stack: ExitStack) -> Run:
    """Answer a real webhook with these bytes, over a real connection."""
    from crawler.fetch.egress import Egress
    from scheduler.alerts.webhook import WebhookSender
    from scheduler.config.settings import WebhookSettings
    from tests.scheduler.alerts.drafts import drafts
    from tests.scheduler.alerts.test_webhook import DELIVERY

    loop = asyncio.new_event_loop()
    stack.callback(loop.close)
    said = [b""]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said[0])
        writer.write_eof()
        writer.close()

    async def opened() -> tuple[asyncio.Server, WebhookSender]:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        egress = Egress((ip_network("127.0.0.0/8"),), (port,))
        sender = WebhookSender(egress.session(), WebhookSettings(timeout_seconds=2), lambda: NOW)
        return server, sender

    server, sender = loop.run_until_complete(opened())
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    delivery = next(each for each in drafts() if each.channel is Channel.WEBHOOK)

    sent = replace(DELIVERY, address=address, payload=delivery.payload)

    def run(data: bytes) -> object:
        said[0] = data
        return loop.run_until_complete(sender.send(sent))

    return run


def _letter(_: ExitStack) -> Run:
    from crawler.extract.markup.clean_text import visible
    from scheduler.alerts.envelope import Envelope, message_bytes

    def run(data: bytes) -> object:
        fields = [*data.decode("utf-8", "surrogateescape").split("|"), *[""] * 6]
        subject, sender, recipient, title, name, text = fields[:6]
        envelope = Envelope("uid1", sender, recipient, subject, NOW, list_title=title + name)
        raw = message_bytes(envelope, visible(text), f"<p>{visible(text)}</p>")
        letter = message_from_bytes(raw, policy=policy.default)
        assert letter["Bcc"] is None
        assert letter["Message-ID"].startswith("<uid1@")
        assert len(letter.get_all("To", [])) == len(letter.get_all("Subject", [])) == 1
        assert max(map(len, raw.split(b"\n"))) <= 998
        return raw

    return run


def _decoding(_: ExitStack) -> Run:
    from crawler.fetch.content_decoder import Decoder

    kinds = ("gzip", "deflate", "br", "zstd", "gzip, br", "gzip, gzip", "x", "")

    def run(data: bytes) -> object:
        decoder = Decoder(kinds[data[0] % len(kinds)] if data else "", 100_000)
        size = sum(map(len, decoder.feed(data[1:])))
        decoder.finish()
        assert size <= 100_000
        return size

    return run


_ITEM = "<item><title>Ferries</title><link>/a</link><guid>1</guid><pubDate>Mon, 01 Jun 2026 10:00:00 GMT</pubDate></item>"
_RSS = f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><ttl>9</ttl>{_ITEM}</channel></rss>'
_ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title type="html">a</title><link href="/a"/><updated>2026-06-01T10:00:00Z</updated></entry></feed>'
_RDF = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><item rdf:about="/a"><title>a</title><link>/a</link></item></rdf:RDF>'
_JSON = '{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","url":"/a","title":"a","date_published":"2026-06-01T10:00:00Z"}]}'
_MAP = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://paper.example/a</loc><lastmod>2026-06-01</lastmod><news:news><news:title>a</news:title></news:news></url></urlset>'
_INDEX = "<sitemapindex><sitemap><loc>https://paper.example/m.xml</loc><lastmod>2026-06-01</lastmod></sitemap></sitemapindex>"
_LD = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"a","datePublished":"2026-06-01","author":{"name":"b"}}</script>'
_PAGE = html("Ferries", STORY[:400]).replace(
    "<head>", f'<head>{_LD}<meta property="og:title" content="a">'
)
_OPML = '<opml version="2.0"><head><title>x</title></head><body><outline text="a"><outline type="rss" xmlUrl="https://a.example/f" title="b"/></outline></body></opml>'
_TOML = '[fetch]\ntimeout_seconds = 30\nallow_networks = ["10.0.0.0/8"]\n[email]\nhost = "a"\nport = 25\n[web]\nport = 8710\n'
_XML_WORDS = (
    "<![CDATA[",
    "]]>",
    "<!DOCTYPE x [",
    "<!ENTITY a ",
    "&amp;",
    "&#x0;",
    "&#65;",
    "xmlns:a=",
    "<?xml ",
    "encoding=",
    "utf-16",
    "</",
    "/>",
    "<!--",
    "-->",
    "\ufeff",
)
_HTTP = b"HTTP/1.1 500 No\r\nContent-Length: 5\r\nRetry-After: 30\r\n\r\nwords"

TARGETS: dict[str, Target] = {
    "feed": Target(_feed, (ExtractError,), tuple(t.encode() for t in (_RSS, _ATOM, _RDF, _JSON)), (*_XML_WORDS, "<item>", "<pubDate>", "GMT", "isPermaLink=")),
    "sitemap": Target(_sitemap, (ExtractError,), (b"x" + _MAP.encode(), b"x" + _INDEX.encode(), b"xhttps://paper.example/a\nhttps://paper.example/b\n", b"s" + _PAGE.encode(), b"s<a href=/2026/06/01/a-long-title>A long title of news</a>"), (*_XML_WORDS, "<loc>", "<lastmod>", "<urlset>", "href=")),
    "html": Target(_html, (ExtractError,), (_PAGE.encode(), html("a", "Short text. Two words.").encode(), b"<p>" * 30 + b"text"), (*_XML_WORDS, "<p>", "<div>", "<article>", "<meta ", "charset=", "<script>", "<time datetime=", "<title>", "<table>", "<a href=")),
    "robots": Target(_robots, (), (b"User-agent: *\nDisallow: /dir\nAllow: /*.html$\nCrawl-delay: 3\nRequest-rate: 1/5\nSitemap: /s.xml", b"useragent wirewatch\ndisalow /"), ("User-agent:", "Disallow:", "Allow:", "*", "$", "Crawl-delay:", "Request-rate:", "\r", "%2F", "wirewatch")),
    "query": Target(_query, (QueryError,), (b'"night ferry" -drill', b"(a OR b) AND NOT c*", b"title:strike NEAR/5 ferry lang:de site:a.example", b"count:2(ferry, strike) since:2026-01-01"), ("AND", "OR", "NOT", "NEAR/3", "title:", "lang:", "site:", '"', "(", ")", "*", "~", "@", "since:", "country:", "?", "\u201c")),
    "url": Target(_url, (InputError, BlockedAddressError), (b"https://a.example/x?utm_source=a&b=c#d", b"http://0x7f.1/", b"//b.example:8080/../x", b"http://[::ffff:1.2.3.4]/", "http://bücher.example./ü".encode()), ("http:", "//", "@", "\\", "%2e", "[::", "xn--", "\u3002", "\u2488", ":80", "?utm_", "\u00ad")),
    "opml": Target(_opml, (InputError,), (_OPML.encode(), _OPML.encode("utf-16")), (*_XML_WORDS, "<outline ", "xmlUrl=", "type=", "text=", "<opml>", "<body>")),
    "config": Target(_config, (ConfigError,), (_TOML.encode(), b'[alerts]\n[retention]\n[sentry]\ndsn = "https://a@b.example/1"\n'), ("[fetch]", "[email]", "[storage]", "[web]", "= true", "= []", "= {}", '"""', "1979-05-27", "inf", "nan", "0x1", "_file", "[[")),
    "webhook_reply": Target(_reply, (DeliveryError,), (_HTTP, b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 410 Gone\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nwords\r\n0\r\n\r\n"), ("HTTP/1.1 ", "\r\n", "Content-Length: ", "Transfer-Encoding: chunked", "Retry-After: ", "Connection: close", "0\r\n\r\n", "Location: ", "Content-Encoding: gzip")),
    "email_header": Target(_letter, (), (b"Ferries|Wirewatch <w@a.example>|desk@b.example|Ferries|ferries|Text of it.", b'a\r\nBcc: x@y.example|"a\\" <b@c>|a@b\r\nBcc: c@d|x|y|z', "\u202eevil \u2028|w@b\u00fccher.example|a@\u00fc.example".encode(), b"=?utf-8?q?=41?=|||||"), ("\r\n", "Bcc: ", "=?utf-8?b?", "?=", "\u202e", "\u2028", "\x85", "<script>", "&", ",", ";", '"', "@", "|", "<", ">")),
    "decoding": Target(_decoding, (FetchError,), (b"\0\x1f\x8b\x08\0\0\0\0\0\0\x03KLJ\x06\0\xc2A$5\x03\0\0\0", b"\x03(\xb5/\xfd\x04\x00\x19\0\0abc", b"\x02\x0b\x01\x80abc\x03", b"\x01x\x9cKLJ\x06\0\x02M\x01'"), ()),
}  # fmt: skip


@functools.cache
def names() -> tuple[str, ...]:
    """Name them all."""
    return tuple(TARGETS)
