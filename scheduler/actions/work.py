"""Work that was set aside: tried again because an operator says so."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from scheduler.actions.audit_log import Actor, AuditAction
from storage.crawl import pages, sources
from storage.errors import NotFoundError
from storage.process import quarantine
from storage.process.quarantine import QuarantinedWork, Step
from storage.stories import articles
from storage.topics import match_work

_REASON = "tried again by an operator"


def retry(
    conn: Connection, actor: Actor, step: Step, subject: int, now: datetime
) -> QuarantinedWork:
    """Have work tried again that was set aside; return what it was.

    Raises NotFoundError when it is not set aside, or when what it was done on is gone.
    """
    work = quarantine.is_set_aside(conn, step, subject)
    if work is None:
        raise NotFoundError(f"{step} {subject} is not set aside; see: wirewatch work list")
    quarantine.done(conn, step, subject)
    if step is Step.MATCH:
        story_id = articles.get(conn, subject).story_id
        match_work.add(conn, story_id=story_id, article_id=subject, now=now)
    elif step is Step.PAGE:
        pages.try_again(conn, subject, now, _REASON)
        sources.changed(conn)
    about = f"{step} {subject}"
    actor.record(conn, AuditAction.WORK_RETRIED, about, old=work.reason, new="due", now=now)
    return work
