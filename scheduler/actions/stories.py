"""Stories: an operator's word on what belongs together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from crawler.articles.corrections import merge_stories, split_story
from scheduler.actions.actor import Actor


def split(
    conn: Connection, actor: Actor, story_id: int, article_ids: Sequence[int], now: datetime
) -> int:
    """Take articles out of a story for good; the id of their new story. Raises InputError."""
    new = split_story(conn, story_id, article_ids, now)
    taken = ", ".join(map(str, article_ids))
    detail = f"articles {taken} are story {new}"
    actor.did(conn, "story split", f"story {story_id}", detail, now=now)
    return new


def merge(
    conn: Connection, actor: Actor, story_id: int, others: Sequence[int], now: datetime
) -> int:
    """Make stories one for good; its id. Raises InputError."""
    kept = merge_stories(conn, story_id, others, now)
    detail = f"with {', '.join(map(str, others))}"
    actor.did(conn, "story merged", f"story {kept}", detail, now=now)
    return kept
