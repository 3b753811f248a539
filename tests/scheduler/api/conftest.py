"""The site's own fixtures: the API is served by the same app."""

from __future__ import annotations

from tests.scheduler.web.conftest import client, db, filled, server

__all__ = ["client", "db", "filled", "server"]
