"""Links that change something: only ours work, and only for whom they were made."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

from hypothesis import given
from hypothesis import strategies as st

from scheduler.alerts.links import MessageLinks, MuteToken, mute_token, read_mute_token
from tests.scheduler.alerts.drafts import EMAIL, STYLE, a_topic, drafts

KEY = b"a key of this installation"


def plain_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@given(st.integers(0, 10**15), st.booleans())
def test_a_token_names_its_recipient(number: int, of_digest: bool) -> None:
    token = mute_token(KEY, number, of_digest=of_digest)
    assert read_mute_token(KEY, token) == MuteToken(number, of_digest)


@given(st.integers(0, 10**9))
def test_a_token_for_one_topic_is_none_for_a_whole_digest(number: int) -> None:
    token = mute_token(KEY, number)
    assert read_mute_token(KEY, f"digest-{token}") is None
    assert (
        read_mute_token(KEY, mute_token(KEY, number, of_digest=True).removeprefix("digest-"))
        is None
    )


@given(st.integers(0, 10**9), st.text(max_size=60))
def test_no_other_text_is_a_token(number: int, text: str) -> None:
    token = mute_token(KEY, number)
    assert read_mute_token(b"another key", token) is None
    assert read_mute_token(KEY, text) is None
    assert read_mute_token(KEY, token[:-1]) is None
    assert read_mute_token(KEY, f"{number + 1}.{token.partition('.')[2]}") is None


def test_without_a_public_address_there_is_no_link_to_mute() -> None:
    assert MessageLinks("http://127.0.0.1:8710", KEY).mute(7) == ""


def test_a_letter_can_be_unsubscribed_from_with_one_click() -> None:
    links = MessageLinks("https://wire.newsroom.example/", KEY, public=True)
    [draft] = drafts(topic=a_topic(EMAIL), style=replace(STYLE, links=links))
    message = message_from_bytes(draft.payload, policy=policy.default)
    link = f"https://wire.newsroom.example/unsubscribe/{mute_token(KEY, EMAIL.id)}"
    assert message["List-Unsubscribe"].strip() == f"<{link}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in plain_of(message)


def test_a_letter_without_such_a_link_says_the_command() -> None:
    message = message_from_bytes(drafts(topic=a_topic(EMAIL))[0].payload, policy=policy.default)
    assert message["List-Unsubscribe"] is None
    text = plain_of(message)
    assert "wirewatch topic mute 'Ferry accidents'" in text
