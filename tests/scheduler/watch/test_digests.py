"""Digests and summaries: all in one message at its time, nothing lost and nothing twice."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, time, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from jsonschema import Draft202012Validator

from scheduler.alerts.content import MessageStyle
from scheduler.alerts.digest_maker import DigestMaker
from scheduler.alerts.links import MessageLinks, read_mute_token
from scheduler.alerts.webhook_body import published_schema
from scheduler.lists.alerts import held_recipients
from scheduler.web.pages.deliveries import lines_of
from storage.delivery import alerts, digest_entries, outbox
from storage.models.deliveries import Delivery, DeliveryKind
from storage.models.recipients import Channel, NewRecipient, Routing
from storage.sql.database import Database
from storage.topics import topics
from tests.scheduler.watch.test_watch_modes import Newsroom, opened
from tests.storage.world import NOON

DAILY = Routing(digest="daily 07:30", time_zone="Europe/Berlin")
MORNING = datetime.fromisoformat("2026-06-02T07:30+02:00")
FEW = Routing(most_an_hour=3)


@pytest.fixture
async def newsroom(db: Database) -> AsyncIterator[Newsroom]:
    async with opened(db) as newsroom:
        yield newsroom


def sent(newsroom: Newsroom, kind: DeliveryKind | None = None) -> list[Delivery]:
    with newsroom.db.connect() as conn:
        found = outbox.list_by(conn, None, 1000)[::-1]
    return [each for each in found if kind in (None, each.kind)]


async def gather(newsroom: Newsroom, at: datetime) -> list[Delivery]:
    """Run the job at a time; the digests and summaries there are then."""
    newsroom.now = at
    await DigestMaker(
        db=newsroom.db,
        style=MessageStyle(
            "wirewatch@newsroom.example",
            MessageLinks("https://wire.newsroom.example", b"key", public=True),
            stale_days=10,
        ),
        clock=lambda: at,
        on_outbox=lambda: None,
    ).make_due()
    return [each for each in sent(newsroom) if each.kind is not DeliveryKind.ALERT]


def watch(newsroom: Newsroom, name: str, query: str, told: Sequence[NewRecipient]) -> None:
    with newsroom.db.begin() as conn:
        topics.add(conn, name=name, query=query, recipients=told, now=NOON)


def mail_of(delivery: Delivery) -> EmailMessage:
    return message_from_bytes(delivery.payload, policy=policy.default)


def text_of(delivery: Delivery) -> str:
    body = mail_of(delivery).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


async def test_a_digest_waits_for_its_local_time_and_tells_all_in_one(newsroom: Newsroom) -> None:
    newsroom.topic(DAILY)
    for number in range(3):
        await newsroom.publish(f"The ferry {number} sank.")
    assert sent(newsroom) == []
    assert await gather(newsroom, MORNING - timedelta(seconds=1)) == []
    [digest] = await gather(newsroom, MORNING)
    assert (digest.kind, digest.alert_id) == (DeliveryKind.DIGEST, None)
    assert "3 stories for your digest, daily 07:30" in text_of(digest)
    assert text_of(digest).count("The story: https://wire.newsroom.example/stories/") == 3


async def test_nothing_is_told_twice_whatever_the_clock_does(newsroom: Newsroom) -> None:
    newsroom.topic(DAILY)
    await newsroom.publish()
    [digest] = await gather(newsroom, MORNING)
    for at in (MORNING, MORNING - timedelta(hours=8), MORNING + timedelta(days=3)):
        assert await gather(newsroom, at) == [digest]


async def test_after_a_sleep_of_days_there_is_one_digest_with_all_of_it(
    newsroom: Newsroom,
) -> None:
    newsroom.topic(DAILY)
    await newsroom.publish("The ferry one sank.")
    newsroom.now = NOON + timedelta(days=4)
    await newsroom.publish("The ferry two sank.")
    [digest] = await gather(newsroom, newsroom.now)
    assert text_of(digest).count("The story:") == 2
    await newsroom.publish("The ferry three sank.")
    assert len(await gather(newsroom, NOON + timedelta(days=6))) == 2


async def test_topics_of_one_address_come_in_one_digest(newsroom: Newsroom) -> None:
    desk = NewRecipient(Channel.EMAIL, "desk@newsroom.example", None, DAILY)
    watch(newsroom, "ferries", "ferry", [desk])
    watch(newsroom, "bells", "bell", [desk])
    await newsroom.publish("The ferry sank.")
    await newsroom.publish("The bell rang.")
    [digest] = await gather(newsroom, MORNING)
    lines = text_of(digest).splitlines()
    assert lines.index("bells") < lines.index("ferries")


async def test_without_a_story_there_is_no_digest(newsroom: Newsroom) -> None:
    newsroom.topic(DAILY)
    await newsroom.publish("The bell rang.")
    assert await gather(newsroom, MORNING) == []


async def test_a_story_of_several_topics_is_counted_and_listed_once(newsroom: Newsroom) -> None:
    desk = NewRecipient(Channel.EMAIL, "desk@newsroom.example", None, DAILY)
    hook = NewRecipient(Channel.WEBHOOK, "https://hooks.example/", "whsec_c2VjcmV0", DAILY)
    watch(newsroom, "ferries", "ferry", [desk, hook])
    watch(newsroom, "bells", "bell", [desk, hook])
    await newsroom.publish("The ferry sank and its bell rang.")
    await newsroom.publish("The ferry two sank.")
    mail, web = await gather(newsroom, MORNING)
    assert "2 stories for your digest" in text_of(mail)
    assert text_of(mail).count("The story:") == 2
    assert "also of: ferries" in text_of(mail)
    assert mail_of(mail)["Subject"] == "2 stories: bells, ferries"
    body = json.loads(web.payload)
    Draft202012Validator(json.loads(published_schema())).validate(body)
    assert body["data"]["count"] == 2
    [both, one] = body["data"]["stories"]
    assert (both["topics"], len(both["alert_ids"])) == (["ferries", "bells"], 2)
    assert one["topics"] == ["ferries"]
    with newsroom.db.connect() as conn:
        assert [len(line.topics) for line in lines_of(conn, mail.uid)] == [2, 1]


async def test_a_digest_over_several_topics_is_unsubscribed_from_in_one(newsroom: Newsroom) -> None:
    desk = NewRecipient(Channel.EMAIL, "Desk@newsroom.example", None, DAILY)
    same = NewRecipient(Channel.EMAIL, "desk@newsroom.example", None, DAILY)
    at_once = NewRecipient(Channel.EMAIL, "desk@newsroom.example")
    other = NewRecipient(Channel.EMAIL, "night@newsroom.example", None, DAILY)
    watch(newsroom, "ferries", "ferry", [desk, other])
    watch(newsroom, "bells", "bell", [same])
    watch(newsroom, "boats", "boat", [at_once])
    await newsroom.publish("The ferry sank.")
    await newsroom.publish("The bell rang.")
    digest, others = await gather(newsroom, MORNING)
    link = mail_of(digest)["List-Unsubscribe"].strip("<>")
    token = read_mute_token(b"key", link.rpartition("/")[2])
    assert link.startswith("https://wire.newsroom.example/unsubscribe/")
    assert mail_of(digest)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert token is not None
    assert token.of_digest
    with newsroom.db.begin() as conn:
        [named] = topics.recipients(conn, [token.recipient_id])
        together = topics.told_together(conn, named)
        assert [each.address for each in together] == [desk.address, same.address]
    alone = read_mute_token(b"key", mail_of(others)["List-Unsubscribe"].strip("<>").split("/")[-1])
    assert alone is not None
    assert not alone.of_digest


@pytest.mark.parametrize("whole", [False, True])
async def test_who_was_muted_meanwhile_is_sent_nothing_and_the_alert_says_why(
    newsroom: Newsroom, whole: bool
) -> None:
    topic = newsroom.topic(DAILY)
    await newsroom.publish()
    with newsroom.db.begin() as conn:
        if whole:
            topics.set_quiet(conn, topic.id, muted=True, snoozed_until=None)
        else:
            topics.mute(conn, topic.recipients[0].id)
    assert await gather(newsroom, MORNING) == []
    with newsroom.db.connect() as conn:
        assert digest_entries.count(conn) == 0
        [alert] = alerts.list_recent(conn, 5)
        [(who, why)] = held_recipients(conn, alert)
    assert topic.recipients[0].address in who
    assert why == ("the topic is muted" if whole else "the recipient is muted")


@pytest.mark.parametrize("what", ["topic", "recipient"])
async def test_what_waits_when_topic_or_recipient_is_removed_is_told(
    newsroom: Newsroom, what: str
) -> None:
    topic = newsroom.topic(DAILY)
    await newsroom.publish()
    with newsroom.db.begin() as conn:
        if what == "topic":
            topics.remove(conn, topic.name, NOON)
        else:
            topics.set_recipients(conn, topic.id, [], NOON)
    [digest] = await gather(newsroom, MORNING)
    assert "1 story for your digest" in text_of(digest)
    assert mail_of(digest)["List-Unsubscribe"] is None, "there is nothing left to unsubscribe from"


async def test_what_waits_when_the_digest_is_taken_off_is_told(newsroom: Newsroom) -> None:
    topic = newsroom.topic(DAILY)
    await newsroom.publish()
    with newsroom.db.begin() as conn:
        topics.set_routing(conn, topic.recipients[0].id, Routing())
    [digest] = await gather(newsroom, MORNING)
    assert digest.kind is DeliveryKind.DIGEST
    assert "1 story that waited for your digest" in text_of(digest)


async def test_a_digest_waits_for_quiet_hours_to_end(newsroom: Newsroom) -> None:
    newsroom.topic(Routing(digest="hourly", quiet_from=time(10), quiet_until=time(15)))
    await newsroom.publish()
    [digest] = await gather(newsroom, NOON + timedelta(hours=1))
    assert digest.next_attempt_at == NOON.replace(hour=15)
    assert digest.last_error == "waits: quiet hours"


async def test_beyond_so_many_an_hour_the_rest_comes_in_one_summary(newsroom: Newsroom) -> None:
    newsroom.topic(FEW)
    for number in range(20):
        newsroom.now = NOON + timedelta(minutes=number)
        await newsroom.publish(f"The ferry {number} sank.")
    assert len(sent(newsroom, DeliveryKind.ALERT)) == 3
    assert await gather(newsroom, NOON + timedelta(minutes=59)) == []
    [summary] = await gather(newsroom, NOON + timedelta(minutes=60))
    assert summary.kind is DeliveryKind.SUMMARY
    assert "17 stories more: you are told 3 an hour at once" in text_of(summary)
    newsroom.now = NOON + timedelta(hours=2)
    await newsroom.publish("The ferry sank again.")
    assert len(sent(newsroom, DeliveryKind.ALERT)) == 4


async def test_a_storm_of_matches_is_a_few_alerts_and_one_summary_that_lists_all(
    newsroom: Newsroom,
) -> None:
    hook = NewRecipient(Channel.WEBHOOK, "https://hooks.example/", "whsec_c2VjcmV0", FEW)
    watch(newsroom, "ferries", "ferry", [hook])
    for number in range(260):
        await newsroom.publish(f"The ferry {number} sank.")
    [summary] = await gather(newsroom, NOON + timedelta(hours=1))
    body = json.loads(summary.payload)
    Draft202012Validator(json.loads(published_schema())).validate(body)
    assert len(summary.payload) < 20_000
    assert body["data"]["count"] == 257
    assert body["data"]["more"] == 257 - len(body["data"]["stories"]) > 0
    assert body["data"]["link"].endswith(f"/digests/{summary.uid}")
    with newsroom.db.connect() as conn:
        assert len(lines_of(conn, summary.uid)) == 257


async def test_a_service_gets_a_short_list(newsroom: Newsroom) -> None:
    watch(newsroom, "ferries", "ferry", [NewRecipient(Channel.APPRISE, "json://x", None, DAILY)])
    for number in range(30):
        await newsroom.publish(f"The ferry {number} sank.")
    [digest] = await gather(newsroom, MORNING)
    said = json.loads(digest.payload)
    assert said["title"] == "30 stories: ferries"
    assert "and 5 more: https://wire.newsroom.example/digests/" in said["body"]


async def test_who_is_told_at_once_is_not_kept_waiting_by_who_has_a_digest(
    newsroom: Newsroom,
) -> None:
    newsroom.topic(DAILY, Routing())
    await newsroom.publish()
    assert [each.address for each in sent(newsroom)] == ["desk2@newsroom.example"]
