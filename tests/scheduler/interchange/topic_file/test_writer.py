"""What is written of stored topics reads back as the same topics."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduler.addresses.mail_address import TypedAddress
from scheduler.interchange.topic_file.parser import read_topic_file
from scheduler.interchange.topic_file.plan import plan
from scheduler.interchange.topic_file.writer import topic_file_text
from storage.models.recipients import Channel, Recipient, Routing, WatchMode
from storage.models.topics import NamedQuery, Topic

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).map(str.strip).filter(bool)
_NAMES = st.from_regex(r"[a-zéß日]{1,9}", fullmatch=True)
_HOURS = st.sampled_from([(None, None), (time(22), time(7)), (time(0), time(23, 59))])
_ROUTINGS = st.builds(
    lambda mode, updates, zone, hours, muted: Routing(
        mode, updates, zone, quiet_from=hours[0], quiet_until=hours[1], muted=muted
    ),
    st.sampled_from(WatchMode),
    st.booleans(),
    st.sampled_from(["UTC", "Europe/Berlin"]),
    _HOURS,
    st.booleans(),
)
_TOLD = st.lists(
    st.tuples(
        st.sampled_from(
            [
                (Channel.EMAIL, 'odd"address@example.org'),
                (Channel.EMAIL, "desk@example.org"),
                (Channel.WEBHOOK, "https://example.org/x?key='1'"),
                (Channel.WEBHOOK, "HTTP://example.org"),
            ]
        ),
        _ROUTINGS,
    ),
    max_size=4,
    unique_by=lambda pair: pair[0],
)


def _topic(name: str, query: str, told: list[tuple[tuple[Channel, str], Routing]]) -> Topic:
    recipients = tuple(
        Recipient(n, 1, channel, address, None, routing)
        for n, ((channel, address), routing) in enumerate(told)
    )
    return Topic(1, name, query, NOON, recipients, managed_by="desk")


@given(
    st.lists(st.builds(_topic, _NAMES, _TEXTS, _TOLD), max_size=4, unique_by=lambda t: t.name),
    st.dictionaries(_NAMES, _TEXTS, max_size=2),
)
def test_applying_what_was_written_changes_nothing(
    topics: list[Topic], named: dict[str, str]
) -> None:
    kept = [NamedQuery(name, query, NOON, "desk") for name, query in named.items()]
    text = topic_file_text("desk", topics, kept, NOON)
    file, flaws = read_topic_file(
        text,
        check_address=lambda _channel, address: TypedAddress(address),
        read_secret=str,
        read_header_lines=str,
    )
    assert flaws == []
    planned, flaws = plan(file, topics, kept, adopt=False, remove_most=False)
    assert flaws == []
    assert planned.is_empty, planned
    assert (planned.same, planned.named_same) == (len(topics), len(named))


def test_what_most_recipients_have_is_said_once() -> None:
    berlin = Routing(time_zone="Europe/Berlin")
    told = [((Channel.EMAIL, f"{n}@example.org"), berlin) for n in range(3)]
    spike = ((Channel.EMAIL, "x@example.org"), replace(berlin, mode=WatchMode.SPIKE))
    text = topic_file_text("desk", [_topic("a", "ferry", [*told, spike])], [], NOON)
    assert text.count("Europe/Berlin") == 1
    data = tomllib.loads(text)
    assert data["topic"][0]["tell"] == [
        "0@example.org",
        "1@example.org",
        "2@example.org",
        {"email": "x@example.org", "mode": "spike"},
    ]


def test_a_query_of_several_lines_is_written_on_several_lines() -> None:
    text = topic_file_text("desk", [_topic("a", "ferry # boats\nOR ship", [])], [], NOON)
    assert "query = '''\nferry # boats\nOR ship'''" in text


def test_who_is_muted_or_snoozed_is_said_in_comments() -> None:
    muted = Routing(muted=True)
    topic = _topic("a", "ferry", [((Channel.EMAIL, "a@example.org"), muted)])
    later = replace(topic, snoozed_until=NOON + timedelta(hours=1), recipients=())
    earlier = replace(later, snoozed_until=NOON - timedelta(hours=1))
    assert "# muted or snoozed" in topic_file_text("desk", [topic], [], NOON)
    assert "# Muted or snoozed" in topic_file_text("desk", [later], [], NOON)
    assert "uted" not in topic_file_text("desk", [earlier], [], NOON)
