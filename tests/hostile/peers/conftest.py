"""The filled site of the web tests, for the advisories' tests too."""

from __future__ import annotations

from tests.scheduler.web.conftest import client, db, editor, filled, server

__all__ = ["client", "db", "editor", "filled", "server"]
