"""`wirewatch demo`: a small web on loopback, and the true daemon that watches it."""

from __future__ import annotations

from scheduler.demo.scenario import main

__all__ = ["main"]
