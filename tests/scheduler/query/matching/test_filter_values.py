"""A publisher's country is what its domain says, where it says one."""

from __future__ import annotations

import pytest

from scheduler.query.matching.filter_values import country_of


@pytest.mark.parametrize(
    ("host", "country"),
    [
        ("www.bbc.co.uk", "gb"),
        ("spiegel.de", "de"),
        ("asahi.co.jp", "jp"),
        ("nzz.ch", "ch"),
        ("LEMONDE.FR", "fr"),
        ("nytimes.com", None),
        ("politico.eu", None),
        ("news.io", None),  # the Indian Ocean's, sold to start-ups
        ("cnn.tv", None),
        ("10.0.0.1", None),
        ("localhost", None),
        ("", None),
    ],
)
def test_a_host_has_the_country_of_its_domain(host: str, country: str | None) -> None:
    assert country_of(host) == country
