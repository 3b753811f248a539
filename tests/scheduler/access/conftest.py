"""The site's own fixtures: who may do what is tried on its filled database."""

from __future__ import annotations

from tests.scheduler.web.conftest import client, db, filled, server

__all__ = ["client", "db", "filled", "server"]
