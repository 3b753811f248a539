"""What Sentry hears: bugs, without a secret; of failing sites and silent recipients nothing.

Each test runs a process of its own, because Sentry's SDK takes hold of the whole process.
"""

from __future__ import annotations

import subprocess
import sys
from textwrap import dedent

from tests.scheduler.envelopes import EnvelopeReceiver

BEGIN = """
import logging, sys, structlog
from scheduler.observability import sentry
from scheduler.config.loader import load_settings
from storage.errors import *
from storage.models.problems import Problem

settings = load_settings(None, {environ!r}).settings
sentry.set_up(settings)
log = structlog.get_logger("test")
"""

SECRETS = (
    "hunter2-of-the-relay",
    "whsec_c2VjcmV0IG9mIGEgaG9vaw==",
    "alice:opensesame",
    "opensesame",
    "session=0987",
    "T0K3N-in-text",
    "B0TTLExSHIPxHARBOR1234",
)


def run(receiver: EnvelopeReceiver, code: str, **environ: str) -> subprocess.CompletedProcess[str]:
    given = {"WIREWATCH_SENTRY__DSN": receiver.dsn, **environ}
    return subprocess.run(
        [sys.executable, "-c", BEGIN.format(environ=given) + dedent(code)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_a_bug_arrives_without_what_is_secret() -> None:
    with EnvelopeReceiver() as receiver:
        done = run(
            receiver,
            """
            def deliver(webhook_secret, smtp_password):
                url = "https://alice:opensesame@example.org/hook/B0TTLExSHIPxHARBOR1234?session=0987"
                logging.getLogger("elsewhere").warning("calling %s", url, extra={
                    "webhook_secret": webhook_secret, "nested": {"smtp_password": smtp_password}})
                raise RuntimeError(
                    f"can't use {url} with {webhook_secret}, {smtp_password}, token: T0K3N-in-text")
            try:
                deliver("whsec_c2VjcmV0IG9mIGEgaG9vaw==", "hunter2-of-the-relay")
            except RuntimeError:
                log.exception("round_failed", smtp_password="hunter2-of-the-relay",
                              url="https://alice:opensesame@example.org/?session=0987")
            """,
            WIREWATCH_EMAIL__PASSWORD="hunter2-of-the-relay",
        )
        assert done.returncode == 0, done.stderr
        [event] = receiver.events
        everything = "\n".join(receiver.envelopes)
    assert [secret for secret in SECRETS if secret in everything] == []
    [error] = event["exception"]["values"]
    assert error["type"] == "RuntimeError"
    assert error["value"].startswith("can't use https://[filtered]@example.org/hook/")
    assert not any("vars" in frame for frame in error["stacktrace"]["frames"])
    assert event["tags"] == {"event": "round_failed"}
    assert event["breadcrumbs"]["values"], "the breadcrumb was kept, and cleaned"


def test_an_event_names_release_and_environment_and_not_the_machine() -> None:
    with EnvelopeReceiver() as receiver:
        run(
            receiver,
            "raise ZeroDivisionError('uncaught')",
            WIREWATCH_SENTRY__ENVIRONMENT="staging",
        )
        [event] = receiver.events
    assert event["environment"] == "staging"
    assert event["release"].startswith("wirewatch@")
    assert not event.get("server_name")


def test_the_faults_of_others_are_not_sent() -> None:
    with EnvelopeReceiver() as receiver:
        done = run(
            receiver,
            """
            for fault in (
                FetchError(Problem.TIMEOUT, "slow"),
                BlockedAddressError(Problem.BLOCKED_ADDRESS, "10.0.0.1"),
                ExtractError(Problem.NOT_A_FEED),
                DeliveryDeferredError("not now"),
                InputError("no such source"),
                ConfigError("no such key"),
                ExceptionGroup("two", [FetchError(Problem.TIMEOUT), DeliveryRefusedError("no")]),
            ):
                try:
                    raise fault
                except Exception:
                    log.exception("failed")
            raise ValueError("a bug, so that one event is sure to come")
            """,
        )
        said = [error["type"] for e in receiver.events for error in e["exception"]["values"]]
    assert done.stderr.count("failed") >= 7
    assert said == ["ValueError"]


def test_without_a_dsn_sentry_is_not_even_imported() -> None:
    with EnvelopeReceiver() as receiver:
        done = run(receiver, "print('sentry_sdk' in sys.modules)", WIREWATCH_SENTRY__DSN="")
    assert done.stdout == "False\n"
