"""How the pages say times, shares, and which addresses they link to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scheduler.wording.formatters import link, moment, percent

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JAVASCRIPT://x/%0aalert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//x.example/",
        "http:///nohost",
        "http://[broken",
        "",
    ],
)
def test_only_http_addresses_with_a_host_become_links(url: str) -> None:
    assert link(url) is None


def test_a_web_address_stays_as_it_is() -> None:
    assert link("https://herald.example/a?b=1&c=2") == "https://herald.example/a?b=1&c=2"


@pytest.mark.parametrize(
    ("seconds", "says"),
    [
        (0, "now"),
        (-59, "59 s ago"),
        (-60, "1 min ago"),
        (-3600, "1 h ago"),
        (-49 * 3600, "2 d ago"),
        (90, "in 1 min"),
    ],
)
def test_moments_are_said_in_their_largest_useful_unit(seconds: int, says: str) -> None:
    assert moment(NOW + timedelta(seconds=seconds), NOW) == says


def test_only_the_whole_is_a_hundred_percent() -> None:
    assert (percent(0.999), percent(1.0)) == ("99 %", "100 %")
