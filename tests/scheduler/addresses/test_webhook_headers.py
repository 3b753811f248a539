"""Fixed headers of webhooks: what may be one, and that no message shows a value."""

from __future__ import annotations

import pytest

from scheduler.addresses.webhook_headers import headers_of, read_headers
from storage.errors import InputError


def test_headers_are_kept_as_they_were_typed() -> None:
    kept = read_headers(["Authorization:  Bearer a:b c ", "", "X-Api-Key: 1"])
    assert headers_of(kept) == {"Authorization": "Bearer a:b c", "X-Api-Key": "1"}


def test_none_says_that_there_are_none() -> None:
    assert read_headers(["none"]) == read_headers([]) == ""
    assert headers_of("") == headers_of(None) == {}


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["hunter2"], "header 1 is none"),
        (["X-A: 1", "X B: hunter2"], "header 2 is none"),
        (["X-A: hunter2\r\nX-B: 2"], "header 1 is none"),
        (["X-A: hunter2\x00"], "header 1 is none"),
        (["X-A: hünter2"], "header 1 is none"),
        (["X-A:"], "header 1 is none"),
        (["Webhook-Signature: hunter2"], "Webhook-Signature is set by Wirewatch itself"),
        (["Host: hunter2.example"], "Host is set by Wirewatch itself"),
        (["X-A: hunter2", "x-a: 2"], "x-a is given twice"),
        ([f"X-A: {'hunter2' * 1000}"], "more than 4000 characters"),
    ],
)
def test_what_is_no_header_is_refused_without_its_value(lines: list[str], says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        read_headers(lines)
    assert "hunter2" not in str(caught.value)
