"""Which addresses may be told, judged when they are typed and before anything is stored."""

from __future__ import annotations

from scheduler.actions.topics import AddressCheck
from scheduler.alerts.envelope import is_address
from scheduler.config.settings import Settings
from scheduler.config.wiring import egress
from scheduler.wording import apprise_address
from storage.errors import BlockedAddressError, InputError
from storage.models.recipients import Channel


def address_check(settings: Settings) -> AddressCheck:
    """Return a check of addresses that raises InputError for one that can't be told."""
    way_out = egress(settings)

    def check(channel: Channel, address: str) -> None:
        if channel is Channel.EMAIL:
            if not is_address(address):
                raise InputError(f"{address!r} is no address; one looks like desk@example.org")
        elif channel is Channel.APPRISE:
            apprise_address.check(address)
        else:
            try:
                way_out.check_url(address)
            except (BlockedAddressError, InputError) as error:
                raise InputError(f"{address}: {error}") from error

    return check
