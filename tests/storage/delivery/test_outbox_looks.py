"""What is asked of the outbox: by alert, by recipient, by page, by state."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from storage.delivery import alerts, digest_entries, outbox
from storage.errors import InputError, NotFoundError
from storage.models.alerts import Alert
from storage.models.deliveries import Delivery, DeliveryKind, DeliveryState, Draft
from storage.models.recipients import Channel
from storage.models.topics import Topic
from tests.storage.delivery.test_outbox import an_attempt
from tests.storage.world import MATCHED, NOON, a_page, a_source, a_topic, after, an_article

pytestmark = pytest.mark.both_engines


def told(conn: Connection, topic: Topic, number: int, minutes: float = 0) -> list[Delivery]:
    """Let a topic's recipients be told of a story of a host of its own."""
    alert = an_alert(conn, topic, number, minutes)
    return [
        outbox.put(
            conn,
            alert_id=alert.id,
            draft=Draft(each.id, each.channel, each.address, f"{alert.uid}.{each.id}", b"{}"),
            now=after(minutes),
        )
        for each in topic.recipients
    ]


def an_alert(conn: Connection, topic: Topic, number: int, minutes: float = 0) -> Alert:
    article = an_article(conn, a_page(conn, a_source(conn, f"s{number}.example")))
    alert = alerts.create(
        conn,
        topic_id=topic.id,
        story_id=article.story_id,
        article_id=article.id,
        matched=MATCHED,
        now=after(minutes),
    )
    assert alert is not None
    return alert


def _story(conn: Connection, delivery: Delivery) -> int:
    return next(
        each.story_id for each in alerts.list_recent(conn, 99) if each.id == delivery.alert_id
    )


def test_an_alerts_deliveries_come_in_the_order_of_its_recipients(conn: Connection) -> None:
    topic = a_topic(conn)
    first, second = told(conn, topic, 1)
    told(conn, topic, 2)
    assert first.alert_id is not None
    assert [each.id for each in outbox.of_alert(conn, first.alert_id)] == [first.id, second.id]
    assert outbox.of_alert(conn, 999) == []


def test_who_was_told_of_a_story_is_known_by_the_first_delivery(conn: Connection) -> None:
    topic = a_topic(conn)
    first, second = told(conn, topic, 1)
    assert first.alert_id is not None
    said = {first.recipient_id: first.uid, second.recipient_id: second.uid}
    assert outbox.recipients_alerted(conn, [first.alert_id]) == said
    assert outbox.recipients_alerted(conn, [first.alert_id + 99]) == {}


def test_a_recipients_first_story_since_is_found(conn: Connection) -> None:
    topic = a_topic(conn)
    early, _ = told(conn, topic, 1, minutes=0)
    late, _ = told(conn, topic, 2, minutes=10)
    stories = [_story(conn, each) for each in (early, late)]
    assert early.recipient_id is not None
    find = outbox.first_story
    assert find(conn, topic.id, early.recipient_id, NOON) == stories[0]
    assert find(conn, topic.id, early.recipient_id, after(5)) == stories[1]
    assert find(conn, topic.id, early.recipient_id, after(11)) is None
    assert find(conn, topic.id, 999, NOON) is None


def test_what_an_address_was_told_lately_is_counted(conn: Connection) -> None:
    topic = a_topic(conn)
    first, _ = told(conn, topic, 1, minutes=1)
    told(conn, topic, 2, minutes=2)
    assert outbox.sent_since(conn, first.address, NOON) == (2, after(1))
    assert outbox.sent_since(conn, first.address, after(1)) == (1, after(2))
    assert outbox.sent_since(conn, first.address, after(2)) == (0, None)
    assert outbox.sent_since(conn, "nobody@example.org", NOON) == (0, None)


def test_a_kind_that_was_put_lately_is_seen(conn: Connection) -> None:
    topic = a_topic(conn)
    first, _ = told(conn, topic, 1, minutes=1)
    assert first.recipient_id is not None
    assert outbox.was_put(conn, first.recipient_id, DeliveryKind.ALERT, NOON)
    assert not outbox.was_put(conn, first.recipient_id, DeliveryKind.ALERT, after(1))
    assert not outbox.was_put(conn, first.recipient_id, DeliveryKind.TEST, NOON)
    assert not outbox.was_put(conn, 999, DeliveryKind.ALERT, NOON)


def test_a_delivery_is_found_by_its_uid(conn: Connection) -> None:
    first, _ = told(conn, a_topic(conn), 1)
    assert outbox.by_uid(conn, first.uid) == first
    with pytest.raises(NotFoundError, match="wirewatch delivery list"):
        outbox.by_uid(conn, "nothing")


def test_of_an_alert_what_is_not_on_its_way_is_replayed(conn: Connection) -> None:
    first, second = told(conn, a_topic(conn), 1)
    outbox.delivered(conn, first.id, an_attempt("delivered"))
    again = outbox.replay_alert(conn, first.alert_id or 0, after(5))
    assert [each.id for each in again] == [first.id]
    assert again[0].state is DeliveryState.PENDING
    assert (again[0].uid, again[0].payload) == (first.uid, first.payload)
    with pytest.raises(InputError):
        outbox.replay(conn, second.id, NOON)


def test_of_a_time_and_a_state_the_oldest_come_first(conn: Connection) -> None:
    topic = a_topic(conn)
    made = [each for n in range(3) for each in told(conn, topic, n, minutes=n)]
    pending = DeliveryState.PENDING
    find = outbox.ids_between
    every = find(conn, since=NOON, until=after(9), state=pending, limit=99)
    assert every == [each.id for each in made]
    assert find(conn, since=after(1), until=after(2), state=pending, limit=99) == every[2:4]
    assert find(conn, since=NOON, until=after(9), state=pending, limit=1) == every[:1]
    assert find(conn, since=NOON, until=after(9), state=DeliveryState.DEAD, limit=9) == []


def test_pages_go_from_the_newest_and_may_be_of_one_kind(conn: Connection) -> None:
    topic = a_topic(conn)
    made = [each for n in range(3) for each in told(conn, topic, n, minutes=n)]
    outbox.dead(conn, made[0].id, an_attempt("refused"))
    ids = [each.id for each in made][::-1]
    assert [each.id for each in outbox.page(conn, limit=4)] == ids[:4]
    assert [each.id for each in outbox.page(conn, limit=9, before=ids[3])] == ids[4:]
    [dead] = outbox.page(conn, limit=9, state=DeliveryState.DEAD)
    assert dead.id == made[0].id
    hooks = outbox.page(conn, limit=9, channel=Channel.WEBHOOK)
    assert {each.channel for each in hooks} == {Channel.WEBHOOK}
    assert len(hooks) == 3
    assert outbox.count_by_state(conn) == {"pending": 5, "dead": 1}


def test_an_endpoint_that_another_process_serves_is_left_to_it(conn: Connection) -> None:
    topic = a_topic(conn)
    told(conn, topic, 1)
    first = outbox.claim(conn, NOON, 1, lease_seconds=60)
    assert len(first) == 1
    mine = outbox.claim(conn, NOON, 9, lease_seconds=60, own_endpoints=())
    assert first[0].endpoint not in {each.endpoint for each in mine}
    later = NOON + timedelta(minutes=2)
    again = outbox.claim(conn, later, 9, lease_seconds=60, own_endpoints=())
    assert first[0].id in {each.id for each in again}, "its lease has ended"


def test_what_waits_for_a_digest_is_told_with_it(conn: Connection) -> None:
    topic = a_topic(conn)
    gathering = topic.recipients[0]
    first, second = an_alert(conn, topic, 1, 0), an_alert(conn, topic, 2, 5)
    for alert in (first, second):
        digest_entries.add(conn, recipient_id=gathering.id, alert_id=alert.id, because="", now=NOON)
    find = outbox.recipients_alerted
    assert find(conn, [first.id]) == {gathering.id: ""}
    first_for = outbox.first_story
    assert first_for(conn, topic.id, gathering.id, NOON) == first.story_id
    assert first_for(conn, topic.id, gathering.id, after(1)) == second.story_id
    assert first_for(conn, topic.id, topic.recipients[1].id, NOON) is None
    [sent, _] = told(conn, topic, 3, minutes=9)
    rows = digest_entries.of_recipients(conn, [gathering.id])
    digest_entries.mark_delivered(conn, [gathering.id], rows[0].id, sent.id)
    assert find(conn, [first.id]) == {gathering.id: sent.uid}
    assert find(conn, [second.id]) == {gathering.id: ""}


def test_of_two_alerts_of_a_story_the_first_ones_delivery_is_named(conn: Connection) -> None:
    topic = a_topic(conn)
    early, _ = told(conn, topic, 1)
    alert = next(each for each in alerts.list_recent(conn, 9) if each.id == early.alert_id)
    later = alerts.create(
        conn,
        topic_id=topic.id,
        story_id=alert.story_id,
        article_id=alert.article_id,
        matched=MATCHED,
        now=after(9),
        change="correction",
    )
    assert later is not None
    draft = Draft(early.recipient_id, early.channel, early.address, "later.1", b"{}")
    outbox.put(conn, alert_id=later.id, draft=draft, now=after(9))
    assert early.recipient_id is not None
    alerted = outbox.recipients_alerted(conn, [alert.id, later.id])
    assert alerted[early.recipient_id] == early.uid
    assert outbox.first_story(conn, topic.id, early.recipient_id, after(1)) is None
