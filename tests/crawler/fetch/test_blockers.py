"""Who refuses us, told by the marks that each service leaves."""

from __future__ import annotations

import pytest

from crawler.fetch.outcome import blocker_of


@pytest.mark.parametrize(
    ("status", "headers", "body", "who"),
    [
        (403, {"cf-mitigated": "challenge"}, b"", "Cloudflare"),
        (403, {"server": "cloudflare", "cf-ray": "8a-FRA"}, b"", "Cloudflare"),
        (403, {"x-datadome": "protected"}, b"", "DataDome"),
        (403, {"x-px-blocked": "1"}, b"", "HUMAN (PerimeterX)"),
        (202, {"x-amzn-waf-action": "challenge"}, b"", "AWS WAF"),
        (403, {}, b"Access Denied Reference&#32;&#35;18.2d351ab8.1557333295.a4e16ab", "Akamai"),
    ],
)
def test_the_blocker_is_named(status: int, headers: dict[str, str], body: bytes, who: str) -> None:
    assert blocker_of(status, headers, body) == f"refused by {who}'s bot check"


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (200, {"cf-mitigated": "challenge"}),
        (404, {"server": "cloudflare", "cf-ray": "8a-FRA"}),
        (503, {"server": "cloudflare", "cf-ray": "8a-FRA", "retry-after": "60"}),
        (403, {"server": "nginx"}),
    ],
)
def test_a_site_that_spoke_itself_is_not_blamed_on_who_stands_before_it(
    status: int, headers: dict[str, str]
) -> None:
    assert blocker_of(status, headers, b"No.") == ""
