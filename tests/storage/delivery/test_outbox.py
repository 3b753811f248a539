"""Work, alerts and the outbox: claimed, settled, given again, never lost."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from storage.delivery import alerts, outbox
from storage.errors import InputError, NotFoundError
from storage.models.deliveries import Attempt, Delivery, DeliveryState, Draft
from storage.models.recipients import Channel
from storage.topics import match_work, topics
from tests.storage.world import MATCHED, NOON, a_page, a_source, a_topic, after, an_article

pytestmark = pytest.mark.both_engines


def an_attempt(outcome: str = "deferred") -> Attempt:
    return Attempt(NOON, outcome, 503, "service unavailable", 0.2)


def a_delivery(conn: Connection) -> Delivery:
    topic = a_topic(conn)
    article = an_article(conn, a_page(conn, a_source(conn)))
    alert = alerts.create(
        conn,
        topic_id=topic.id,
        story_id=article.story_id,
        article_id=article.id,
        matched=MATCHED,
        now=NOON,
    )
    assert alert is not None
    recipient = topic.recipients[1]
    draft = Draft(recipient.id, Channel.WEBHOOK, recipient.address, f"{alert.uid}.1", b"{}")
    return outbox.put(conn, alert_id=alert.id, draft=draft, now=NOON)


def test_work_is_claimed_by_one_and_given_again_when_not_done(conn: Connection) -> None:
    article = an_article(conn, a_page(conn, a_source(conn)))
    match_work.add(conn, story_id=article.story_id, article_id=article.id, now=NOON)
    [claimed] = match_work.claim(conn, NOON, 10, lease_seconds=60)
    assert match_work.claim(conn, NOON, 10, lease_seconds=60) == []
    assert match_work.claim(conn, after(1), 10, lease_seconds=60) == [claimed]
    assert match_work.done(conn, claimed.id)
    assert not match_work.done(conn, claimed.id)
    assert match_work.pending(conn) == 0


def test_a_delivery_keeps_its_uid_and_bytes_through_all_tries(conn: Connection) -> None:
    put = a_delivery(conn)
    [first] = outbox.claim(conn, NOON, 10, lease_seconds=60)
    outbox.deferred(conn, first.id, an_attempt(), after(5))
    assert outbox.claim(conn, after(4), 10, lease_seconds=60) == []
    [second] = outbox.claim(conn, after(5), 10, lease_seconds=60)
    assert (second.uid, second.payload, second.attempts) == (put.uid, put.payload, 1)
    assert second.secret == "whsec_c2VjcmV0"


def test_a_delivery_whose_sender_died_is_given_again(conn: Connection) -> None:
    a_delivery(conn)
    [claimed] = outbox.claim(conn, NOON, 10, lease_seconds=60)
    assert outbox.claim(conn, after(0.5), 10, lease_seconds=60) == []
    assert outbox.claim(conn, after(1), 10, lease_seconds=60) == [claimed]


def test_a_delivered_one_is_never_claimed_again(conn: Connection) -> None:
    delivery = a_delivery(conn)
    outbox.delivered(conn, delivery.id, an_attempt("delivered"))
    assert outbox.claim(conn, after(10_000), 10, lease_seconds=60) == []
    assert outbox.get(conn, delivery.id).delivered_at == NOON
    assert outbox.next_at(conn) is None


def test_a_dead_letter_is_listed_with_its_reason_and_can_be_replayed(conn: Connection) -> None:
    delivery = a_delivery(conn)
    outbox.dead(conn, delivery.id, an_attempt("refused"))
    [dead] = outbox.list_by(conn, DeliveryState.DEAD, 10)
    assert dead.last_error == "service unavailable"
    replayed = outbox.replay(conn, delivery.id, after(1))
    assert (replayed.state, replayed.attempts, replayed.uid) == (
        DeliveryState.PENDING,
        0,
        delivery.uid,
    )
    assert len(outbox.attempts(conn, delivery.id)) == 1


def test_a_delivery_that_is_put_for_later_waits_and_says_why(conn: Connection) -> None:
    put = a_delivery(conn)
    draft = Draft(put.recipient_id, put.channel, put.address, "later", b"{}")
    outbox.delivered(conn, put.id, an_attempt("delivered"))
    outbox.put(
        conn,
        alert_id=put.alert_id,
        draft=draft,
        now=NOON,
        not_before=after(60),
        waits="quiet hours",
    )
    assert outbox.claim(conn, after(59), 10, lease_seconds=60) == []
    [due] = outbox.claim(conn, after(60), 10, lease_seconds=60)
    assert (due.uid, due.last_error) == ("later", "waits: quiet hours")
    outbox.delivered(conn, due.id, an_attempt("delivered"))
    assert outbox.get(conn, due.id).last_error == ""


def test_a_delivery_that_waits_may_be_sent_at_once(conn: Connection) -> None:
    put = a_delivery(conn)
    outbox.postpone(conn, put.id, "waits: quiet hours", after(60))
    assert outbox.replay(conn, put.id, after(1)).next_attempt_at == after(1)


def test_what_is_on_its_way_is_not_replayed(conn: Connection) -> None:
    delivery = a_delivery(conn)
    with pytest.raises(InputError, match="on its way"):
        outbox.replay(conn, delivery.id, after(1))


def test_a_removed_topic_leaves_its_deliveries_and_frees_its_name(conn: Connection) -> None:
    delivery = a_delivery(conn)
    topics.remove(conn, "ferries", NOON)
    assert outbox.claim(conn, NOON, 10, lease_seconds=60)[0].id == delivery.id
    with pytest.raises(NotFoundError, match="topic list"):
        topics.get(conn, "ferries")
    a_topic(conn)


def test_topic_changes_are_noticed(conn: Connection) -> None:
    before = topics.version(conn)
    a_topic(conn)
    added = topics.version(conn)
    topics.remove(conn, "ferries", NOON)
    assert len({before, added, topics.version(conn)}) == 3


def test_putting_off_an_untried_delivery_uses_up_no_try(conn: Connection) -> None:
    delivery = a_delivery(conn)
    outbox.claim(conn, NOON, 10, lease_seconds=60)
    outbox.postpone(conn, delivery.id, "no mail relay is configured", after(5))
    waiting = outbox.get(conn, delivery.id)
    assert (waiting.attempts, waiting.next_attempt_at) == (0, after(5))
    assert waiting.last_error == "no mail relay is configured"
    assert outbox.attempts(conn, delivery.id) == []


def test_what_a_killed_daemon_held_is_free_at_once(conn: Connection) -> None:
    delivery = a_delivery(conn)
    match_work.add(conn, story_id=1, article_id=1, now=NOON)
    outbox.claim(conn, NOON, 10, lease_seconds=600)
    match_work.claim(conn, NOON, 10, lease_seconds=600)
    outbox.release_all(conn)
    match_work.release_all(conn)
    assert [row.id for row in outbox.claim(conn, NOON, 10, lease_seconds=60)] == [delivery.id]
    assert len(match_work.claim(conn, NOON, 10, lease_seconds=60)) == 1


def test_busy_addresses_and_endpoints_are_left_out_of_a_claim(conn: Connection) -> None:
    put = a_delivery(conn)
    assert outbox.claim(conn, NOON, 10, 60, but_not_addresses=[put.address]) == []
    assert outbox.claim(conn, NOON, 10, 60, but_not_endpoints=[put.endpoint]) == []
    assert len(outbox.claim(conn, NOON, 10, 60, but_not_addresses=["https://x.example/"])) == 1


def test_of_one_address_so_many_are_claimed_and_the_others_have_theirs(conn: Connection) -> None:
    put = a_delivery(conn)
    for number in range(5):
        draft = Draft(put.recipient_id, put.channel, put.address, f"more-{number}", b"{}")
        outbox.put(conn, alert_id=put.alert_id, draft=draft, now=after(number + 1))
    other = Draft(put.recipient_id, Channel.EMAIL, "desk@example.org", "mail", b"")
    outbox.put(conn, alert_id=put.alert_id, draft=other, now=after(30))
    claimed = outbox.claim(conn, after(60), 10, 60, each=2)
    assert [delivery.uid for delivery in claimed] == [put.uid, "more-0", "mail"]


def test_what_an_endpoint_did_not_take_is_due_again_in_its_old_order(conn: Connection) -> None:
    first = a_delivery(conn)
    draft = Draft(first.recipient_id, first.channel, first.address, "second", b"{}")
    outbox.put(conn, alert_id=first.alert_id, draft=draft, now=after(1))
    outbox.claim(conn, after(1), 10, 60)
    outbox.deferred(conn, first.id, an_attempt(), after(100))
    outbox.release(conn, [first.id + 1])
    outbox.hasten(conn, first.endpoint)
    assert [d.uid for d in outbox.claim(conn, after(2), 10, 60)] == [first.uid, "second"]


def test_what_is_put_off_is_free_and_says_the_beginning_of_why(conn: Connection) -> None:
    delivery = a_delivery(conn)
    outbox.claim(conn, NOON, 9, lease_seconds=600)
    outbox.postpone(conn, delivery.id, "x" * 2000, after(1))
    stored = outbox.by_uid(conn, delivery.uid)
    assert stored.last_error == "x" * 1000
    assert [each.id for each in outbox.claim(conn, after(1), 9, lease_seconds=60)] == [delivery.id]


def test_what_is_due_this_very_moment_is_on_its_way(conn: Connection) -> None:
    delivery = a_delivery(conn)
    with pytest.raises(InputError):
        outbox.replay(conn, delivery.id, NOON)
    outbox.claim(conn, NOON, 9, lease_seconds=600)
    outbox.dead(conn, delivery.id, an_attempt("refused"))
    outbox.replay(conn, delivery.id, NOON)
    assert len(outbox.claim(conn, NOON, 9, lease_seconds=60)) == 1
