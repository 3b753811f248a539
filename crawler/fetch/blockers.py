"""Who refuses us: the services that stand before a site and turn robots away, by their headers; pure.

What each of them sends is in its own documentation: `cf-mitigated` of Cloudflare, `x-datadome` of
DataDome, `x-px` of HUMAN (PerimeterX), `x-amzn-waf-action` of AWS WAF, `x-iinfo` of Imperva.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_STATUSES = frozenset({202, 401, 403, 405, 429, 503})
_MOST_READ = 4_000  # bytes of a body; a refusal is short
_AKAMAI_REFERENCE = re.compile(
    rb"Reference(?:\s|&#32;)*(?:#|&#35;)\s*\d+\.[0-9a-f]+", re.IGNORECASE
)


def blocker_of(status: int, headers: Mapping[str, str], body: bytes) -> str:
    """Say "refused by X's bot check" when an answer shows who refused; '' when it doesn't.

    Header names are in lower case. A site that merely stands behind such a service is not refused
    by it: the mark of a refusal has to be there.
    """
    if status not in _STATUSES:
        return ""
    for name, shows in _MARKS:
        if shows(status, headers):
            return f"refused by {name}'s bot check"
    if _AKAMAI_REFERENCE.search(body[:_MOST_READ]):
        return "refused by Akamai's bot check"
    return ""


def _cloudflare(status: int, headers: Mapping[str, str]) -> bool:
    if headers.get("cf-mitigated"):
        return True
    # With a 429 or 503 and a wish, the site itself may have spoken.
    spoke = "retry-after" in headers or status not in (403, 503)
    return headers.get("server", "").lower() == "cloudflare" and "cf-ray" in headers and not spoke


def _has(prefix: str) -> Callable[[int, Mapping[str, str]], bool]:
    return lambda _status, headers: any(name.startswith(prefix) for name in headers)


_MARKS = (
    ("Cloudflare", _cloudflare),
    ("DataDome", _has("x-datadome")),
    ("HUMAN (PerimeterX)", _has("x-px")),
    ("AWS WAF", _has("x-amzn-waf")),
    ("Imperva", _has("x-iinfo")),
)
