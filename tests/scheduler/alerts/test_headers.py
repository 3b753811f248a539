"""Header fields as mail clients and relays read them: by Python's parser, and by the grammar of RFC 2047 itself."""

from __future__ import annotations

import base64
import binascii
import random
import re
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.alerts.envelope import Envelope, message_bytes
from scheduler.alerts.headers import list_id_field, mailbox_field, plain_field, text_field
from tests.scheduler.alerts.drafts import NOON

_SCRIPTS = {
    "Latin": "abcdefghijklmnopqrstuvwxyz",
    "German": "abcdefghiklmnoprstuwäöüß",
    "French": "abcdefgilmnopqrstuvéèêçàùœ’«»",
    "Polish": "abcdefghijklmnoprstuwyząćęłńóśźż",
    "Vietnamese": "abcdeghiklmnopqrstuvxyăâđêôơưạảấầẩẫậ",
    "Greek": "αβγδεζηθικλμνξοπρστυφχψωάέήίόύώ·",
    "Cyrillic": "абвгдежзийклмнопрстуфхцчшщъыьэюя",
    "Armenian": "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ",
    "Georgian": "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ",
    "Hebrew": "אבגדהוזחטיכלמנסעפצקרשתםןףץך",
    "Arabic": "ابتثجحخدذرزسشصضطظعغفقكلمنهويةىءآأإ",
    "Persian": "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی",
    "Devanagari": "अआइईउऊएऐओऔकखगघचछजझटठडढणतथदधनपफबभमयरलवशषसहािीुूेैोौं्",
    "Bengali": "অআইঈউঊএঐওঔকখগঘচছজঝটঠডঢণতথদধনপফবভমযরলশষসহািীুূেৈোৌং্",
    "Tamil": "அஆஇஈஉஊஎஏஐஒஓஔகஙசஞடணதநபமயரலவழளறனாிீுூெேைொோௌ்",
    "Thai": "กขคฆงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮะาำิีึืุู่้",
    "Han": "港口工会罢工渡轮公司委员会记者北京上海总统选举经济新闻",
    "Japanese": "港湾労働者はストライキを決めたフェリー会社ニュース監視室",
    "Korean": "항만노동자들이파업을결정했다여객선회사뉴스감시실언덕전차",
    "Emoji": "⛴🚢⚓🌊🇩🇪👩‍💻📰❗🔥x",
}
_MARKS = ["", "", "", ",", ":", "?", "!", ".", " –", "=", "_", " (x)", ' "y"', "=?utf-8?q?z?="]
_WORD = re.compile(r"=\?utf-8\?([bq])\?([!->@-~]+)\?=")


def subjects(script: str, number: int) -> list[str]:
    rng = random.Random(script)
    letters = _SCRIPTS[script]
    return [
        " ".join(
            "".join(rng.choices(letters + "abc", k=rng.randint(1, 14))) + rng.choice(_MARKS)
            for _ in range(rng.randint(1, 16))
        )
        for _ in range(number)
    ]


def by_python(field: str) -> str:
    message = message_from_bytes(f"{field}\r\n".encode(), policy=policy.default)
    return str(message["Subject"])


def by_the_grammar(field: str) -> str:
    """Decode a field of text by RFC 2047 and RFC 5322 alone; fails on what their grammar does not allow."""
    assert field.isascii()
    assert field.endswith("\r\n")
    lines = field.removesuffix("\r\n").split("\r\n")
    assert all(line.startswith(" ") and line.strip() for line in lines[1:])
    assert all(len(line) <= 998 for line in lines)
    value = "".join(lines).removeprefix("Subject: ")
    parts: list[str] = []
    follows_word = False
    for token in re.split("( +)", value):
        if not token:
            continue
        word = _WORD.fullmatch(token)
        if word is None:
            assert "=?" not in token, "nothing else may look like an encoded word"
            parts.append(token)
            follows_word = follows_word and not token.strip()
            continue
        assert len(token) <= 75
        if follows_word:
            parts.pop()  # white space between two encoded words
        parts.append(octets(word[1], word[2]).decode())
        follows_word = True
    if "=?" in value:
        assert max(map(len, lines)) <= 76
    return "".join(parts)


def octets(encoding: str, text: str) -> bytes:
    if encoding == "b":
        return base64.b64decode(text, validate=True)
    return binascii.a2b_qp(text, header=True)


@pytest.mark.parametrize("script", _SCRIPTS)
def test_a_subject_in_any_script_is_read_back_as_it_was(script: str) -> None:
    for subject in subjects(script, 500):
        field = text_field("Subject", subject)
        assert by_the_grammar(field) == subject
        assert by_python(field) == subject


@given(st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" ")))
def test_any_text_that_can_be_seen_is_read_back_as_it_was(text: str) -> None:
    subject = text.strip()
    assert by_the_grammar(text_field("Subject", subject)) == subject


def test_what_is_ascii_stays_readable_and_folds_at_its_spaces() -> None:
    subject = (
        "Harbour master tells the council of Brandhaven that the basin will be deep again by Easter"
    )
    assert text_field("Subject", subject) == (
        "Subject: Harbour master tells the council of Brandhaven that the basin will\r\n"
        " be deep again by Easter\r\n"
    )
    assert "=?" not in text_field("Subject", "x" * 900)
    assert by_the_grammar(text_field("Subject", "x" * 1100)) == "x" * 1100


@pytest.mark.parametrize(
    "name",
    [
        "Wirewatch",
        "O'Hara's Watch",
        "St. Aldo Desk",
        "Press, Desk",
        'The "Desk"',
        "back\\slash",
        "Nachrichtenüberwachung der Öffentlichkeitsarbeit des Ministeriums für Straßen und Häfen",
        "ニュース監視室",
        "A name of many words that is ASCII and so long that it can't stand on one line, by far",
        "=?utf-8?q?not_a_word?=",
    ],
)
def test_a_name_is_read_back_as_it_was(name: str) -> None:
    field = mailbox_field("From", name, "w@newsroom.example")
    message = message_from_bytes(f"{field}\r\n".encode(), policy=policy.default)
    [mailbox] = message["From"].addresses
    assert mailbox.addr_spec == "w@newsroom.example"
    # Python keeps the spaces between encoded words of a name.
    shown = mailbox.display_name
    assert shown == name or shown.replace(" ", "") == name.replace(" ", "")
    assert not message["From"].defects
    assert max(map(len, field.split("\r\n"))) <= 76


def test_the_title_of_a_list_is_readable() -> None:
    field = list_id_field("Fährstreik am Großen Belt", "topic-7.wirewatch.newsroom.example")
    assert field == (
        "List-Id: =?utf-8?q?F=C3=A4hrstreik_am_Gro=C3=9Fen_Belt?=\r\n"
        " <topic-7.wirewatch.newsroom.example>\r\n"
    )
    assert list_id_field("", "digest.x.example") == "List-Id: <digest.x.example>\r\n"


@pytest.mark.parametrize("length", [1, 28, 55, 63, 120, 189])
def test_identifiers_and_links_are_whole_at_any_length_of_host(length: int) -> None:
    labels = ["n" * min(63, length - at) for at in range(0, length, 64)]
    domain = f"{'.'.join(labels)}.example"
    link = f"https://{domain}/unsubscribe/12.jtJyBvZ4nn00cSyuyWKnMFlk"
    envelope = Envelope(
        uid="alert_266f14cc9c92a0ddaf78799b_12",
        sender=f"Nachrichtenwächter <wire@{domain}>",
        recipient="desk@newsroom.example",
        subject="Fähren",
        at=NOON,
        follows="alert_266f14cc9c92a0ddaf78799b_11",
        unsubscribe=link,
    )
    raw = message_bytes(envelope, "text", "<p>text</p>")
    head = raw.partition(b"\r\n\r\n")[0].decode("ascii")
    assert f"\r\nList-Unsubscribe: <{link}>\r\n" in head
    assert f"\r\nMessage-ID: <{envelope.uid}@{domain}>\r\n" in head
    for name in ("In-Reply-To", "References"):
        assert f"\r\n{name}: <{envelope.follows}@{domain}>\r\n" in head
    assert max(map(len, head.split("\r\n"))) <= 998
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects


def test_a_field_that_cannot_be_folded_is_one_line() -> None:
    assert plain_field("Message-ID", "<a@b>") == "Message-ID: <a@b>\r\n"
