"""Addresses of chat services: how each is reached instead, in the form that Apprise itself understands."""

from __future__ import annotations

import re

import pytest

from scheduler.addresses import apprise_address
from scheduler.addresses.chat_services import chat_notes
from storage.errors import InputError

_KEY = "a1b2c3d4e5f6g7h8i9j0k1l2m3"
_AZURE = "https://prod-12.westeurope.logic.azure.com:443"


@pytest.mark.parametrize(
    ("address", "service"),
    [
        ("https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", "Slack"),
        (
            "https://discord.com/api/webhooks/417429632418316298/JHZ7lQml277CDHmQKMHI8qBe7bk2",
            "Discord",
        ),
        (
            "https://discordapp.com/api/webhooks/417429632418316298/JHZ7lQml277CDHmQK/slack",
            "Discord",
        ),
        (
            "https://chat.googleapis.com/v1/spaces/AAAAx0y1/messages?key=AIzaSyDdI0hCZtE6vySjMm&token=EXA3_mple",
            "Google Chat",
        ),
    ],
)
def test_an_address_that_only_a_chat_service_has_is_refused_with_the_one_to_use(
    address: str, service: str
) -> None:
    with pytest.raises(InputError, match=f"this is {service}") as caught:
        chat_notes(address)
    assert _is_understood(str(caught.value))


@pytest.mark.parametrize(
    ("address", "service"),
    [
        (f"https://chat.newsroom.example/hooks/{_KEY}", "Mattermost"),
        (f"https://chat.newsroom.example:8065/team/hooks/{_KEY}", "Mattermost"),
        (f"http://chat.newsroom.example/hooks/{_KEY}", "Mattermost"),
        (
            f"{_AZURE}/workflows/643e69f83c8944/triggers/manual/paths/invoke?sv=1.0&sig=KODuebWbDGYFr0z0eu",
            "Teams",
        ),
    ],
)
def test_an_address_that_may_be_anybody_s_is_taken_with_a_note(address: str, service: str) -> None:
    [note] = chat_notes(address)
    assert f"if this is {service}" in note
    assert _is_understood(note)


@pytest.mark.parametrize(
    "address",
    [
        "https://hooks.slack.com/workflows/T1/A1/2/x",
        "https://discord.com/api/other",
    ],
)
def test_a_form_that_is_not_known_of_a_host_that_is_known_names_apprise(address: str) -> None:
    with pytest.raises(InputError, match="--apprise: https://"):
        chat_notes(address)


def test_a_connector_of_teams_is_refused_with_what_has_come_in_its_place() -> None:
    connector = "https://news.webhook.office.com/webhookb2/1@2/IncomingWebhook/3/4"
    with pytest.raises(InputError, match="make a workflow in Teams"):
        chat_notes(connector)


@pytest.mark.parametrize(
    "address",
    [
        "https://hooks.example.org/x",
        "https://notslack.com/services/T1/A1/x",
        "https://example.org/hooks/short",
        "https://example.org/?u=https://hooks.slack.com/services/T1/A1/x",
    ],
)
def test_any_other_address_is_taken_in_silence(address: str) -> None:
    assert chat_notes(address) == ()


def _is_understood(says: str) -> bool:
    written = re.search(r"--apprise '([^']+)'", says)
    assert written is not None
    apprise_address.check(written[1])
    return True
