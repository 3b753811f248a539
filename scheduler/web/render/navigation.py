"""The way through the site: which pages there are, for whom, and where somebody is; pure."""

from __future__ import annotations

from dataclasses import dataclass

from scheduler.access.identity import Identity
from storage.operators.accounts import Role

_PAGES = (
    ("Overview", "/", Role.VIEWER),
    ("Stories", "/stories", Role.VIEWER),
    ("Topics", "/topics", Role.VIEWER),
    ("Alerts", "/alerts", Role.VIEWER),
    ("Deliveries", "/deliveries", Role.VIEWER),
    ("Sources", "/sources", Role.VIEWER),
    ("Queue", "/queue", Role.VIEWER),
    ("Politeness", "/politeness", Role.VIEWER),
    ("Settings", "/settings", Role.ADMIN),
    ("Audit", "/audit", Role.ADMIN),
    ("Access", "/access", Role.ADMIN),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A link to a page; `current` when it is this one or leads to it."""

    name: str
    path: str
    current: bool


def entries(identity: Identity, path: str) -> tuple[Entry, ...]:
    """Return the pages that somebody may see, in order."""
    return tuple(
        Entry(name, at, _is_below(path, at)) for name, at, needs in _PAGES if identity.may(needs)
    )


def _is_below(path: str, page: str) -> bool:
    if page == "/alerts" and path == "/explain":
        return True
    return path == page or (page != "/" and path.startswith(f"{page}/"))
