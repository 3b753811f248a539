"""What a process does of the work: all of it by itself, or a part beside others."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from scheduler.config.settings import Settings
from storage.errors import ConfigError


class ProcessRole(StrEnum):
    """A part of the work; any number of processes may have it."""

    CRAWLER = "crawler"
    """Visits what is due, and makes stories of it."""

    SCHEDULER = "scheduler"
    """Matches stories to topics; one of them leads, and does what is done every so often."""

    DELIVERY = "delivery"
    """Sends what waits in the outbox."""

    WEB = "web"
    """Shows the pages, answers the API, and takes what hubs push."""


ALL = frozenset(ProcessRole)
ALL_OF_IT = "all"


def read_roles(words: Collection[str]) -> frozenset[ProcessRole]:
    """Read the roles that a command names. Raises ConfigError for one that there is not."""
    known = {role.value: role for role in ProcessRole}
    found: set[ProcessRole] = set()
    for word in words:
        if word == ALL_OF_IT:
            found |= ALL
        elif word in known:
            found.add(known[word])
        else:
            raise ConfigError(
                f"there is no role {word!r}; there are {', '.join(known)}, and {ALL_OF_IT} of them"
            )
    return frozenset(found or ALL)


def check_roles(roles: frozenset[ProcessRole], settings: Settings) -> None:
    """See that what the roles share is shared. Raises ConfigError naming what is missing."""
    storage = settings.storage
    if storage.database is None and roles != ALL:
        raise ConfigError(
            "a process with a part of the work needs a database that all share: set "
            "storage.database to postgresql://..., or run all roles in one process"
        )
    if storage.redis is None and roles != ALL:
        raise ConfigError(
            "processes that share the work share its hot state: set storage.redis, "
            "or run all roles in one process"
        )


def named(roles: frozenset[ProcessRole]) -> str:
    """Name roles, as they are shown."""
    return ALL_OF_IT if roles == ALL else "+".join(sorted(roles))
