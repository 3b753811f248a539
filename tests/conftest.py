"""What every test stands on: the loopback tripwire and the real servers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from structlog.dev import ConsoleRenderer, plain_traceback

from tests.tripwire import Tripwire

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = [
    "tests.fixtures.browser",
    "tests.fixtures.database",
    "tests.fixtures.postgres_server",
    "tests.fixtures.redis_server",
]

_WIRE = pytest.StashKey[Tripwire]()


def pytest_configure(config: pytest.Config) -> None:
    wire = Tripwire()
    wire.install()
    config.stash[_WIRE] = wire
    # Where logging is not set up, structlog has Rich draw each traceback: half a second of the processor.
    ConsoleRenderer.get_active().exception_formatter = plain_traceback


def pytest_pycollect_makemodule(module_path: Path) -> None:
    """Take hypothesis' deadline from its examples: how long one takes on a busy machine says nothing.

    Only who uses hypothesis pays for its import, and for what it reads of our modules.
    """
    if b"hypothesis" in module_path.read_bytes():
        from hypothesis import settings

        settings.register_profile("any machine", deadline=None)
        settings.load_profile("any machine")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that no process is left alone with them."""
    items.sort(key=lambda item: item.get_closest_marker("early") is None)


@pytest.fixture
def tripwire(pytestconfig: pytest.Config) -> Tripwire:
    """Return the wire itself, for the tests that touch it on purpose."""
    return pytestconfig.stash[_WIRE]


@pytest.fixture(autouse=True)
def _loopback_only(tripwire: Tripwire) -> Iterator[None]:
    yield
    touched = tripwire.take()
    # Code under test may have swallowed the error that the wire raised.
    if touched:
        pytest.fail(f"the test reached outside this machine: {'; '.join(touched)}")
