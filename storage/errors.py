"""Every error that Wirewatch raises on purpose.

WirewatchError
├── ConfigError              a setting is wrong: file, line, key, remedy
├── InputError               an operator's input is wrong (an address, a name)
│   ├── QueryError           a topic's query: position, what was expected, a suggestion
│   └── NotFoundError        nothing of that name or id
├── StorageError             the database said no
│   ├── SchemaTooNewError    the database was written by a newer Wirewatch
│   ├── DataLockedError      another daemon works on this data directory (exit 75)
│   ├── ConflictError        two transactions could not both be; this one may be run again
│   ├── LeaseLostError       another process does now what this one did; nothing was stored
│   ├── CorruptError         the database's file is damaged: it has to be restored from a copy
│   ├── FullError            there is no room on the database's disk; nothing was stored
│   ├── UnreachableError     the database's server can't be reached; nothing was stored
│   ├── HotStateError            Redis is out of reach, full, or takes no writes
│   │   └── HotStateLostError    Redis answers, but what it held is gone: it has to be filled anew
│   └── FrontierKeyError     a text is no key of the frontier
├── FetchError               a visit to a page failed; carries a `Problem`
│   ├── BlockedAddressError  the egress guard refused an address
│   └── HostClosedError      the host asked to be left alone for longer than we wait
├── ExtractError             a body gave no article or listing; carries a `Problem`
└── DeliveryError            a recipient did not take a delivery
    ├── DeliveryRefusedError   for good: do not try again
    └── DeliveryDeferredError  try again, perhaps not before a given time
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from storage.models.problems import Problem


class WirewatchError(Exception):
    """Root of the tree; its text is written for operators."""


class ConfigError(WirewatchError):
    """A setting is wrong; the text names file, line and key, and says what would be right."""


class InputError(WirewatchError):
    """What an operator typed can't be used; the text says why and what would do."""


class QueryError(InputError):
    """A topic's query can't be read or would match everything.

    `position` counts characters from 0; `expected` lists what could stand there.
    """

    def __init__(
        self,
        message: str,
        *,
        position: int = 0,
        expected: tuple[str, ...] = (),
        suggestion: str | None = None,
    ) -> None:
        super().__init__(message)
        self.position = position
        self.expected = expected
        self.suggestion = suggestion


class NotFoundError(InputError):
    """There is no source, topic, article, story, alert or delivery of that name or id."""


class StorageError(WirewatchError):
    """The database said no; the driver's error is the cause."""


class SchemaTooNewError(StorageError):
    """The database was written by a newer Wirewatch than this one."""


class DataLockedError(StorageError):
    """Another daemon holds this data directory; `pid` is its process, when known."""

    def __init__(self, message: str, *, pid: int | None) -> None:
        super().__init__(message)
        self.pid = pid


class ConflictError(StorageError):
    """Two transactions could not both be: nothing of this one was stored, and it may be run again.

    `tries` is how often that is worth it.
    """

    def __init__(self, message: str, *, tries: int = 50) -> None:
        super().__init__(message)
        self.tries = tries


class LeaseLostError(StorageError):
    """Another process does now what only one may do; nothing of this transaction was stored."""


class CorruptError(StorageError):
    """The database's file is damaged: nothing is written to it any more."""

    def __init__(self, message: str) -> None:
        super().__init__(
            f"the database is damaged ({message}). Stop the daemon, keep the file for a look at it, and "
            "put a copy back: wirewatch restore COPY"
        )


class FullError(StorageError):
    """There is no room on the database's disk: nothing was stored, and it heals once there is."""


class UnreachableError(StorageError):
    """The database's server can't be reached: nothing was stored."""


class HotStateError(StorageError):
    """Redis is out of reach, full, or takes no writes; nothing is lost, the truth is elsewhere."""


class HotStateLostError(HotStateError):
    """Redis answers, but what it held is gone or half there: it has to be filled anew."""


class FrontierKeyError(StorageError):
    """A text that was to be a key of the frontier is none."""


class FetchError(WirewatchError):
    """A visit to a page failed in a way that has a name."""

    def __init__(self, problem: Problem, detail: str = "") -> None:
        super().__init__(f"{problem.value}: {detail}" if detail else problem.value)
        self.problem = problem
        self.detail = detail


class BlockedAddressError(FetchError):
    """The egress guard refused to connect to an address."""


class HostClosedError(FetchError):
    """A host is not asked now, since it said so earlier; `until` is when it may be asked."""

    def __init__(self, problem: Problem, detail: str, *, until: datetime) -> None:
        super().__init__(problem, detail)
        self.until = until


class ExtractError(WirewatchError):
    """A body held no article, or no listing, in a way that has a name."""

    def __init__(self, problem: Problem, detail: str = "") -> None:
        super().__init__(f"{problem.value}: {detail}" if detail else problem.value)
        self.problem = problem
        self.detail = detail


class DeliveryError(WirewatchError):
    """A recipient did not take a delivery; `status` is its HTTP or SMTP code, when it gave one."""

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class DeliveryRefusedError(DeliveryError):
    """Refused for good (SMTP 5xx, HTTP 410, an address that can't be right or is not allowed)."""


class DeliveryDeferredError(DeliveryError):
    """Not now; `not_before` is the recipient's own wish (Retry-After), when it gave one.

    `of_endpoint`: whatever else is sent there would fare no better just now.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        not_before: datetime | None = None,
        of_endpoint: bool = True,
    ) -> None:
        super().__init__(message, status=status)
        self.not_before = not_before
        self.of_endpoint = of_endpoint
