"""What an answer means: its status, who refused, how long it asks to wait or stays fresh; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from storage.models.problems import Problem

LONGEST_WAIT = timedelta(hours=24)  # some say years
_MOST_DIGITS = 9  # 31 years; int() itself refuses thousands of digits
LONGEST_FRESH = timedelta(hours=24)  # some say years, of a page that changes hourly
_STALE_AT_ONCE = re.compile(r"\b(no-cache|no-store)\b", re.IGNORECASE)
_MAX_AGE = re.compile(r"(?:^|[\s,;])max-age\s*=\s*\"?([0-9]{1,12})", re.IGNORECASE)


def read_retry_after(value: str | None, now: datetime) -> datetime | None:
    """Read seconds or a date as a time from now to a day later; None for anything else."""
    text = (value or "").strip()
    if text.isascii() and text.isdecimal():
        seconds = int(text) if len(text) <= _MOST_DIGITS else LONGEST_WAIT.total_seconds()
        return now + min(timedelta(seconds=seconds), LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(at, now), now + LONGEST_WAIT)


def read_max_age(value: str | None) -> timedelta | None:
    """Read how long asking again is in vain, a day at most; None when nothing is said of it."""
    text = value or ""
    max_age = _MAX_AGE.search(text)
    if max_age is None or _STALE_AT_ONCE.search(text):
        return None
    return min(timedelta(seconds=int(max_age[1])), LONGEST_FRESH)


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


OK = "ok"
NOT_MODIFIED = "not_modified"

_BY_STATUS = {
    HTTPStatus.PARTIAL_CONTENT: Problem.TRUNCATED,  # we never ask for a part
    HTTPStatus.UNAUTHORIZED: Problem.FORBIDDEN,
    HTTPStatus.FORBIDDEN: Problem.FORBIDDEN,
    HTTPStatus.NOT_FOUND: Problem.NOT_FOUND,
    HTTPStatus.GONE: Problem.GONE,
    HTTPStatus.TOO_MANY_REQUESTS: Problem.RATE_LIMITED,
    HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS: Problem.FORBIDDEN,
}


def problem_of(status: int, *, conditional: bool = True) -> Problem | None:
    """Name what is wrong with a final answer; None for a success or a "not modified".

    That is none to a request that was not `conditional`.
    """
    if status == HTTPStatus.NOT_MODIFIED:
        return None if conditional else Problem.BAD_RESPONSE
    if status in _BY_STATUS:
        return _BY_STATUS[HTTPStatus(status)]
    if 200 <= status < 300:  # noqa: PLR2004 - HTTP's own numbers
        return None
    if 400 <= status < 500:  # noqa: PLR2004 - HTTP's own numbers
        return Problem.CLIENT_ERROR
    return Problem.SERVER_ERROR if status >= 500 else Problem.BAD_RESPONSE  # noqa: PLR2004 - the same


def outcome_of(status: int, *, conditional: bool = True) -> str:
    """Say in the ledger's words what came of a request; a redirect is a success of its own."""
    if status == HTTPStatus.NOT_MODIFIED:
        return NOT_MODIFIED if conditional else Problem.BAD_RESPONSE.value
    problem = None if 300 <= status < 400 else problem_of(status)  # noqa: PLR2004 - HTTP's own numbers
    return OK if problem is None else problem.value
