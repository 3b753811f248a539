"""Who does something, and by which way, for the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from storage.operators import audit
from storage.operators.audit import Interface


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who changes something."""

    name: str
    how: Interface

    def did(
        self, conn: Connection, what: str, about: str = "", detail: str = "", *, now: datetime
    ) -> None:
        """Write it into the audit log."""
        audit.add(conn, at=now, who=self.name, how=self.how, what=what, about=about, detail=detail)
