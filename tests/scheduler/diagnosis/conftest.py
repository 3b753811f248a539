"""Commands, for what they and the pages say of the same installation."""

from __future__ import annotations

from tests.scheduler.cli.conftest import home, wirewatch

__all__ = ["home", "wirewatch"]
