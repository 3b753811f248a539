"""A topic's page: who is told, a test for each, and previews; nothing is sent by looking."""

from __future__ import annotations

import aiohttp
import pytest

from storage.delivery import alerts, outbox
from storage.models.deliveries import Delivery, DeliveryKind
from storage.models.topics import Topic
from storage.sql.database import Database
from storage.topics import topics


@pytest.fixture
def topic(db: Database) -> Topic:
    """Return a topic that has told of a story."""
    with db.connect() as conn:
        return topics.by_id(conn, alerts.list_recent(conn, 1)[0].topic_id)


def sent_in_tests(db: Database) -> list[Delivery]:
    with db.connect() as conn:
        return [d for d in outbox.list_by(conn, None, 100) if d.kind is DeliveryKind.TEST]


async def text(client: aiohttp.ClientSession, path: str, status: int = 200) -> str:
    async with client.get(path) as response:
        assert response.status == status
        return await response.text()


async def test_the_page_names_who_is_told_and_no_secret_path(
    client: aiohttp.ClientSession, topic: Topic
) -> None:
    page = await text(client, f"/topics/{topic.id}")
    assert topic.name in page
    assert "desk@newsroom.example" in page or "hooks.example.org" in page
    assert "secret-path" not in page


async def test_a_test_is_sent_by_its_button_and_not_twice_in_a_minute(
    editor: aiohttp.ClientSession, db: Database, topic: Topic
) -> None:
    recipient = topic.recipients[0]
    path = f"/topics/{topic.id}/recipients/{recipient.id}/test"
    async with editor.get(path) as response:
        assert response.status == 405
    async with editor.post(path) as response:
        assert response.status == 200
        assert "is on its way" in await response.text()
    [sent] = sent_in_tests(db)
    assert (sent.recipient_id, sent.address) == (recipient.id, recipient.address)
    async with editor.post(path) as response:
        assert response.status == 429
    assert len(sent_in_tests(db)) == 1


async def test_another_site_s_page_can_send_no_test(
    client: aiohttp.ClientSession, db: Database, topic: Topic
) -> None:
    path = f"/topics/{topic.id}/recipients/{topic.recipients[0].id}/test"
    async with client.post(path, headers={"Origin": "https://evil.example"}) as response:
        assert response.status == 403
    assert sent_in_tests(db) == []


async def test_a_preview_shows_each_channel_and_sends_nothing(
    client: aiohttp.ClientSession, db: Database, topic: Topic
) -> None:
    with db.connect() as conn:
        story = alerts.of_topic(conn, topic.id, 1)[0].story_id
        before = len(outbox.list_by(conn, None, 1000))
    page = await text(client, f"/stories/{story}/preview?topic={topic.id}")
    assert "To hear no more of this topic" in page
    assert "story.matched" in page
    with db.connect() as conn:
        assert len(outbox.list_by(conn, None, 1000)) == before


async def test_the_letter_is_shown_with_its_own_style_and_inert(
    client: aiohttp.ClientSession, db: Database, topic: Topic
) -> None:
    with db.connect() as conn:
        story = alerts.of_topic(conn, topic.id, 1)[0].story_id
    path = f"/stories/{story}/preview/letter?topic={topic.id}"
    async with client.get(path) as response:
        assert response.status == 200
        policy = response.headers["Content-Security-Policy"]
        assert "prefers-color-scheme: dark" in await response.text()
    assert "sandbox" in policy
    assert "script-src" not in policy
    for wrong in ("", "x", "9" * 5000, "9" * 19):
        await text(client, f"/stories/{story}/preview?topic={wrong}", 404)


async def test_the_schema_of_webhooks_is_published(client: aiohttp.ClientSession) -> None:
    assert "story.matched" in await text(client, "/schemas/alert-1.json")


async def test_what_is_not_there_is_not_found(editor: aiohttp.ClientSession, topic: Topic) -> None:
    await text(editor, "/topics/987654", 404)
    await text(editor, "/stories/1/preview", 404)
    await text(editor, f"/stories/987654/preview?topic={topic.id}", 404)
    async with editor.post(f"/topics/{topic.id}/recipients/987654/test") as response:
        assert response.status == 404
