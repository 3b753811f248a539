"""Stories: an operator's word on what belongs together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from crawler.articles.corrections import merge_stories, split_story
from scheduler.actions.audit_log import Actor, AuditAction
from storage.stories import stories


def split(
    conn: Connection, actor: Actor, story_id: int, article_ids: Sequence[int], now: datetime
) -> int:
    """Take articles out of a story for good; return the id of their new story.

    Raises InputError when not all are the story's articles or none would stay, and NotFoundError.
    """
    before = stories.member_ids(conn, story_id)
    new = split_story(conn, story_id, article_ids, now)
    actor.record(
        conn,
        AuditAction.STORY_SPLIT,
        f"story {story_id}",
        old=f"articles {_listed(before)}",
        new=f"articles {_listed(article_ids)} are story {new}",
        now=now,
    )
    return new


def merge(
    conn: Connection, actor: Actor, story_id: int, others: Sequence[int], now: datetime
) -> int:
    """Make stories one for good; return its id, the oldest of them.

    Raises InputError when fewer than two stories are named, and NotFoundError.
    """
    kept = merge_stories(conn, story_id, others, now)
    actor.record(
        conn,
        AuditAction.STORIES_MERGED,
        f"story {kept}",
        old=f"stories {_listed({story_id, *others})}",
        new=f"story {kept}",
        now=now,
    )
    return kept


def _listed(ids: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(ids)))
