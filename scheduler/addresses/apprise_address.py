"""Addresses of Apprise: whether one is understood, and how it is shown without its secrets."""

from __future__ import annotations

import importlib.util
import re
import warnings
from urllib.parse import urlsplit

from storage.errors import InputError

_ADDRESS = re.compile(r"(?P<service>[a-z][a-z0-9+.-]{1,30})://\S+", re.IGNORECASE)

_OF_THIS_MACHINE = frozenset(("dbus", "glib", "gnome", "kde", "macosx", "qt", "syslog", "windows"))


def check(address: str) -> None:
    """Refuse what is no address of a service that Apprise speaks. Raises InputError.

    Where Apprise is not installed, any that looks like one will do.
    """
    if _ADDRESS.fullmatch(address) is None:
        raise InputError(f"{shown(address)} is no address of Apprise; one is: slack://A/B/C/#desk")
    if _service(address) in _OF_THIS_MACHINE:
        raise InputError(
            f"{shown(address)} speaks to a program of this machine, and services are reached over "
            "the network alone"
        )
    if importlib.util.find_spec("apprise") is None:
        return
    if not _is_understood(address):
        raise InputError(
            f"{shown(address)} is no address that Apprise understands; "
            "see its documentation of the service"
        )


def host(address: str) -> str:
    """Return what stands where an address has its host; of many services that is a token."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:  # brackets that hold no address
        return ""


def _service(address: str) -> str:
    return address.partition(":")[0].lower()


def _is_understood(address: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of modules that it imports
        import apprise  # noqa: PLC0415 - the extra, and slow to import

        return apprise.Apprise.instantiate(address) is not None


def shown(address: str) -> str:
    """Return an address with its service only: what follows is most often a password."""
    parts = _ADDRESS.fullmatch(address)
    return "(an address)" if parts is None else f"{parts['service'].lower()}://…"
