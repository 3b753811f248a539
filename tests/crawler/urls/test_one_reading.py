"""One parser decides what a URL means: what it has stored, every later reader reads the same way."""

from __future__ import annotations

from urllib.parse import urlsplit

import ada_url
import pytest
import yarl
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scrapy import Request

from crawler.urls.canonical import canonical_url, host_of, resolved
from storage.errors import InputError

PARTS = st.lists(
    st.sampled_from(
        [
            *("http:", "https:", "HTTP:", "//", "/", "\\", "@", ":", "?", "#", ".", "..", "[", "]"),
            *("a.example", "b", "127.0.0.1", "0x7f", "::1", "%2e", "%00", "%", "80", "99999", " "),
            *(
                "\t",
                "\n",
                "\x00",
                "ü",
                "。",
                "①",
                "\u202e",
                "\u00ad",
                "xn--",
                "xn--a",
                "+",
                "&=;|^`",
            ),
        ]
    ),
    max_size=12,
).map("".join)
ANY = st.one_of(PARTS, st.text(max_size=60), PARTS.map("http://a.example".__add__))


def stored(raw: str) -> str | None:
    try:
        return canonical_url(raw, "http://base.example/dir/page")
    except InputError:
        return None


@given(ANY)
@settings(max_examples=3000)
@example("http://a.example/[x")
@example("http://169.254.169.254:80\\@public.example/")
@example("http://a.example:80@169.254.169.254/")
def test_every_reader_sees_the_host_that_was_judged(raw: str) -> None:
    url = stored(raw)
    if url is None:
        return
    judged = ada_url.URL(url)
    assert canonical_url(url) == url
    asked = Request(url).url
    client = yarl.URL(asked, encoded=True)
    bare = judged.hostname.strip("[]")
    assert (client.raw_host or "").strip("[]") == bare
    assert (urlsplit(url).hostname or "") == bare
    assert (urlsplit(asked).hostname or "") == bare
    port = int(judged.port) if judged.port else {"http:": 80, "https:": 443}[judged.protocol]
    assert client.port == port
    assert host_of(asked) == judged.host


@given(ANY, ANY)
@settings(max_examples=1000)
def test_a_redirect_is_resolved_or_refused(target: str, base: str) -> None:
    at = stored(base) or "http://base.example/"
    try:
        found = resolved(target, at)
    except InputError:
        return
    assert ada_url.URL(found).href == found


@pytest.mark.parametrize(
    ("raw", "href"),
    [
        ("http://EXAMPLE.example/", "http://example.example/"),
        ("http://ex\tam\nple.example/", "http://example.example/"),
        ("  http://a.example/  ", "http://a.example/"),
        ("http:a.example", "http://base.example/dir/a.example"),
        ("http:/a.example/x", "http://base.example/a.example/x"),
        ("https:a.example", "https://a.example/"),
        ("https:/a.example/x", "https://a.example/x"),
        ("http:\\\\a.example\\b", "http://a.example/b"),
        ("http://a.example\\@b.example/", "http://a.example/@b.example/"),
        ("http://a.example:80/", "http://a.example/"),
        ("https://a.example:443/", "https://a.example/"),
        ("http://a.example:00080/", "http://a.example/"),
        ("http://a.example:8080/", "http://a.example:8080/"),
        ("http://a.example:/", "http://a.example/"),
        ("http://192.0x00A80001/", "http://192.168.0.1/"),
        ("http://0x.0x.0/", "http://0.0.0.0/"),
        ("http://0300.168.0.0xF0/", "http://192.168.0.240/"),
        ("http://3232235777/", "http://192.168.1.1/"),
        ("http://127.1/", "http://127.0.0.1/"),
        ("http://１２７.１/", "http://127.0.0.1/"),
        ("http://127。0。0。1/", "http://127.0.0.1/"),
        ("http://%31%32%37.0.0.1/", "http://127.0.0.1/"),
        ("http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/"),
        ("http://[0:0:0:0:0:0:0:1]/", "http://[::1]/"),
        ("http://BÜCHER.example/", "http://xn--bcher-kva.example/"),
        ("http://faß.example/", "http://xn--fa-hia.example/"),
        ("http://a.example/a/../b/./c", "http://a.example/b/c"),
        ("http://a.example/a/%2e%2e/b", "http://a.example/b"),
        ("http://a.example/../../..", "http://a.example/"),
        ("http://a.example/ü ö", "http://a.example/%C3%BC%20%C3%B6"),
        ("http://a.example/?ü=\"<>'", "http://a.example/?%C3%BC=%22%3C%3E%27"),
        ("http://a.example/%zz%4", "http://a.example/%zz%4"),
        ("//b.example/x", "http://b.example/x"),
        ("/x", "http://base.example/x"),
        ("x", "http://base.example/dir/x"),
        ("?q", "http://base.example/dir/page?q"),
        ("http://a.example/#f", "http://a.example/"),
    ],
)
def test_urls_are_read_as_browsers_read_them(raw: str, href: str) -> None:
    """The URL standard's statements (url.spec.whatwg.org), each in one case."""
    assert canonical_url(raw, "http://base.example/dir/page") == href


@pytest.mark.parametrize(
    "raw",
    [
        *(
            "http://",
            "http:///",
            "http://a b.example/",
            "http://a<b.example/",
            "http://a^b.example/",
        ),
        *("http://a%00b.example/", "http://[::1", "http://[::g]/", "http://[1::2::3]/"),
        *("http://a.example:port/", "http://a.example:65536/", "http://a.example:-1/"),
        *(
            "http://256.256.256.256/",
            "http://1.2.3.4.5/",
            "http://0x100000000/",
            "http://09.1.1.1/",
        ),
        *("http://a..b.example/", "http://%/", "http://a%.example/"),
        *("http://\u00ad/", "http://a|b.example/", "http://u@a.example/", "http://u:p@a.example/"),
        *(
            "file:///etc/passwd",
            "javascript:alert(1)",
            "data:,x",
            "ftp://a.example/",
            "about:blank",
        ),
    ],
)
def test_what_browsers_refuse_or_we_do_is_refused(raw: str) -> None:
    with pytest.raises(InputError):
        canonical_url(raw, "https://base.example/")
