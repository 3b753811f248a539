"""An alert in words: what is told, to each recipient, in the same bytes each time."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.alerts.content import RecipientNote
from storage.models.deliveries import Draft
from storage.models.matches import Highlight, QueryMatch
from storage.models.recipients import Channel, Recipient
from storage.models.stories import Evidence
from tests.scheduler.alerts.drafts import (
    EMAIL,
    STYLE,
    TEXT,
    a_story,
    a_topic,
    an_alert,
    article,
    drafts,
    member,
)

NAUGHTY = "<script>alert(1)</script>\r\nBcc: x@y \u202e\x00\ud800 {{ 7*7 }} \"'&"
ANYTHING = st.text(alphabet=st.characters(codec=None), max_size=60) | st.just(NAUGHTY)


def letter(draft: Draft) -> EmailMessage:
    parsed = message_from_bytes(draft.payload, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def hook(draft: Draft) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(draft.payload)
    return body


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]


def test_each_recipient_gets_a_draft_with_an_id_of_its_own() -> None:
    mail, web = drafts()
    assert (mail.recipient_id, mail.channel, mail.address) == (1, Channel.EMAIL, EMAIL.address)
    assert (web.recipient_id, web.channel) == (2, Channel.WEBHOOK)
    assert (mail.uid, web.uid) == ("alert_0a1b_1", "alert_0a1b_2")


def test_the_same_alert_is_the_same_bytes() -> None:
    assert drafts() == drafts()


def test_a_webhook_says_what_who_and_why() -> None:
    body = hook(drafts()[1])
    data = body["data"]
    assert body["type"] == "story.matched"
    assert body["timestamp"] == "2026-06-01T12:09:00Z"
    assert (data["topic"], data["clauses"], data["story_id"]) == (
        "Ferry accidents",
        ['"night ferry"'],
        12,
    )
    assert data["headline"] == "Two ferries collide off Ostrand"
    assert data["original"] == {
        "publisher": "Harbor Herald",
        "url": "https://harbor-herald.example/ferry",
        "confidence": 0.93,
        "evidence": [{"says": "It was seen 12 minutes before any copy.", "weight": 2.0}],
        "crawled": True,
        "named_publisher": None,
    }
    assert data["best_copy"] is None
    assert data["copies"] == {
        "count": 2,
        "independent": 2,
        "publishers": ["News 24", "Gazette"],
    }
    assert data["found_in"] is None
    assert (data["published_at"], data["first_seen_at"]) == ("2026-06-01T12:00:00Z",) * 2
    assert data["links"] == {
        "story": "http://127.0.0.1:8710/stories/12",
        "mute": None,
        "explain": "wirewatch explain https://harbor-herald.example/ferry",
    }


def test_the_passage_s_highlights_point_into_its_own_text() -> None:
    passage = hook(drafts()[1])["data"]["passage"]
    [place] = passage["highlights"]
    assert passage["text"][place["start"] : place["end"]] == "night ferry"


def test_a_passage_is_cut_round_its_first_highlight() -> None:
    text = "before " * 200 + "night ferry" + " after" * 200
    found = article(1, text=text)
    alert = an_alert(start=text.index("night"))
    passage = hook(drafts(article=found, alert=alert)[1])["data"]["passage"]
    assert passage["text"].startswith("… before")
    assert passage["text"].endswith("after …")
    assert len(passage["text"]) < 600


def test_a_match_in_the_title_alone_shows_how_the_text_begins() -> None:
    alert = replace(
        an_alert(), matched=QueryMatch(('title:"ferries"',), (Highlight("title", 4, 11),))
    )
    passage = hook(drafts(alert=alert)[1])["data"]["passage"]
    assert passage["text"].startswith("Two ferries")
    assert passage["highlights"] == []


def test_a_match_in_a_copy_names_the_copy_beside_the_original() -> None:
    data = hook(drafts(article=article(2, "News 24"))[1])["data"]
    assert data["original"]["publisher"] == "Harbor Herald"
    assert data["found_in"] == {"publisher": "News 24", "url": "https://news-24.example/ferry"}


NAMED = a_story(
    named_publisher="North Coast Wire",
    evidence=(
        Evidence(1, "first_seen", "harbor-herald.example was seen first.", 0.6),
        Evidence(2, "names_another", "news-24.example names North Coast Wire in its byline.", -0.8),
        Evidence(3, "names_another", "gazette.example names harbor-herald.example.", -2.6),
    ),
)


def test_a_webhook_does_not_say_that_the_best_copy_is_the_original() -> None:
    data = hook(drafts(story=NAMED)[1])["data"]
    assert data["original"] == {
        "publisher": "North Coast Wire",
        "url": None,
        "crawled": False,
        "confidence": 0.93,
        "evidence": [
            {"says": "news-24.example names North Coast Wire in its byline.", "weight": 0.8}
        ],
        "named_publisher": "North Coast Wire",
    }
    assert data["best_copy"] == {
        "publisher": "Harbor Herald",
        "url": "https://harbor-herald.example/ferry",
    }


def test_an_e_mail_does_not_say_that_the_best_copy_is_the_original() -> None:
    message = letter(drafts(story=NAMED)[0])
    text = part(message, "plain")
    assert "North Coast Wire, not crawled; as printed by Harbor Herald, 2026-06-01" in text
    assert "Original: North Coast Wire, not crawled (93 % sure)" in text
    assert "+0.8 news-24.example names North Coast Wire in its byline." in text
    assert "https://harbor-herald.example/ferry" in text
    html = part(message, "html")
    assert "<bdi>North Coast Wire</bdi>, not crawled, 93 % sure" in html
    assert "as printed by <bdi>Harbor Herald</bdi>" in html


def test_a_webhook_stays_under_20_kb_whatever_it_tells() -> None:
    long = '漢"' * 20_000
    changes = ("一" * 5000,) * 20
    many = [member(article(1, long, title=long, url=f"https://x.example/{'%22' * 600}"))]
    many += [member(article(n, f"{n} {long}")) for n in range(2, 120)]
    evidence = tuple(Evidence(1, "x", long, 1.0) for _ in range(50))
    [draft] = drafts(
        topic=a_topic(Recipient(2, 7, Channel.WEBHOOK, "x", "s"), name=long, query=long),
        alert=replace(
            an_alert(),
            matched=QueryMatch((long,) * 500, an_alert().matched.highlights),
            changes=changes,
        ),
        story=a_story(evidence=evidence, named_publisher=long),
        members=many,
    )
    assert len(draft.payload) < 20_000
    assert hook(draft)["data"]["copies"]["count"] == 118


def test_an_e_mail_carries_what_mail_programs_sort_by() -> None:
    message = letter(drafts()[0])
    assert message["From"] == "Wirewatch <wirewatch@newsroom.example>"
    assert message["To"] == "desk@newsroom.example"
    assert message["Subject"] == "Ferry accidents: Two ferries collide off Ostrand"
    assert message["Message-ID"] == "<alert_0a1b_1@newsroom.example>"
    assert message["Date"].datetime == datetime(2026, 6, 1, 12, 9, tzinfo=UTC)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Id"] == "Ferry accidents <topic-7.wirewatch.newsroom.example>"
    assert [p.get_content_type() for p in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


def test_an_e_mail_says_the_same_in_text_and_html() -> None:
    message = letter(drafts()[0])
    for said in (
        "Two ferries collide off Ostrand",
        "Harbor Herald",
        "93 % sure",
        "It was seen 12 minutes before any copy.",
        "News 24",
        "Gazette",
        "2026-06-01 12:09 UTC",
        "http://127.0.0.1:8710/stories/12",
        "wirewatch explain https://harbor-herald.example/ferry",
        "alert_0a1b",
    ):
        assert said in part(message, "plain")
        assert said in part(message, "html")
    assert "*night ferry*" in part(message, "plain")
    assert "<mark>night ferry</mark>" in part(message, "html")


def test_an_e_mail_has_colours_for_light_and_dark_and_loads_nothing() -> None:
    html = part(letter(drafts()[0]), "html")
    assert 'name="color-scheme" content="light dark"' in html
    assert "prefers-color-scheme: dark" in html
    assert not {"img", "script", "iframe", "link", "object"} & set(Tags(html).tags)


def test_lines_of_an_e_mail_fit_every_relay() -> None:
    long = article(1, title="word " * 60, text="x" * 5000)
    payload = drafts(article=long, members=[member(long)])[0].payload
    assert max(map(len, payload.split(b"\r\n"))) <= 998
    assert b"\n" not in payload.replace(b"\r\n", b"")
    assert payload.isascii()


def test_what_pages_say_is_inert_in_html() -> None:
    evil = article(1, NAUGHTY, title=NAUGHTY, text=NAUGHTY * 3, url="javascript:alert(1)")
    story = a_story(evidence=(Evidence(1, "x", NAUGHTY, 1.0),), named_publisher=NAUGHTY)
    draft = drafts(topic=a_topic(name=NAUGHTY), article=evil, story=story, members=[member(evil)])[
        0
    ]
    message = letter(draft)
    html = part(message, "html")
    tags = Tags(html)
    assert "script" not in tags.tags
    assert tags.links == ["http://127.0.0.1:8710/stories/12"]
    assert "\u202e" not in html + part(message, "plain") + str(message["Subject"])
    assert message["Bcc"] is None
    assert "49" not in part(message, "plain")


def test_a_subject_is_cut() -> None:
    long = article(1, title="Ferry " * 100)
    subject = str(letter(drafts(article=long, members=[member(long)])[0])["Subject"])
    assert len(subject) <= 150
    assert subject.endswith("…")


@pytest.mark.parametrize(
    "address",
    [
        "a@b\r\nBcc: x@y",
        "",
        "@",
        "no address",
        "a@b, c@d",
        '"<a@b>',
        "é@ü.example",
        "a\x00@b",
        "a@b\x7f",
        "a@\ud800b",
    ],
)
def test_an_address_that_is_none_breaks_no_header(address: str) -> None:
    recipient = Recipient(1, 7, Channel.EMAIL, address)
    [draft] = drafts(topic=a_topic(recipient))
    message = letter(draft)
    assert message["Bcc"] is None
    assert message["Auto-Submitted"] == "auto-generated"
    assert b"\x00" not in draft.payload
    assert draft.address == address


@settings(max_examples=40)
@given(ANYTHING, ANYTHING, ANYTHING, ANYTHING, ANYTHING)
def test_nothing_that_a_page_or_an_operator_writes_stops_an_alert(
    title: str, site: str, text: str, name: str, sender: str
) -> None:
    found = article(1, site, title=title, text=text, url=title, host=site)
    story = a_story(named_publisher=site, evidence=(Evidence(1, "x", text, 1.0),))
    given_parts: dict[str, Any] = {
        "topic": a_topic(name=name, query=text),
        "article": found,
        "members": [member(found)],
        "story": story,
        "style": replace(STYLE, sender=sender),
        "alert": an_alert(start=0, length=max(1, len(text) // 2)),
    }
    composed = drafts(**given_parts)
    assert composed == drafts(**given_parts)
    mail, web = composed
    assert hook(web)["data"]["alert_id"] == "alert_0a1b"
    assert letter(mail)["Message-ID"].startswith("<alert_0a1b_1@")
    assert not letter(mail).defects


@settings(max_examples=80)
@given(ANYTHING, ANYTHING, ANYTHING)
def test_no_text_adds_a_header_to_an_e_mail(title: str, site: str, name: str) -> None:
    first = replace(article(1, title=title), site=site)
    [draft, _] = drafts(topic=a_topic(name=name), members=[member(first)], article=first)
    message = letter(draft)
    assert message.keys() == [
        *("From", "To", "Subject", "Date", "Message-ID", "List-Id", "Auto-Submitted"),
        *("X-Auto-Response-Suppress", "MIME-Version", "Content-Type"),
    ]


def test_a_story_that_was_found_in_a_stale_repost_says_so_first() -> None:
    stale = article(2, "News 24", text=f"LONDON, 3 March 2021 (Reuters) - {TEXT}")
    mail, web = drafts(article=stale, members=[member(article(1)), member(stale)])
    says = "The text is dated “LONDON, 3 March 2021 (Reuters) - Two ferries collided"
    message = letter(mail)
    assert "stale repost: Two ferries" in message["Subject"]
    for kind in ("plain", "html"):
        text = " ".join(part(message, kind).split())
        assert "tale repost" in text
        assert says in text
        assert text.index(says) < text.index("Topic: Ferry" if kind == "plain" else "Original")
    told = hook(web)["data"]["stale_repost"]
    assert told["dated"] == "2021-03-03"
    assert told["says"].startswith(says)


def test_an_update_says_what_changed_first_and_follows_what_was_told() -> None:
    changed = replace(an_alert(), change="1/2", changes=("A number changed: 12 → 14 dead.",))
    notes = {recipient: RecipientNote(follows=f"alert_first_{recipient}") for recipient in (1, 2)}
    mail, web = drafts(alert=changed, notes=notes)
    message = letter(mail)
    assert message["Subject"] == "Ferry accidents: update: Two ferries collide off Ostrand"
    assert message["References"] == "<alert_first_1@newsroom.example>"
    for kind in ("plain", "html"):
        text = part(message, kind)
        assert "one message for a change of a story" in text
        assert text.index("12 → 14 dead") < text.index("night ferry")
    body = hook(web)
    assert body["type"] == "story.updated"
    assert body["data"]["changes"] == ["A number changed: 12 → 14 dead."]
    assert body["data"]["follows"] == "alert_first_2"


def test_a_spike_is_told_with_its_figures_to_the_recipient_that_asked_for_spikes() -> None:
    said = "23 stories today, 4.1 on a day before by this time"
    mail, web = drafts(notes={1: RecipientNote(because=said)})
    assert f"A spike: {said}." in part(letter(mail), "plain")
    assert said in part(letter(mail), "html")
    assert hook(web)["data"]["because"] is None


def test_a_story_that_is_news_is_told_without_a_word_of_reposts() -> None:
    mail, web = drafts()
    assert hook(web)["data"]["stale_repost"] is None
    assert "tale repost" not in mail.payload.decode()


def test_a_word_in_disguise_is_shown_as_such_to_everyone() -> None:
    disguised = article(1, text="The firm раураl said that it will cut jobs.")
    place = Highlight("text", 9, 15, disguised="paypal")
    alert = replace(an_alert(), matched=QueryMatch(("paypal",), (place,)))
    mail, web = drafts(alert=alert, article=disguised, members=[member(disguised)])
    assert hook(web)["data"]["disguised"] == [
        {"written": "раураl", "stands_for": "paypal", "by": "Cyrillic letters"}
    ]
    assert "Disguised: раураl stands for paypal, by Cyrillic letters\r\n" in part(
        letter(mail), "plain"
    )
    assert "<bdi>раураl</bdi> stands for <bdi>paypal</bdi>" in part(letter(mail), "html")
    assert hook(drafts()[1])["data"]["disguised"] == []
