"""The audit log, page by page: who changed what, the newest first."""

from __future__ import annotations

from functools import partial

from sqlalchemy import Connection

from scheduler.lists.cursors import ListPage, page_by_id
from storage.operators import audit
from storage.operators.audit import AuditEntry


def audit_list(
    conn: Connection, cursor: str = "", *, who: str = "", what: str = "", limit: int = 100
) -> ListPage[AuditEntry]:
    """Return a page of the audit log, of one person or of what begins with some words.

    Raises InputError for a cursor that we never wrote.
    """
    return page_by_id(partial(audit.page, conn, who=who, what=what), cursor, limit)
