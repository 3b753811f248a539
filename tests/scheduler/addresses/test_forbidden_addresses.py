"""An address that may never be reached is refused when it is typed, and not when something is sent."""

from __future__ import annotations

import pytest

from scheduler.actions.recipients import address_check
from scheduler.config.settings import Settings
from storage.errors import InputError
from storage.models.recipients import Channel

FORBIDDEN = {
    "http://localhost./x": Channel.WEBHOOK,
    "http://127.1/x": Channel.WEBHOOK,
    "http://[::ffff:10.0.0.1]/x": Channel.WEBHOOK,
    "http://169.254.169.254/latest": Channel.WEBHOOK,
    "https://hooks.example.org:22/": Channel.WEBHOOK,
    "json://10.0.0.1/x": Channel.APPRISE,
    "ntfy://user:word@localhost/topic": Channel.APPRISE,
    "mailto://user:word@192.168.1.4:25": Channel.APPRISE,
    "json://[::1]/x": Channel.APPRISE,
    "syslog://": Channel.APPRISE,
    "syslog://local0": Channel.APPRISE,
}


@pytest.mark.parametrize("address", FORBIDDEN)
def test_what_is_never_reached_is_refused_without_its_secrets(address: str) -> None:
    with pytest.raises(InputError) as refused:
        address_check(Settings())(FORBIDDEN[address], address)
    assert "word" not in str(refused.value)


def test_what_the_operator_allows_is_taken() -> None:
    settings = Settings.model_validate({"fetch": {"allow_networks": ["10.0.0.0/8"]}})
    for address in ("json://10.0.0.1/x", "json://hooks.example.org/x"):
        assert address_check(settings)(Channel.APPRISE, address).address == address
