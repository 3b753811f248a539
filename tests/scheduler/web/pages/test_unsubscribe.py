"""Unsubscribing: one click of a mail program, a button on a page, and nothing without our signature."""

from __future__ import annotations

from datetime import UTC, datetime

import aiohttp
import pytest

from scheduler.alerts.links import mute_token
from storage.models.recipients import Channel, NewRecipient, Routing
from storage.operators import secret_keys
from storage.sql.database import Database
from storage.topics import topics


@pytest.fixture
def path(db: Database) -> str:
    """Return the link of a topic's first recipient."""
    with db.begin() as conn:
        recipient = topics.list_all(conn)[0].recipients[0]
        return f"/unsubscribe/{mute_token(secret_keys.get(conn, secret_keys.LINKS), recipient.id)}"


def muted(db: Database) -> bool:
    with db.connect() as conn:
        return topics.list_all(conn)[0].recipients[0].routing.muted


async def test_looking_at_the_page_changes_nothing(
    client: aiohttp.ClientSession, db: Database, path: str
) -> None:
    async with client.get(path) as response:
        assert response.status == 200
        text = await response.text()
    with db.connect() as conn:
        topic = topics.list_all(conn)[0]
    assert topic.name in text
    assert topic.recipients[0].address not in text
    assert topic.recipients[0].address.rpartition("@")[2] in text
    assert not muted(db)


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"}]
)
async def test_one_click_mutes_the_recipient_for_that_topic(
    client: aiohttp.ClientSession, db: Database, path: str, headers: dict[str, str]
) -> None:
    click = {"List-Unsubscribe": "One-Click"}
    for _ in range(2):  # twice is as good as once
        async with client.post(path, data=click, headers=headers) as response:
            assert response.status == 200
    assert muted(db)
    with db.connect() as conn:
        others = [r for topic in topics.list_all(conn)[1:] for r in topic.recipients]
    assert not any(recipient.routing.muted for recipient in others)


async def test_the_link_of_a_digest_mutes_all_who_are_told_in_it(
    client: aiohttp.ClientSession, db: Database
) -> None:
    daily = Routing(digest="daily 07:30")
    with db.begin() as conn:
        key = secret_keys.get(conn, secret_keys.LINKS)
        one, two, at_once = (
            topics.add(
                conn,
                name=name,
                query="bell",
                recipients=[NewRecipient(Channel.EMAIL, "reader@newsroom.example", None, routing)],
                now=datetime.now(UTC),
            )
            for name, routing in (("one", daily), ("two", daily), ("at once", Routing()))
        )
    link = f"/unsubscribe/{mute_token(key, one.recipients[0].id, of_digest=True)}"
    async with client.get(link) as response:
        text = await response.text()
    assert "these topics?" in text
    assert "<bdi>one</bdi>" in text
    assert "<bdi>two</bdi>" in text
    async with client.post(link, data={"List-Unsubscribe": "One-Click"}) as response:
        assert response.status == 200
    with db.connect() as conn:
        now_muted = [
            topics.by_id(conn, topic.id).recipients[0].routing.muted
            for topic in (one, two, at_once)
        ]
    assert now_muted == [True, True, False]


async def test_a_link_that_we_did_not_sign_does_nothing(
    client: aiohttp.ClientSession, db: Database, path: str
) -> None:
    for wrong in (path[:-1], path + "x", "/unsubscribe/1", "/unsubscribe/1.", "/unsubscribe/x.y"):
        async with client.post(wrong) as response:
            assert response.status == 404
    assert not muted(db)


async def test_other_sites_pages_can_change_nothing_else_here(
    client: aiohttp.ClientSession,
) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        async with client.post("/topics/test", headers=headers) as response:
            assert response.status == 403
