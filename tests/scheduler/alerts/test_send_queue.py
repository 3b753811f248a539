"""To one address one delivery at a time and in order; few at a time to one host."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from scheduler.alerts.send_queue import SendQueue
from storage.models.deliveries import Delivery, DeliveryState
from storage.models.recipients import Channel
from tests.storage.world import NOON


def a_delivery(number: int, address: str) -> Delivery:
    channel = Channel.WEBHOOK if "://" in address else Channel.EMAIL
    plain = Delivery(
        number, f"u{number}", 1, 1, channel, address, b"", DeliveryState.PENDING, 0, NOON, NOON
    )
    return replace(plain, endpoint=address if channel is Channel.WEBHOOK else "email")


def any_may(_delivery: Delivery) -> bool:
    return True


def lanes_of(*addresses: str, at_once: int = 64, at_once_a_host: int = 3) -> SendQueue:
    lanes = SendQueue(at_once=at_once, at_once_a_host=at_once_a_host)
    lanes.take(a_delivery(number, address) for number, address in enumerate(addresses))
    return lanes


def started(lanes: SendQueue) -> list[Delivery]:
    found = []
    while (delivery := lanes.start(any_may)) is not None:
        found.append(delivery)
    return found


def test_the_next_to_an_address_waits_for_the_one_before_it() -> None:
    lanes = lanes_of("https://a.example/", "https://a.example/")
    [first] = started(lanes)
    assert first.id == 0
    lanes.ended(first)
    assert [each.id for each in started(lanes)] == [1]


def test_a_host_has_three_places_and_others_their_own() -> None:
    slow = [f"https://slow.example/{n}" for n in range(9)]
    lanes = lanes_of(*slow, "https://quick.example/")
    assert [each.address for each in started(lanes)] == [*slow[:3], "https://quick.example/"]


def test_all_mail_shares_the_places_of_the_relay() -> None:
    lanes = lanes_of(*(f"reader{n}@example.org" for n in range(9)))
    assert len(started(lanes)) == 3


def test_addresses_take_turns() -> None:
    lanes = lanes_of(*["https://a.example/"] * 3, "https://b.example/", at_once=1)
    order = []
    while (delivery := lanes.start(any_may)) is not None:
        order.append(delivery.address)
        lanes.ended(delivery)
    assert order[:2] == ["https://a.example/", "https://b.example/"]


def test_what_may_not_be_sent_now_holds_up_nobody_else() -> None:
    lanes = lanes_of("https://a.example/", "https://b.example/")
    found = lanes.start(lambda each: "b.example" in each.address)
    assert found is not None
    assert found.address == "https://b.example/"


def test_what_waits_for_an_endpoint_can_be_taken_out() -> None:
    lanes = lanes_of("https://a.example/", "https://b.example/", "https://a.example/")
    assert [each.id for each in lanes.drop("https://a.example/")] == [0, 2]
    assert len(lanes) == 1
    assert [each.id for each in lanes.drop()] == [1]
    assert lanes.addresses() == set()


@given(
    st.lists(st.sampled_from([f"https://{h}.example/{n}" for h in "abc" for n in range(4)])),
    st.randoms(use_true_random=False),
)
def test_whatever_ends_first_each_address_has_its_order_and_no_host_too_many(
    addresses: list[str], rng: random.Random
) -> None:
    lanes = lanes_of(*addresses, at_once=5, at_once_a_host=2)
    sending: list[Delivery] = []
    done: list[Delivery] = []
    while True:
        sending += started(lanes)
        assert len(sending) <= 5
        assert all(sum(f"//{host}." in each.address for each in sending) <= 2 for host in "abc")
        if not sending:
            break
        ended = sending.pop(rng.randrange(len(sending)))
        lanes.ended(ended)
        done.append(ended)
    assert len(done) == len(addresses)
    for address in set(addresses):
        ids = [each.id for each in done if each.address == address]
        assert ids == sorted(ids)
