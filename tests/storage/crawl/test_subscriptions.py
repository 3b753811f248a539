"""Subscriptions: which are wanted, which are due, and whose pushes are relied on."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, update

from storage.crawl import sources, subscriptions
from storage.crawl.subscriptions import Subscription, SubscriptionState
from storage.models.sources import Source
from storage.sql import schema
from tests.storage.world import NOON, a_source, after

pytestmark = pytest.mark.both_engines

HUB = "https://hub.example/"


def a_source_with_a_hub(conn: Connection, name: str) -> Source:
    source = a_source(conn, name)
    sources.set_hub(conn, source.id, HUB, None)
    return sources.get(conn, source.id)


def begun(conn: Connection, name: str) -> Subscription:
    source = a_source_with_a_hub(conn, name)
    return subscriptions.begin(conn, source, token=name, secret="s", now=NOON)


def test_a_source_with_a_hub_is_wanted_until_its_hub_is_asked(conn: Connection) -> None:
    a_source(conn, "without.example")
    source = a_source_with_a_hub(conn, "with.example")
    assert subscriptions.wanted(conn, 5) == [source]
    subscriptions.begin(conn, source, token="t", secret="s", now=NOON)
    assert subscriptions.wanted(conn, 5) == []


def test_another_hub_or_another_address_is_asked_anew_under_another_token(
    conn: Connection,
) -> None:
    held = begun(conn, "a.example")
    sources.set_hub(conn, held.source_id, HUB, "https://a.example/feed.xml")
    [source] = subscriptions.wanted(conn, 5)
    again = subscriptions.begin(conn, source, token="new", secret="s", now=NOON)
    assert again.topic_url == "https://a.example/feed.xml"
    assert subscriptions.by_token(conn, held.token) is None
    assert subscriptions.by_token(conn, "new") == again


def test_those_of_paused_sources_are_due_to_be_left(conn: Connection) -> None:
    held = begun(conn, "a.example")
    subscriptions.verified(conn, held, lease_until=after(60), next_at=after(40))
    assert subscriptions.due(conn, after(1), 5) == []
    sources.pause(conn, held.source_id)
    [due] = subscriptions.due(conn, after(1), 5)
    assert due.id == held.id
    assert not subscriptions.is_wanted(conn, due)


def test_a_hub_is_relied_on_while_it_holds_a_lease_and_uses_it(conn: Connection) -> None:
    for name, lease, push in [("a", 60, -5), ("b", -1, -5), ("c", 60, None), ("d", 60, -9000)]:
        held = begun(conn, f"{name}.example")
        subscriptions.verified(conn, held, lease_until=after(lease), next_at=after(40))
        if push is not None:
            subscriptions.pushed(conn, held, after(push))
    assert subscriptions.relied_on(conn, NOON, after(-60)) == {1}


def test_a_renewal_does_not_end_the_distrust(conn: Connection) -> None:
    held = begun(conn, "a.example")
    distrusted = replace_state(conn, held, SubscriptionState.DISTRUSTED)
    subscriptions.verified(conn, distrusted, lease_until=after(60), next_at=after(40))
    found = subscriptions.of_source(conn, held.source_id)
    assert found is not None
    assert found.state is SubscriptionState.DISTRUSTED


def replace_state(conn: Connection, held: Subscription, state: SubscriptionState) -> Subscription:
    conn.execute(
        update(schema.subscriptions).where(schema.subscriptions.c.id == held.id).values(state=state)
    )
    found = subscriptions.of_source(conn, held.source_id)
    assert found is not None
    return found
