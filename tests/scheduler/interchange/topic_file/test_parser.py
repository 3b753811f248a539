"""A file of topics is read with its defaults, and all of its flaws are found at once."""

from __future__ import annotations

from datetime import time

import pytest

from scheduler.addresses.mail_address import TypedAddress
from scheduler.interchange.topic_file.parser import read_topic_file
from scheduler.interchange.topic_file.records import (
    FileTopic,
    Flaw,
    TopicFile,
    flaw_lines,
    locate_flaws,
)
from storage.errors import InputError
from storage.models.recipients import Channel, NewRecipient, Routing, WatchMode

TOPIC = '[[topic]]\nname = "ferries"\nquery = "ferry"\n'


def check(channel: Channel, address: str) -> TypedAddress:
    if "example" not in address:
        raise InputError(f"{address!r} is no address of a {channel}")
    return TypedAddress(address)


def secret(path: str) -> str:
    if path != "hook.secret":
        raise InputError(f"{path} can't be read")
    return "whsec_c2VjcmV0"


def read(text: str) -> tuple[TopicFile, list[Flaw]]:
    return read_topic_file(text, check_address=check, read_secret=secret, read_header_lines=secret)


def right(text: str) -> TopicFile:
    file, flaws = read('id = "desk"\n' + text)
    assert flaws == []
    return file


def wrong(text: str) -> list[str]:
    text = 'id = "desk"\n' + text
    _, flaws = read(text)
    return list(flaw_lines("t.toml", locate_flaws(text, flaws)))


def test_a_topic_is_a_name_a_query_and_who_is_told() -> None:
    file = right(TOPIC + 'tell = ["a@example.org", { webhook = "https://example.org/x" }]')
    told = (
        NewRecipient(Channel.EMAIL, "a@example.org"),
        NewRecipient(Channel.WEBHOOK, "https://example.org/x"),
    )
    assert file == TopicFile("desk", {}, (FileTopic(("topic", 0), "ferries", "ferry", told),))


def test_a_query_may_stand_on_several_lines_and_keeps_its_comments() -> None:
    [topic] = right("[[topic]]\nname = 'x'\nquery = '''\nferry # boats\nOR ship\n'''").topics
    assert topic.query == "ferry # boats\nOR ship"


def test_what_stands_nearer_to_a_recipient_wins() -> None:
    [topic] = right(
        '[defaults]\ntime_zone = "Europe/Berlin"\nquiet = "22:00-07:00"\nupdates = true\n'
        + TOPIC
        + 'mode = "spike"\ntell = ["a@example.org",\n'
        + '  { email = "b@example.org", mode = "every", quiet = "none", updates = false }]'
    ).topics
    first, second = (each.routing for each in topic.recipients)
    assert first == Routing(
        WatchMode.SPIKE,
        updates=True,
        time_zone="Europe/Berlin",
        quiet_from=time(22),
        quiet_until=time(7),
    )
    assert second == Routing(time_zone="Europe/Berlin")


def test_named_queries_are_kept_by_their_names() -> None:
    assert right('[named]\nrussia = " kremlin "\n').named == {"russia": "kremlin"}


def test_a_secret_can_come_from_a_file() -> None:
    [topic] = right(
        TOPIC + 'tell = [{ webhook = "https://example.org/x", secret_file = "hook.secret" }]'
    ).topics
    assert topic.recipients[0].secret == "whsec_c2VjcmV0"


def test_an_address_that_begins_as_one_of_the_web_is_a_webhook() -> None:
    [topic] = right(TOPIC + 'tell = ["https://example.org/x"]').topics
    assert topic.recipients[0].channel is Channel.WEBHOOK


def test_a_file_without_an_id_is_told_what_to_write() -> None:
    _, [flaw] = read(TOPIC)
    assert flaw.key == ("id",)
    assert 'id = "newsroom"' in flaw.remedy


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[named", "t.toml: this is no TOML"),
        ("x = " + "[" * 100_000, "t.toml: lists are nested too deep"),
        ("[topics]", "line 2: topics: there is no such key|remedy: did you mean 'topic'?"),
        ("defaults = 3", "line 2: defaults: is a section"),
        (
            '[defaults]\nmode = "evry"',
            "line 3: defaults.mode: 'evry' is no mode; did you mean 'every'",
        ),
        ("[named]\nx = 3", "line 3: named.x: a named query has to be a text"),
        ('[named]\n"a b" = "x"', "line 3: named.a b: 'a b' can't name a query"),
        ("[topic]", "line 2: topics are a list|write [[topic]]"),
        ("topic = [3]", "line 2: a topic is a table|a topic is a table"),
        ("[[topic]]\nname = 'x'", "line 2: topic 'x': query is missing"),
        ("[[topic]]\nname = 3\nquery = ' '", "line 3: topic '3', name: name has to be a text"),
        (
            TOPIC + TOPIC,
            "line 6: topic 'ferries', name: there is a topic 'ferries' already, number 1",
        ),
        (TOPIC + "tell = 'a@example.org'", "line 5: topic 'ferries', tell: who is told is a list"),
        (TOPIC + "tell = [3]", "line 5: topic 'ferries', tell[0]: who is told is an address"),
        (TOPIC + "tell = ['a']", "line 5: topic 'ferries', tell[0]: 'a' is no address of a email"),
        (
            TOPIC + "tell = [\n{ mode = 'every' }]",
            "line 6: topic 'ferries', tell[0]: a recipient has",
        ),
        (
            TOPIC + "tell = [{ email = 'a@example.org', webhook = 'https://example.org' }]",
            "a recipient has one of email, webhook, apprise",
        ),
        (
            TOPIC + "tell = ['a@example.org',\n'a@example.org']",
            "line 6: topic 'ferries', tell[1]: a@ex",
        ),
        (
            TOPIC + "tell = [{ email = 'a@example.org', secret_file = 'hook.secret' }]",
            "tell[0].secret_file: only webhooks have it",
        ),
        (
            TOPIC + "tell = [{ webhook = 'https://example.org', secret_file = 'none' }]",
            "tell[0].secret_file: none can't be read",
        ),
        (TOPIC + "updates = 'yes'", "updates: has to be true or false"),
        (TOPIC + "quiet = 22", "quiet: quiet has to be a text"),
    ],
)
def test_a_flaw_is_told_with_line_topic_key_and_remedy(text: str, said: str) -> None:
    lines = "\n".join(wrong(text))
    for part in said.split("|"):
        assert part in lines


def test_all_flaws_are_found_in_the_order_of_the_file() -> None:
    lines = wrong(
        "[defaults]\nquiet = 'x'\n[[topic]]\nname = 'a'\n[[topic]]\nquery = 'b'\nmood = 'every'"
    )
    assert [line.split(":")[0] for line in lines if line.startswith("t.toml")] == [
        "t.toml, line 3",
        "t.toml, line 4",
        "t.toml, line 6",
        "t.toml, line 8",
    ]
