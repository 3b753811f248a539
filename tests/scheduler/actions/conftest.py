"""A command line, and a filled database for each way of changing it."""

from __future__ import annotations

from tests.scheduler.cli.conftest import _own_logging, data, filled, home, wirewatch

__all__ = ["_own_logging", "data", "filled", "home", "wirewatch"]
