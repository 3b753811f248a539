"""The way through the site: which pages there are, for whom, and where somebody is; pure."""

from __future__ import annotations

from dataclasses import dataclass

from scheduler.access.identity import Identity
from storage.operators.accounts import AccountRole

_PAGES = (
    ("Overview", "/", AccountRole.VIEWER),
    ("Stories", "/stories", AccountRole.VIEWER),
    ("Topics", "/topics", AccountRole.VIEWER),
    ("Alerts", "/alerts", AccountRole.VIEWER),
    ("Deliveries", "/deliveries", AccountRole.VIEWER),
    ("Sources", "/sources", AccountRole.VIEWER),
    ("Queue", "/queue", AccountRole.VIEWER),
    ("Politeness", "/politeness", AccountRole.VIEWER),
    ("Settings", "/settings", AccountRole.ADMIN),
    ("Audit", "/audit", AccountRole.ADMIN),
    ("Access", "/access", AccountRole.ADMIN),
)


@dataclass(frozen=True, slots=True)
class NavigationLink:
    """A link to a page; `current` when it is this one or leads to it."""

    name: str
    path: str
    current: bool


def navigation_links(identity: Identity, path: str) -> tuple[NavigationLink, ...]:
    """Return the pages that somebody may see, in order."""
    return tuple(
        NavigationLink(name, at, _is_below(path, at))
        for name, at, needs in _PAGES
        if identity.may(needs)
    )


def _is_below(path: str, page: str) -> bool:
    if page == "/alerts" and path == "/explain":
        return True
    return path == page or (page != "/" and path.startswith(f"{page}/"))
