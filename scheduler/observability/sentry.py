"""Tells Sentry of bugs, when a DSN is set: never of failing sites, and never a secret.

The only module that imports sentry_sdk.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, MutableMapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import structlog
from pydantic import SecretStr

from scheduler.config.loader import environment
from scheduler.config.settings import Settings
from scheduler.observability import logs
from scheduler.observability.scrub import Scrubber
from storage.errors import (
    ConfigError,
    DataLockedError,
    DeliveryError,
    ExtractError,
    FetchError,
    InputError,
)

if TYPE_CHECKING:
    from sentry_sdk.integrations import Integration
    from sentry_sdk.types import Breadcrumb, BreadcrumbHint, Event, Hint

_NOT_BUGS = (FetchError, ExtractError, DeliveryError, ConfigError, InputError, DataLockedError)
"""Faults of the web, of a recipient, or of what an operator typed."""


def set_up(settings: Settings) -> None:
    """Begin to log on standard error, and to tell Sentry when a DSN is set.

    Nothing is told with one that is none: the news is not to wait for that, and the doctor says it.
    """
    dsn = settings.sentry.dsn
    telling = dsn is not None and bool(dsn.get_secret_value())
    colours = sys.stderr.isatty() and not environment().get("NO_COLOR")
    logs.configure(settings.log, sys.stderr, colours=colours, also=_capture if telling else None)
    if dsn is not None and telling:
        _start(dsn.get_secret_value(), settings.sentry.environment, own_secrets(settings))


def own_secrets(settings: Settings) -> tuple[str, ...]:
    """Return the secrets that are set, as they stand there, the proxy's password among them."""
    found = [
        value.get_secret_value()
        for _, section in settings
        for _, value in section
        if isinstance(value, SecretStr)
    ]
    proxy = urlsplit(settings.fetch.proxy or "").password
    return tuple(secret for secret in (*found, proxy) if secret)


def check_in(monitor: str, *, well: bool, every_minutes: int) -> None:
    """Tell a cron monitor of Sentry how the daemon is; nothing happens when no DSN is set.

    The monitor is made there when there is none: it takes the daemon for silent when two signs in
    a row did not come.
    """
    import sentry_sdk  # noqa: PLC0415 - see _start
    from sentry_sdk.crons import MonitorStatus, capture_checkin  # noqa: PLC0415 - see _start

    if sentry_sdk.get_client().is_active():
        capture_checkin(
            monitor_slug=monitor,
            status=MonitorStatus.OK if well else MonitorStatus.ERROR,
            monitor_config={
                "schedule": {"type": "interval", "value": every_minutes, "unit": "minute"},
                "checkin_margin": every_minutes,
                "failure_issue_threshold": 1,
                "recovery_threshold": 1,
            },
        )


def _start(dsn: str, environment_name: str, secrets: tuple[str, ...]) -> None:
    import sentry_sdk  # noqa: PLC0415 - 100 ms that only those pay who use it
    from sentry_sdk.scrubber import EventScrubber  # noqa: PLC0415 - the same
    from sentry_sdk.utils import BadDsn, Dsn  # noqa: PLC0415 - the same

    try:
        Dsn(dsn)
    except BadDsn as error:
        structlog.get_logger("sentry").error("sentry_unused", reason=str(error))
        return
    telling = _EventFilter(Scrubber(secrets))
    sentry_sdk.init(
        dsn=dsn,
        environment=environment_name,
        release=f"wirewatch@{version('wirewatch')}",
        server_name="",
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        # The other integrations record requests and commands with their arguments.
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=_integrations(),
        event_scrubber=EventScrubber(recursive=True),
        before_send=telling.event,
        before_breadcrumb=telling.breadcrumb,
    )


def _integrations() -> list[Integration]:
    from sentry_sdk.integrations.atexit import AtexitIntegration  # noqa: PLC0415 - see _start
    from sentry_sdk.integrations.dedupe import DedupeIntegration  # noqa: PLC0415 - see _start
    from sentry_sdk.integrations.excepthook import ExcepthookIntegration  # noqa: PLC0415 - see _start
    from sentry_sdk.integrations.logging import LoggingIntegration  # noqa: PLC0415 - see _start
    from sentry_sdk.integrations.threading import ThreadingIntegration  # noqa: PLC0415 - see _start

    return [
        AtexitIntegration(callback=lambda _pending, _timeout: None),  # its own prints
        DedupeIntegration(),
        ExcepthookIntegration(),
        LoggingIntegration(),
        ThreadingIntegration(),
    ]


def _capture(
    _logger: object, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Tell of an exception that a loop's edge has survived and logged: a processor of the log."""
    import sentry_sdk  # noqa: PLC0415 - see _start

    if method == "exception" or event.get("exc_info"):
        with sentry_sdk.new_scope() as scope:
            scope.set_tag("event", str(event.get("event")))
            scope.set_context("log", {k: v for k, v in event.items() if k != "exc_info"})
            sentry_sdk.capture_exception(_exception(event.get("exc_info")))
    return event


def _exception(given: object) -> BaseException | None:
    """Find what was given to log.exception; None means the exception that is being handled."""
    return given if isinstance(given, BaseException) else None


class _EventFilter:
    """What Sentry's SDK asks before it sends."""

    def __init__(self, scrubber: Scrubber) -> None:
        self._scrubber = scrubber

    def event(self, event: Event, hint: Hint) -> Event | None:
        exc_info = hint.get("exc_info")
        if exc_info and _is_no_bug(exc_info[1]):
            return None
        return cast("Event", self._clean(event))

    def breadcrumb(self, crumb: Breadcrumb, _hint: BreadcrumbHint) -> Breadcrumb | None:
        return cast("Breadcrumb", self._clean(crumb))

    def _clean(self, told: Mapping[str, Any]) -> Any:  # noqa: ANN401 - an event is any JSON
        return self._scrubber.value(told)


def _is_no_bug(error: object) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return all(_is_no_bug(part) for part in error.exceptions)
    return isinstance(error, _NOT_BUGS)
