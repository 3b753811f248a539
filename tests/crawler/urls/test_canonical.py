"""One spelling a page: what the canonical form drops, keeps and refuses."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.urls.canonical import canonical_url, host_of, leads_home
from storage.errors import InputError


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        ("https://Example.COM", "https://example.com/"),
        ("  https://example.com/a\n", "https://example.com/a"),
        ("https://example.com/a#part", "https://example.com/a"),
        ("https://example.com/a#", "https://example.com/a"),
        ("https://example.com/a?", "https://example.com/a"),
        ("https://example.com/a???", "https://example.com/a???"),
        ("https://example.com:443/a", "https://example.com/a"),
        ("http://example.com:80/a", "http://example.com/a"),
        ("https://example.com:80/a", "https://example.com:80/a"),
        ("https://example.com./a", "https://example.com/a"),
        ("https://example.com/a/../b/./c", "https://example.com/b/c"),
        ("https://münchen.example/ä", "https://xn--mnchen-3ya.example/%C3%A4"),
        ("http:\\\\example.com\\a", "http://example.com/a"),
        ("ht\ntps://exa\tmple.com/a", "https://example.com/a"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://2130706433/", "http://127.0.0.1/"),
        ("http://[0:0::1]:80/", "http://[::1]/"),
        ("http://169.254.169.254\\@public.example/", "http://169.254.169.254/@public.example/"),
    ],
)
def test_spellings_of_one_page_have_one_canonical_form(raw: str, canonical: str) -> None:
    assert canonical_url(raw) == canonical


@pytest.mark.parametrize(
    "parameter",
    [
        "utm_source=x",
        "UTM_Campaign=x",
        "utm%5Fmedium=x",
        "fbclid=1",
        "gclid=",
        "mc_cid",
        "FBCLID=2",
    ],
)
def test_tracking_parameters_are_dropped(parameter: str) -> None:
    assert canonical_url(f"https://e.example/a?{parameter}") == "https://e.example/a"
    assert (
        canonical_url(f"https://e.example/a?b=1&{parameter}&a=2") == "https://e.example/a?b=1&a=2"
    )


@pytest.mark.parametrize("query", ["b=2&a=1&b=3", "id=7", "ref=home", "q=a%20b+c", "x", "a=1=2"])
def test_other_parameters_keep_their_order_and_spelling(query: str) -> None:
    assert canonical_url(f"https://e.example/?{query}") == f"https://e.example/?{query}"


def test_a_relative_link_is_resolved_against_its_base() -> None:
    assert canonical_url("../b?c=1", "https://e.example/x/y/z") == "https://e.example/x/b?c=1"
    assert canonical_url("//other.example/a", "https://e.example/") == "https://other.example/a"


@pytest.mark.parametrize(
    "raw",
    [
        *(
            "",
            "/a",
            "example.com/a",
            "http://",
            "http://./",
            "http://a..b/",
            "http://a..",
            "http://.a/",
        ),
        *("javascript:alert(1)", "file:///etc/hostname", "ftp://e.example/", "mailto:a@e.example"),
        *("data:text/html,x", "https://user@e.example/", "https://user:word@e.example/"),
        *(
            "https://:word@e.example/",
            "http://a\x00b/",
            "http://e.example:70000/",
            "http://\ud800/",
        ),
        *("http://[::1/", "http://1.2.3.256/", "http://e.example/" + "a" * 9000),
    ],
)
def test_what_is_no_web_address_is_refused(raw: str) -> None:
    with pytest.raises(InputError):
        canonical_url(raw)


def test_a_base_that_is_no_url_is_refused() -> None:
    with pytest.raises(InputError):
        canonical_url("a", "not a base")


def test_a_refusal_never_shows_a_password() -> None:
    with pytest.raises(InputError) as refusal:
        canonical_url("https://user:hunter2@e.example/")
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Example.com./a", "example.com"),
        ("https://example.com:443/", "example.com"),
        ("http://example.com:8080/", "example.com:8080"),
        ("http://[::1]:81/", "[::1]:81"),
    ],
)
def test_the_host_is_the_name_with_a_port_that_is_not_the_schemes_own(url: str, host: str) -> None:
    assert host_of(url) == host


def test_the_host_of_no_web_address_is_refused() -> None:
    with pytest.raises(InputError):
        host_of("mailto:a@e.example")


_PIECES = st.sampled_from(
    [
        *"abé .:/?#&=@%\\;+[]\t\x00",
        "utm_",
        "fbclid",
        "http://",
        "https://",
        "e.example",
        "%2e",
        "..",
        ":80",
        "xn--",
    ]
)


@settings(max_examples=60)
@given(st.lists(_PIECES, max_size=12).map("".join))
def test_a_canonical_url_is_its_own_canonical_form(rest: str) -> None:
    for start in ("", "https://e.example", "http://"):
        try:
            canonical = canonical_url(start + rest)
        except InputError:
            continue
        assert canonical_url(canonical) == canonical
        assert "#" not in canonical
        assert host_of(canonical) in canonical


@settings(max_examples=60)
@given(st.text(max_size=60))
def test_any_text_gives_a_url_or_an_input_error(text: str) -> None:
    try:
        canonical_url(text, "https://e.example/a/b?c")
    except InputError:
        return


@pytest.mark.parametrize(
    ("asked", "answered", "home"),
    [
        ("https://a.example/2026/story", "https://a.example/", True),
        ("https://a.example/2026/story", "https://www.a.example/", True),
        ("https://a.example/2026/story", "https://a.example/2026/story-2", False),
        ("https://a.example/?p=12", "https://a.example/", False),
        ("https://a.example/story", "https://a.example/?p=12", False),
        ("https://a.example/", "https://a.example/", False),
    ],
)
def test_a_page_that_leads_to_the_front_page_is_told(asked: str, answered: str, home: bool) -> None:
    assert leads_home(asked, answered) is home
