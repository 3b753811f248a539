"""The audit log's one vocabulary, and who is written into it: the same words for every way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from storage.operators import audit
from storage.operators.audit import Interface


class AuditAction(StrEnum):
    """What can be done: a noun and what became of it."""

    TOPIC_ADDED = "topic added"
    TOPIC_CHANGED = "topic changed"
    TOPIC_MUTED = "topic muted"
    TOPIC_SNOOZED = "topic snoozed"
    TOPIC_UNMUTED = "topic unmuted"
    TOPIC_REMOVED = "topic removed"
    TOPIC_FILE_APPLIED = "topic file applied"
    QUERY_LIST_IMPORTED = "query list imported"
    HIT_MARKED = "hit marked"
    RECIPIENT_ADDED = "recipient added"
    RECIPIENT_CHANGED = "recipient changed"
    RECIPIENT_MUTED = "recipient muted"
    RECIPIENT_SNOOZED = "recipient snoozed"
    RECIPIENT_UNMUTED = "recipient unmuted"
    RECIPIENT_REMOVED = "recipient removed"
    SECRET_CHANGED = "secret changed"  # noqa: S105 - a word of the log  # nosec B105
    TEST_SENT = "test sent"
    NAMED_QUERY_ADDED = "named query added"
    NAMED_QUERY_CHANGED = "named query changed"
    NAMED_QUERY_REMOVED = "named query removed"
    SOURCE_ADDED = "source added"
    SOURCE_PAUSED = "source paused"
    SOURCE_RESUMED = "source resumed"
    SOURCE_REMOVED = "source removed"
    SOURCE_LIST_IMPORTED = "source list imported"
    RECRAWL_REQUESTED = "recrawl requested"
    BUDGET_CHANGED = "budget changed"
    STORY_SPLIT = "story split"
    STORIES_MERGED = "stories merged"
    ALERT_REPLAYED = "alert replayed"
    DELIVERY_REPLAYED = "delivery replayed"
    DELIVERIES_REPLAYED = "deliveries replayed"
    ENDPOINT_ENABLED = "endpoint enabled"
    WORK_RETRIED = "work retried"
    ACCOUNT_ADDED = "account added"
    ACCOUNT_DISABLED = "account disabled"
    ACCOUNT_ENABLED = "account enabled"
    ROLE_CHANGED = "role changed"
    PASSWORD_CHANGED = "password changed"  # noqa: S105 - a word of the log  # nosec B105
    SESSION_STARTED = "session started"
    SESSION_ENDED = "session ended"
    SESSIONS_ENDED = "sessions ended"
    TOKEN_CREATED = "token created"  # noqa: S105 - a word of the log  # nosec B105
    TOKEN_REVOKED = "token revoked"  # noqa: S105 - a word of the log  # nosec B105
    DATA_PRUNED = "data pruned"
    BACKUP_RESTORED = "backup restored"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who changes something, and the way that they came."""

    name: str
    way: Interface

    def record(
        self,
        conn: Connection,
        action: AuditAction,
        about: str,
        *,
        old: str = "",
        new: str = "",
        now: datetime,
    ) -> None:
        """Write a line into the audit log, in the transaction of the change itself.

        `old` and `new` are the values before and after; a secret is never one of them.
        """
        audit.add(
            conn,
            at=now,
            who=self.name,
            how=self.way,
            what=action,
            about=about,
            old_value=old,
            new_value=new,
        )
