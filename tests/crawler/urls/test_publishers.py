"""One rule says whose a host is, for the copies' side and the alerts' side alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.urls.publishers import publisher_of
from crawler.urls.sites import is_same_site

TWO = [
    ("alice.wordpress.com", "bob.wordpress.com"),
    ("alice.wordpress.com", "wordpress.com"),
    ("alice.blogspot.com", "bob.blogspot.com"),
    ("alice.blogspot.co.uk", "bob.blogspot.co.uk"),
    ("alice.substack.com", "bob.substack.com"),
    ("alice.github.io", "bob.github.io"),
    ("alice.pages.dev", "bob.pages.dev"),
    ("hiru.town.kyoto.jp", "asa.ward.kyoto.jp"),
    ("hiru.ide.kyoto.jp", "asa.ide.kyoto.jp"),
    ("eastpost.co.uk", "westpost.co.uk"),
    ("eastpost.com.br", "westpost.com.br"),
    ("eastpost.test", "westpost.test"),
    ("www.bbc.co.uk", "www.reuters.com"),
]
ONE = [
    ("a.town.kyoto.jp", "b.town.kyoto.jp"),
    ("town.kyoto.jp", "www.town.kyoto.jp"),
    ("www.alice.wordpress.com", "alice.wordpress.com"),
    ("www.wordpress.com", "wordpress.com"),
    ("m.alice.github.io", "alice.github.io"),
    ("news.harbour.co.uk", "www.harbour.co.uk"),
    ("WWW.Harbour.co.uk", "harbour.co.uk:8443"),
    ("www.bbc.co.uk", "news.bbc.com"),
    ("apnews.com", "hosted.ap.org"),
    ("reutersagency.com", "uk.reuters.com"),
]


@pytest.mark.parametrize(("host", "other"), TWO)
def test_two_publishers_are_two_to_copies_and_alerts(host: str, other: str) -> None:
    assert publisher_of(host) != publisher_of(other)
    assert not is_same_site(f"https://{host}/a", f"https://{other}/b", names_itself=False)
    assert not is_same_site(f"https://{other}/b", f"https://{host}/a", names_itself=True)


@pytest.mark.parametrize(("host", "other"), ONE)
def test_one_publisher_is_one_to_copies_and_alerts(host: str, other: str) -> None:
    assert publisher_of(host) == publisher_of(other)
    assert is_same_site(f"https://{host}/a", f"https://{other}/b", names_itself=False)


@pytest.mark.parametrize("host", ["", ".", "localhost", "127.0.0.1:8080", "[::1]:8080", "com"])
def test_what_is_no_name_under_a_suffix_is_its_own(host: str) -> None:
    assert publisher_of(host) == host


@given(st.text() | st.from_regex(r"[a-z.:\[\]0-9-]{0,40}", fullmatch=True))
def test_whatever_is_taken_for_a_host_has_one_answer(host: str) -> None:
    key = publisher_of(host)
    assert publisher_of(host) == key
    assert publisher_of(key) in {key, publisher_of(key.lower())}
