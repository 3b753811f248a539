"""WebSub's rules: what a hub's request says, whose a body is, and when to ask again."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.listings.websub import (
    LEASE_WISH,
    Mode,
    Verification,
    back_off,
    is_signed,
    lease_of,
    read_verification,
    renewal_after,
    subscription_form,
)

TOPIC = "https://herald.example/feed"


def signed(secret: str, body: bytes, method: str) -> str:
    return f"{method}={hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()}"


def asked(**changes: str) -> Verification | None:
    query = {"mode": "subscribe", "topic": TOPIC, "challenge": "c", "lease_seconds": "600"}
    return read_verification({f"hub.{name}": value for name, value in (query | changes).items()})


def test_a_verification_is_read() -> None:
    assert asked() == Verification(Mode.SUBSCRIBE, TOPIC, "c", timedelta(minutes=10))


def test_a_denial_needs_no_challenge_and_has_a_reason() -> None:
    assert asked(mode="denied", challenge="", lease_seconds="", reason="full") == Verification(
        Mode.DENIED, TOPIC, reason="full"
    )


@pytest.mark.parametrize(
    "changes", [{"mode": "publish"}, {"topic": ""}, {"challenge": ""}, {"challenge": "x" * 5000}]
)
def test_what_is_no_verification_is_none(changes: dict[str, str]) -> None:
    assert asked(**changes) is None


@pytest.mark.parametrize(("said", "read"), [("", None), ("-1", None), ("soon", None), ("٣", None)])
def test_a_lease_that_is_no_number_is_not_said(said: str, read: timedelta | None) -> None:
    found = asked(lease_seconds=said)
    assert found is not None
    assert found.lease == read


@given(st.text(), st.binary(), st.sampled_from(["sha1", "sha256", "sha384", "sha512"]))
def test_what_is_signed_with_the_secret_is_the_hubs(secret: str, body: bytes, method: str) -> None:
    secret = secret.encode("utf-8", "replace").decode()
    assert is_signed(secret, body, signed(secret, body, method))
    assert is_signed(secret, body, signed(secret, body, method).upper().replace("SHA", "sha"))


@given(st.binary(), st.binary())
def test_another_body_or_another_secret_is_not(body: bytes, other: bytes) -> None:
    assert is_signed("s", other, signed("s", body, "sha256")) == (body == other)
    assert not is_signed("t", body, signed("s", body, "sha256"))


@pytest.mark.parametrize("header", [None, "", "sha256", "sha256=", "md5=00", "sha256=é", "=ab"])
def test_a_missing_or_unreadable_signature_is_none(header: str | None) -> None:
    assert not is_signed("s", b"", header)


def test_a_form_asks_with_secret_and_lease_and_leaves_without() -> None:
    form = subscription_form(Mode.SUBSCRIBE, topic=TOPIC, callback="https://w/p/t", secret="s")
    assert form == {
        "hub.mode": "subscribe",
        "hub.topic": TOPIC,
        "hub.callback": "https://w/p/t",
        "hub.secret": "s",
        "hub.lease_seconds": "864000",
    }
    left = subscription_form(Mode.UNSUBSCRIBE, topic=TOPIC, callback="https://w/p/t", secret="s")
    assert set(left) == {"hub.mode", "hub.topic", "hub.callback"}


def test_a_lease_is_honoured_within_reason() -> None:
    assert lease_of(None) == LEASE_WISH
    assert lease_of(timedelta(0)) is None
    assert lease_of(timedelta(hours=1)) == timedelta(hours=1)
    found = asked(lease_seconds=str(10 * 365 * 86400))
    assert found is not None
    assert lease_of(found.lease) == timedelta(days=30)
    assert asked(lease_seconds="9" * 4000) is not None


@given(st.floats(0, 1))
def test_renewal_is_at_two_thirds_and_always_within_the_lease(chance: float) -> None:
    lease = timedelta(hours=3)
    assert renewal_after(lease, lambda: 0.5) == timedelta(hours=2)
    assert timedelta(hours=1.7) < renewal_after(lease, lambda: chance) < timedelta(hours=2.3)


@given(st.integers(1, 10_000))
def test_a_hub_is_asked_ever_more_seldom_and_never_given_up(failures: int) -> None:
    wait = back_off(failures, lambda: 0.5)
    assert timedelta(minutes=10) <= wait <= timedelta(hours=24)
    assert wait <= back_off(failures + 1, lambda: 0.5)
