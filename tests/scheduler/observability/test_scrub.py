"""What counts as a secret in a text or a nested value, and what does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.observability.scrub import FILTERED, Scrubber

PLAIN = st.text("abcdefghijklmnopqrstuvwxyz", min_size=6, max_size=12)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("https://ann:pw@example.org/x", "https://[filtered]@example.org/x"),
        ("redis://:pw@127.0.0.1:6379/0", "redis://[filtered]@127.0.0.1:6379/0"),
        ("see https://example.org/x?key=1&b=2#top now", "see https://example.org/x?[filtered]#top now"),
        ("signed with whsec_c2VjcmV0==", "signed with [filtered]"),
        ("smtp_password='hunter 2', port=25", "smtp_password=[filtered], port=25"),
        ('{"api_key": "abc"}', '{"api_key": [filtered]}'),
        ("Authorization: Bearer abc.def", "Authorization: [filtered]"),
        (
            "https://hooks.example.org/services/T012AB/B0TTLExSHIPxHARBOR1234",
            "https://hooks.example.org/services/T012AB/[filtered]",
        ),
        ("https://example.org/2026/06/01/ferry-crews-begin-a-two-day-strike", None),
        ("mail to desk@example.org was refused", None),
        ("secretary of state", None),
        ("the authors are unknown: 3 of 5", None),
    ],
)  # fmt: skip
def test_a_text_loses_its_secrets_and_nothing_else(text: str, cleaned: str | None) -> None:
    assert Scrubber().text(text) == (text if cleaned is None else cleaned)


def test_what_has_a_secrets_name_is_dropped_whole_at_any_depth() -> None:
    value = {"a": [{"webhook_secret": {"x": 1}, "author": "Ann"}], "cookies": ["c"], "dsn": None}
    assert Scrubber().value(value) == {
        "a": [{"webhook_secret": FILTERED, "author": "Ann"}],
        "cookies": FILTERED,
        "dsn": None,
    }


@given(secret=PLAIN, before=PLAIN, after=PLAIN)
def test_a_known_secret_is_found_wherever_it_stands(secret: str, before: str, after: str) -> None:
    scrubber = Scrubber([secret, secret[:3]])
    cleaned = scrubber.value({"said": [f"{before}{secret}{after}"]})["said"][0]
    assert secret not in cleaned.replace(FILTERED, "")


@given(st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))  # fmt: skip
def test_cleaning_twice_changes_nothing_more(value: object) -> None:
    once = Scrubber().value(value)
    assert Scrubber().value(once) == once
