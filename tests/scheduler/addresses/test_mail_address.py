"""E-mail addresses as people type and paste them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.addresses.mail_address import NamedAddress, read_address, read_mailbox
from storage.errors import InputError


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example",
        "first.last@sub.desk.newsroom.example",
        "night/desk@newsroom.example",
        "{desk}@newsroom.example",
        "o'hara+news@newsroom.example",
        "desk-2@news-room.example",
        "desk@xn--mnchen-3ya.example",
        f"desk@{'n' * 63}.example",
        f"{'d' * 64}@newsroom.example",
        "wirewatch@localhost",
        "Night.Desk@newsroom.example",
    ],
)
def test_an_address_that_is_right_is_kept_as_it_is(address: str) -> None:
    typed = read_address(f" {address}\n")
    assert typed.address == address
    assert typed.notes == ()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("desk@MÜNCHEN.example", "desk@xn--mnchen-3ya.example"),
        ("desk@NewsRoom.Example", "desk@newsroom.example"),
        ("desk@新聞社。example", "desk@xn--efv484blgf.example"),
        ("desk@straße.example", "desk@xn--strae-oqa.example"),
        ("desk@gazeta-łódzka.example", "desk@xn--gazeta-dzka-web04h.example"),
        ("gru\u0308ße@newsroom.example", "grüße@newsroom.example"),
    ],
)
def test_case_and_idn_of_a_domain_are_folded(typed: str, kept: str) -> None:
    assert read_address(typed).address == kept


@pytest.mark.parametrize(
    "sign",
    "\u200b\u200c\u200d\u200e\u200f\u00ad\ufeff\u2060\u2062\u202a\u202c\u2066\u034f\ufe0f\u3164",
)
@pytest.mark.parametrize("at", [0, 2, 4, 5, 9, 22])
def test_what_cannot_be_seen_is_taken_out_and_said(sign: str, at: int) -> None:
    address = "desk@newsroom.example"
    typed = read_address(address[:at] + sign + address[at:])
    assert typed.address == address
    assert f"U+{ord(sign):04X}" in typed.notes[0]


def test_a_joiner_that_belongs_to_a_word_stays() -> None:
    with_joiner = read_address("desk@نامه\u200cای.example")
    assert with_joiner.address == "desk@xn--mgba3gch31f060k.example"
    assert with_joiner.address != read_address("desk@نامهای.example").address


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("desk@newsroom..example", "a dot can't stand at character 14"),
        (".desk@newsroom.example", "a dot can't stand at character 1"),
        ("desk.@newsroom.example", "a dot can't stand at character 5"),
        ("de..sk@newsroom.example", "a dot can't stand at character 4"),
        ("desk@.newsroom.example", "a dot can't stand at character 6"),
        ("desk@newsroom.example.", "a dot can't stand at character 22"),
        ("desk@-x.example", "a hyphen can't stand at character 6"),
        ("desk@x-.example", "a hyphen can't stand at character 7"),
        ("desk@news/room.example", "'/' can't stand at character 10, in a domain"),
        ("desk@news_room.example", "'_' can't stand at character 10"),
        ("desk@newsroom.example/path", "'/' can't stand at character 22"),
        ("desk room@newsroom.example", "U+0020 SPACE can't stand at character 5"),
        ("desk@newsroom.example\nBcc: x@y.example", "a second @"),
        ("desk@newsroom.example\nBcc: x", "U+000A can't stand at character 22"),
        ("desk@a@newsroom.example", "a second @ at character 7"),
        ("@newsroom.example", "nothing stands before the @"),
        ("desk@", "nothing stands behind the @"),
        ("desk", "it has no @"),
        ("", "it has no @"),
        ("d" * 65 + "@newsroom.example", "longer than 64 octets"),
        ("desk@" + "n" * 64 + ".example", "longer than 63 characters"),
        ("desk@" + ".".join(["n" * 50] * 5) + ".example", "longer than 253 characters"),
        ("d" * 30 + "@" + ".".join(["n" * 50] * 4) + ".a" * 20, "longer than 254 octets"),
        ("desk@\ud800b.example", "can't be written in ASCII"),
        ("de\x00sk@b.example", "U+0000 can't stand at character 3"),
    ],
)
def test_what_cannot_stand_in_an_address_is_refused_with_its_place(typed: str, place: str) -> None:
    with pytest.raises(InputError) as caught:
        read_address(typed)
    assert place in str(caught.value)
    assert "desk@example.org" in str(caught.value) or "write " in str(caught.value)


@pytest.mark.parametrize(
    "pasted",
    [
        "mailto:desk@newsroom.example",
        "mailto:desk@newsroom.example?subject=x",
        "desk@newsroom.example;",
        "desk@newsroom.example,",
        "<desk@newsroom.example>",
        "News Desk <desk@newsroom.example>",
        '"desk@newsroom.example"',
        "(desk@newsroom.example)",
    ],
)
def test_a_pasted_link_or_list_is_refused_with_what_to_write(pasted: str) -> None:
    with pytest.raises(InputError, match=r"write desk@newsroom\.example$"):
        read_address(pasted)


def test_an_address_that_not_every_relay_takes_says_so() -> None:
    [note] = read_address("grüße@newsroom.example").notes
    assert "SMTPUTF8" in note


@given(st.text(max_size=40) | st.emails().map(lambda address: f"\u200b{address}"))
def test_what_is_kept_is_kept_again(text: str) -> None:
    try:
        kept = read_address(text).address
    except InputError:
        return
    again = read_address(kept)
    assert again.address == kept
    assert kept.rpartition("@")[2].isascii()
    assert len(kept.encode()) <= 254


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("Wirewatch <wirewatch@newsroom.example>", "Wirewatch", "wirewatch@newsroom.example"),
        ("w@newsroom.example", "", "w@newsroom.example"),
        ("<w@newsroom.example>", "", "w@newsroom.example"),
        ('"Press, Desk" <press@newsroom.example>', "Press, Desk", "press@newsroom.example"),
        (r'"The \"Desk\"" <w@newsroom.example>', 'The "Desk"', "w@newsroom.example"),
        ("O'Hara's Watch <w@newsroom.example>", "O'Hara's Watch", "w@newsroom.example"),
        ("Wache <wache@münchen.example>", "Wache", "wache@xn--mnchen-3ya.example"),
    ],
)
def test_a_sender_is_a_name_and_an_address(text: str, name: str, address: str) -> None:
    assert read_mailbox(text) == NamedAddress(name, address)


@pytest.mark.parametrize(
    "text",
    [
        "Wire Watch",
        "Wirewatch <wirewatch>",
        "Wirewatch wirewatch@newsroom.example",
        "Press, Desk <press@newsroom.example>",
        "a@x.example, b@y.example",
        "A <a@x.example>, B <b@y.example>",
        "Watch <w@newsroom.example",
        "Watch <w@newsroom.example> x",
        "",
    ],
)
def test_a_sender_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_mailbox(text)
