"""From a hub's push to a page that is due: subscribe, verify, publish, renew, deny, leave."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from storage.crawl import sources
from storage.crawl.subscriptions import SubscriptionState as State
from storage.models.pages import PageState
from tests.scheduler.websub.world import MAX_BYTES, Pushing, json_feed, pushing


@pytest.fixture
async def push(tmp_path: Path) -> AsyncIterator[Pushing]:
    async with pushing(tmp_path / "w.db") as world:
        yield world


async def test_a_push_brings_a_page_at_once(push: Pushing) -> None:
    source = await push.subscribed()
    [form] = push.hub.asked
    assert form["hub.topic"] == "https://meridian.example/feed.json", "its own address for itself"
    assert push.hub.verified == [("subscribe", 200, True)]
    assert push.subscription(source).state is State.ACTIVE

    assert await push.hub.publish(json_feed("ferry")) == 202
    [listed] = push.pages(source)
    leases = await push.world.frontier.claim(push.world.now, 5)
    assert (listed.listing.found_how, listed.listing.backlog) == ("push", False)
    assert listed.page.state is PageState.DUE
    assert [str(lease.due.key) for lease in leases] == [f"page:{listed.page.id}"]
    assert push.subscription(source).pushes == 1


async def test_a_replayed_push_changes_nothing(push: Pushing) -> None:
    source = await push.subscribed()
    for _ in range(3):
        assert await push.hub.publish(json_feed("ferry", "harbour")) == 202
    assert len(push.pages(source)) == 2


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
async def test_each_of_the_four_methods_is_taken(push: Pushing, method: str) -> None:
    source = await push.subscribed()
    assert await push.hub.publish(json_feed("ferry"), method=method) == 202
    assert len(push.pages(source)) == 1


@pytest.mark.parametrize("forged", [{"secret": "guessed"}, {"signature": ""}])
async def test_a_push_without_the_right_signature_is_accepted_ignored_and_counted(
    push: Pushing, forged: dict[str, str]
) -> None:
    source = await push.subscribed()
    assert await push.hub.publish(json_feed("ferry"), **forged) == 202
    assert push.pages(source) == []
    assert push.ignored(source) == 1
    assert push.subscription(source).pushes == 0


@pytest.mark.parametrize("body", [b"", b"ping", b"<html>", json_feed()])
async def test_a_thin_ping_makes_the_source_due_at_once(push: Pushing, body: bytes) -> None:
    source = await push.subscribed()
    push.world.now += timedelta(minutes=5)
    assert await push.hub.publish(body) == 202
    told = push.now_of(source)
    assert told.schedule.next_fetch_at == push.world.now
    assert told.schedule.next_reason == "its hub said that there is something new"
    [lease] = await push.world.frontier.claim(push.world.now, 5)
    assert str(lease.due.key) == f"source:{source.id}"

    await push.polled(source, "ferry")
    assert [listed.listing.found_how for listed in push.pages(source)] == ["push"]


async def test_a_hub_that_pings_all_the_time_makes_one_poll_a_minute(push: Pushing) -> None:
    source = await push.subscribed()
    push.world.now += timedelta(seconds=10)
    for _ in range(5):
        await push.hub.publish(b"")
    assert push.now_of(source).schedule.next_fetch_at == push.world.now + timedelta(seconds=50)


async def test_a_body_of_the_largest_size_is_taken_and_a_larger_one_refused(push: Pushing) -> None:
    source = await push.subscribed()
    whole = json_feed("ferry")
    assert await push.hub.publish(whole + b" " * (MAX_BYTES - len(whole))) == 202
    assert len(push.pages(source)) == 1
    large = json_feed("harbour")
    with contextlib.suppress(aiohttp.ClientConnectionError):  # closed while it was still sending
        assert await push.hub.publish(large + b" " * (MAX_BYTES - len(large) + 1)) == 413
    assert len(push.pages(source)) == 1
    assert push.ignored(source) == 1


async def test_a_body_in_parts_is_cut_off_where_it_is_too_large(push: Pushing) -> None:
    source = await push.subscribed()
    callback = push.hub.asked[0]["hub.callback"]

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(12):
            yield b" " * 1_000_000

    try:
        async with push.hub.client.post(callback, data=parts()) as response:
            assert response.status == 413
    except aiohttp.ClientConnectionError:
        pass  # closed while it was still sending: as good a refusal
    assert push.ignored(source) == 1


async def test_a_body_that_never_ends_is_cut_off_and_holds_nobody_up(tmp_path: Path) -> None:
    async with pushing(tmp_path / "slow.db", seconds=0.5) as push:
        source = await push.subscribed()
        callback, over = push.hub.asked[0]["hub.callback"], asyncio.Event()

        async def endless() -> AsyncIterator[bytes]:
            yield b"{"
            await over.wait()

        async with push.hub.client.post(callback, data=endless()) as response:
            assert response.status == 408
        over.set()
        assert push.ignored(source) == 1
        assert await push.hub.publish(json_feed("ferry")) == 202
        assert len(push.pages(source)) == 1


async def test_verification_answers_only_what_was_asked(push: Pushing) -> None:
    await push.subscribed()
    [form] = push.hub.asked
    assert await push.hub.verify(form) == 200
    assert await push.hub.verify(form, topic="https://other.example/") == 404
    assert await push.hub.verify(form, mode="unsubscribe") == 404
    assert await push.hub.verify(form, challenge="") == 404
    stranger = form | {"hub.callback": f"{push.web.url}push/guessed"}
    assert await push.hub.verify(stranger) == 404
    assert await push.hub.publish(json_feed("ferry")) == 202


async def test_a_push_to_an_unknown_token_is_not_found(push: Pushing) -> None:
    await push.subscribed()
    async with push.hub.client.post(f"{push.web.url}push/guessed", data=b"x") as response:
        assert response.status == 404


async def test_tokens_and_secrets_are_each_sources_own(push: Pushing) -> None:
    one, other = push.source("one.example"), push.source("other.example")
    await push.keep()
    first, second = push.subscription(one), push.subscription(other)
    assert first.token != second.token
    assert first.secret != second.secret
    assert min(len(first.token), len(first.secret)) >= 32


async def test_a_lease_is_renewed_at_two_thirds(push: Pushing) -> None:
    push.hub.lease = str(30 * 3600)
    source = await push.subscribed()
    first = push.subscription(source).lease_until
    await push.keep(hours=17)
    assert len(push.hub.asked) == 1
    await push.keep(hours=6)
    assert len(push.hub.asked) == 2
    renewed = push.subscription(source).lease_until
    assert first is not None
    assert renewed == first + timedelta(hours=23)


async def test_a_lease_of_nothing_is_no_lease_and_the_hub_is_asked_again(push: Pushing) -> None:
    push.hub.lease = "0"
    source = await push.subscribed()
    held = push.subscription(source)
    assert (held.state, held.error) == (State.ASKED, "the hub leases for 0 s only")
    await push.keep(minutes=5)
    assert len(push.hub.asked) == 1
    await push.keep(minutes=7)
    assert len(push.hub.asked) == 2


async def test_a_lease_of_ten_years_is_believed_for_a_month(push: Pushing) -> None:
    push.hub.lease = str(10 * 365 * 86400)
    source = await push.subscribed()
    assert push.subscription(source).lease_until == push.world.now + timedelta(days=30)


async def test_a_lease_that_is_not_renewed_lapses_and_the_source_is_polled(push: Pushing) -> None:
    source = await push.subscribed()
    await push.hub.publish(json_feed("ferry"))
    await push.keep(minutes=1)
    assert push.relied[-1] == {source.id}
    push.hub.verifies = False
    await push.keep(days=11)
    assert push.relied[-1] == frozenset()
    assert push.subscription(source).error == "its lease ran out"
    assert push.now_of(source).schedule.next_fetch_at <= push.world.now
    push.hub.verifies = True
    await push.keep(days=2)
    assert push.subscription(source).state is State.ACTIVE


async def test_a_denial_is_recorded_by_name_and_asked_again_after_a_day(push: Pushing) -> None:
    push.hub.denies = "no such topic"
    source = await push.subscribed()
    held = push.subscription(source)
    assert (held.state, held.error) == (State.DENIED, "denied by the hub: no such topic")
    await push.keep(hours=20)
    assert len(push.hub.asked) == 1
    push.hub.denies = None
    await push.keep(hours=7)
    assert push.subscription(source).state is State.ACTIVE


async def test_a_hub_that_denies_what_it_leased_is_not_relied_on(push: Pushing) -> None:
    source = await push.subscribed()
    await push.hub.publish(json_feed("ferry"))
    form = push.hub.asked[0]
    query = {"hub.mode": "denied", "hub.topic": form["hub.topic"], "hub.reason": "moved"}
    assert await push.hub.ask(form["hub.callback"], query) == 200
    await push.keep(minutes=1)
    assert push.relied[-1] == frozenset()
    assert push.now_of(source).schedule.next_fetch_at == push.world.now


async def test_a_hub_that_never_verifies_is_asked_ever_more_seldom(push: Pushing) -> None:
    push.hub.verifies = False
    source = await push.subscribed()
    for _ in range(48):
        await push.keep(hours=1)
    assert 6 <= len(push.hub.asked) <= 10
    held = push.subscription(source)
    assert (held.state, held.failures) == (State.ASKED, len(push.hub.asked))
    assert held.error == "the hub has not verified the last request"
    assert push.relied[-1] == frozenset()


async def test_a_hub_that_is_down_is_named_and_asked_again(push: Pushing) -> None:
    push.hub.answers = 500
    source = await push.subscribed()
    assert push.subscription(source).error == "the hub answered 500: said the hub"
    push.hub.answers = 202
    await push.keep(minutes=12)
    held = push.subscription(source)
    assert (held.state, held.error, held.failures) == (State.ACTIVE, "", 0)


async def test_a_hub_at_a_private_address_is_not_asked(push: Pushing) -> None:
    source = push.source()
    with push.world.db.begin() as conn:
        sources.set_hub(conn, source.id, "http://10.0.0.1:8080/hub", None)
    await push.keep()
    assert "blocked_address" in push.subscription(source).error


@pytest.mark.parametrize("how", ["pause", "remove"])
async def test_a_source_that_is_paused_or_removed_is_unsubscribed(push: Pushing, how: str) -> None:
    source = await push.subscribed()
    with push.world.db.begin() as conn:
        if how == "pause":
            sources.pause(conn, source.id)
        else:
            sources.remove(conn, source.id, push.world.now)
    await push.keep(minutes=1)
    assert push.hub.asked[-1]["hub.mode"] == "unsubscribe"
    assert push.hub.verified[-1] == ("unsubscribe", 200, True)
    assert push.find(source) is None
    assert await push.hub.publish(json_feed("ferry")) == 404


async def test_a_hub_that_goes_on_pushing_to_a_paused_source_hears_that_it_is_over(
    push: Pushing,
) -> None:
    source = await push.subscribed()
    push.hub.verifies = False
    with push.world.db.begin() as conn:
        sources.pause(conn, source.id)
    await push.keep(minutes=1)
    assert await push.hub.publish(json_feed("ferry")) == 410
    for _ in range(3):
        await push.keep(hours=3)
    assert push.find(source) is None, "it is not waited for any more"
    assert push.pages(source) == []


async def test_leaving_a_slow_hub_does_not_plan_a_visit_to_the_paused_source(push: Pushing) -> None:
    source = await push.subscribed()
    push.hub.verifies = False
    with push.world.db.begin() as conn:
        sources.pause(conn, source.id)
    planned = push.now_of(source).schedule.next_fetch_at
    for _ in range(3):
        await push.keep(minutes=1)
    assert push.subscription(source).state is State.LEAVING
    assert push.now_of(source).schedule.next_fetch_at == planned


async def test_a_source_that_is_resumed_is_subscribed_again(push: Pushing) -> None:
    source = await push.subscribed()
    with push.world.db.begin() as conn:
        sources.pause(conn, source.id)
    await push.keep(minutes=1)
    with push.world.db.begin() as conn:
        sources.resume(conn, source.id, push.world.now)
    await push.keep(minutes=1)
    assert push.subscription(source).state is State.ACTIVE
    await push.hub.publish(json_feed("ferry"))
    assert len(push.pages(source)) == 1


async def test_a_listing_that_names_a_hub_has_it_asked(push: Pushing) -> None:
    source = push.world.source()
    await push.keep()
    assert push.hub.asked == []
    await push.polled(source, "ferry")
    await push.keep(minutes=1)
    assert push.subscription(source).state is State.ACTIVE


async def test_a_hub_that_a_listing_names_no_more_is_left(push: Pushing) -> None:
    source = await push.subscribed()
    with push.world.db.begin() as conn:
        sources.set_hub(conn, source.id, None, None)
    await push.keep(minutes=1)
    assert push.hub.asked[-1]["hub.mode"] == "unsubscribe"
    assert push.find(source) is None


async def test_a_hub_of_many_sources_gets_few_requests_a_minute(push: Pushing) -> None:
    for number in range(15):
        push.source(f"site{number}.example")
    await push.keep()
    assert len(push.hub.asked) == 6
    await push.keep(minutes=1)
    await push.keep(minutes=1)
    assert len(push.hub.asked) == 15


async def test_a_hub_of_an_xml_feed_is_asked_and_its_push_is_taken(push: Pushing) -> None:
    source = push.world.source()
    links = f'<atom:link rel="hub" href="{push.hub.url}"/>'
    await push.world.answer(f"source:{source.id}", source.url, _rss("ferry", links))
    await push.keep(minutes=1)
    assert push.hub.asked[-1]["hub.topic"] == source.url
    await push.hub.publish(_rss("harbour").encode(), content_type="application/rss+xml")
    assert {listed.listing.found_how for listed in push.pages(source)} == {"feed", "push"}


async def test_the_hub_of_the_answers_headers_counts_before_that_of_its_text(push: Pushing) -> None:
    source = push.world.source()
    await push.world.answer(
        f"source:{source.id}",
        source.url,
        _rss("ferry", '<atom:link rel="hub" href="https://other.example/"/>'),
        links=f'<{push.hub.url}>; rel="hub", </rss?all>; rel="self"',
    )
    await push.keep(minutes=1)
    assert push.hub.asked[-1]["hub.topic"] == "https://meridian.example/rss?all"
    assert push.subscription(source).state is State.ACTIVE


async def test_a_hub_whose_pushes_do_not_come_is_distrusted_until_they_do(push: Pushing) -> None:
    source = await push.subscribed()
    await push.hub.publish(json_feed("one"))
    await push.keep(minutes=1)
    assert push.relied[-1] == {source.id}

    push.world.now += timedelta(hours=24)
    await push.polled(source, "one", "two", "three", "four")
    await push.keep(minutes=1)
    held = push.subscription(source)
    assert held.state is State.DISTRUSTED
    assert held.error == "3 of the last 4 items were found by polling first"
    assert push.relied[-1] == frozenset()
    assert push.now_of(source).schedule.next_fetch_at == push.world.now

    await push.hub.publish(json_feed("five", "six", "seven"))
    await push.keep(minutes=1)
    assert push.subscription(source).state is State.ACTIVE
    assert push.relied[-1] == {source.id}


async def test_pushes_wait_while_nothing_can_take_them(push: Pushing) -> None:
    source = await push.subscribed()
    await push.receiver.close()
    assert await push.hub.publish(json_feed("ferry")) == 503
    push.receiver.open(push.world.pipeline)
    assert await push.hub.publish(json_feed("ferry")) == 202
    assert len(push.pages(source)) == 1


async def test_the_public_name_opens_the_callback_and_nothing_else(push: Pushing) -> None:
    await push.subscribed()
    token = push.hub.asked[0]["hub.callback"].rsplit("/", 1)[1]
    for path, status in [(f"push/{token}", 202), ("", 421), ("api/v1/stats", 421)]:
        async with push.hub.client.request(
            "POST" if path.startswith("push") else "GET",
            f"{push.web.url}{path}",
            headers={"Host": "watch.example"},
        ) as response:
            assert response.status == status, path


def _rss(path: str, links: str = "") -> str:
    return f"""<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
        <title>News</title>{links}<item><title>About {path}</title>
        <link>https://meridian.example/{path}</link></item></channel></rss>"""
