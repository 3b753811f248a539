"""An operator's word on a fold: stories split and merged by hand, and kept so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from crawler.articles.transactions import match_again, settle_story
from storage.errors import InputError
from storage.stories import rulings, stories


def split_story(conn: Connection, story_id: int, article_ids: Sequence[int], now: datetime) -> int:
    """Take articles out of a story for good; the id of their new story, which is matched anew.

    No text that comes later puts the two together again. Raises InputError as `stories.split`
    does, and NotFoundError for an unknown story.
    """
    story = stories.get(conn, story_id)
    moved = sorted(set(article_ids))
    new = stories.split(conn, story.id, moved, now)
    rest = stories.member_ids(conn, story.id)
    for settled in (story.id, new):
        settle_story(conn, settled, now)
    root, new_root = (stories.get(conn, each).root_article_id for each in (story.id, new))
    pairs = [*((one, root) for one in moved), *((new_root, one) for one in rest)]
    rulings.rule(conn, pairs, together=False, now=now)
    match_again(conn, story.id, new, now)
    return new


def merge_stories(conn: Connection, story_id: int, others: Sequence[int], now: datetime) -> int:
    """Make stories one for good; its id, the oldest of them.

    What was told of each counts for all: nobody hears of the story again. Raises InputError when
    fewer than two stories are named, and NotFoundError for an unknown one.
    """
    named = [stories.get(conn, each) for each in (story_id, *others)]
    known = {story.id: story for story in named}
    if len(known) == 1:
        raise InputError(f"story {named[0].id} is one story already; name two or more")
    keep, *absorbed = sorted(known)
    for other in absorbed:
        rulings.lift_between(conn, keep, other)
        pair = (known[keep].root_article_id, known[other].root_article_id)
        rulings.rule(conn, [pair], together=True, now=now)
        stories.merge(conn, keep, other, now)
    settle_story(conn, keep, now)
    return keep
